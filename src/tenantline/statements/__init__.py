"""Statements: what an account says of one month, issued once, as PDF, as a page and as a text."""
