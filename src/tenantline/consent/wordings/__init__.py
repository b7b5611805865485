"""What ``consent.revocation`` knows of wordings: letters, quotations, words and their order."""
