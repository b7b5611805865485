"""What a conversation shows and what counts as a reply. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

REPLY_WINDOW = timedelta(hours=24)  # R5
LATELY = timedelta(hours=1)  # R6
WRITING = ("", "unclear")  # what an inbound text was heard as, if somebody wrote to the office


def counts_as_writing(heard_as: str) -> bool:
    """Tell whether an inbound text is somebody writing to the office, not just a keyword."""
    return heard_as in WRITING


def is_first_reply(unanswered_since: datetime | None, now: datetime) -> bool:
    """R5: tell whether a text is the first reply to a tenant who wrote within 24 hours."""
    return unanswered_since is not None and now - unanswered_since < REPLY_WINDOW


def wrote_lately(wrote_at: datetime | None, now: datetime) -> bool:
    """R6: tell whether the tenant wrote within the last hour, and so is awake."""
    return wrote_at is not None and now - wrote_at < LATELY
