"""The outbox's rules: which states may follow which, and how many is too many. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tenantline.kernel import segments
from tenantline.kernel.errors import BadInput

LONGEST_BODY: Final = 1600  # UTF-16 code units, Twilio's limit
MASS_LIMIT: Final = 5  # R5: tenants who may get the same typed words
MASS_WINDOW: Final = timedelta(minutes=10)
REPLY_WINDOW: Final = timedelta(hours=24)
CONFIRMATION_ANY_HOUR: Final = timedelta(minutes=5)  # R16
LATELY: Final = timedelta(hours=1)  # R6: a tenant who wrote lately is awake
FORGET_WORKERS_AFTER: Final = timedelta(days=1)  # who has died is shown for so long
LAST_WORDS: Final = timedelta(minutes=15)  # R6: what a person wrote in time may leave a little late

# Lower leaves first: a person's chat before what machines write, a confirmation before a run.
PRIORITY: Final = {"chat": 1, "help": 2, "confirmation": 2, "notice": 5, "statement": 5}
AUTOMATIC_CHAT_PRIORITY: Final = 4

MOVES: Final[dict[str, frozenset[str]]] = {
    # From queued straight to sent: the carrier's callback says that it took an earlier attempt.
    "queued": frozenset({"sending", "withheld", "failed", "sent", "delivered", "undelivered"}),
    "sending": frozenset({"sent", "delivered", "undelivered", "failed", "unknown", "queued"}),
    "unknown": frozenset({"sent", "delivered", "undelivered", "failed", "queued"}),
    # Back to the queue only where the carrier has given the text back unsent (30036, 30023).
    "sent": frozenset({"delivered", "undelivered", "failed", "queued"}),
    "delivered": frozenset(),
    "undelivered": frozenset(),
    "failed": frozenset(),
    "withheld": frozenset(),
}

# R9: callbacks come in any order; a status counts only if it ranks above what is known.
RANKS: Final = {
    "accepted": 1,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "delivered": 5,
    "undelivered": 5,
    "failed": 5,
    "canceled": 5,
    "read": 5,
}
_STATES: Final = {
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}


def may_move(old: str, new: str) -> bool:
    """Tell whether a text may go from one state to the other."""
    return new in MOVES[old]


def state_for(carrier_status: str) -> str:
    """Return our state for a carrier's status; what we do not know leaves the text ``sent``."""
    return _STATES.get(carrier_status, "sent")


def checked_body(body: str) -> str:
    """Return a text's body with plain line ends, or raise ``BadInput``.

    Empty (blanks only) and more than 1,600 UTF-16 code units are refused.
    """
    body = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not body.strip():
        raise BadInput("A text needs some words.", field="body")
    if segments.utf16_units(body) > LONGEST_BODY:
        raise BadInput("A text has at most 1,600 characters; shorten it.", field="body")
    return body
