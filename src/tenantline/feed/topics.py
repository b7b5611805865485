"""What the feed can speak of. ``ref`` is the id named in each comment."""

from __future__ import annotations

from typing import Literal

Topic = Literal[
    "message",  # conversation: a text came or went
    "status",  # conversation: a text's state changed
    "read",  # conversation: somebody read it, or it was given to somebody
    "consent",  # tenant: the consent status changed
    "tenant",  # tenant: contact data, rentals or questions changed
    "line",  # line: connected, paused, resumed
    "run",  # run: prepared, issued, paused, further on, done
    "mail",  # e-mail: sent or failed
]
