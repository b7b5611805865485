"""Twilio's error codes: what each means to a clerk, and what has to follow from it.

Twilio relabels codes over time, so one that is not listed here is shown and nothing automatic
follows. (Sources: Twilio's error dictionary, https://www.twilio.com/docs/api/errors, and the
pages of the codes from 2025 and 2026.)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Kind(Enum):
    """What follows from a failure."""

    PERMANENT = "permanent"  # this number or this text; sending the same again cannot help
    RETRY = "retry"  # may work later
    STOP = "stop"  # stop texting this number
    ACCOUNT = "account"  # the account or the line; pause the line
    BUG = "bug"  # our own mistake
    UNKNOWN = "unknown"  # unclear whether it was delivered, or an unknown code: a person decides


@dataclass(frozen=True, slots=True)
class Meaning:
    """One code. ``words`` are one sentence for a clerk, without the code."""

    code: int
    words: str
    kind: Kind


# What a failure of each kind means for the one who reads it, after the code's own words.
NEXT: Final[dict[Kind, str]] = {
    Kind.PERMANENT: "Sending it again would not help.",
    Kind.RETRY: "It can be written again later.",
    Kind.STOP: "No more texts go to this number.",
    Kind.ACCOUNT: "Nothing leaves by this line until that is mended and an owner resumes it.",
    Kind.BUG: "This is a mistake of Tenantline's, not yours: tell whoever runs it.",
    Kind.UNKNOWN: "Ask the tenant whether it arrived before you write it again.",
}
BLOCKED: Final = 21610  # the handset's STOP
NO_PERMISSION: Final = 21408  # to text a country; the tenant's, or (a US number) our own account's
TOO_MANY: Final = 20429  # requests at once, of the whole account
QUEUE_FULL: Final = frozenset({21611, 30001, 30022})  # the line's: what follows would fail as well
SOMEBODY_ELSES: Final = frozenset({30005, 30006})  # not in use, not a mobile: whose is it now?
DAY_IS_FULL: Final = 30023
EXPIRED: Final = 30036  # nobody sent it within its ValidityPeriod
# Trouble of the whole account: its other lines would lose a text each to find out.
ACCOUNT_WIDE: Final = frozenset(
    {10001, 20003, 20005, 30002, 30037, 30044, 57012, 63038, 90010, 572002, 572005, 572006}
)

_P, _R, _S, _A, _B, _U = Kind
_TABLE: Final[dict[int, tuple[Kind, str]]] = {
    # The account
    10001: (_A, "The Twilio account is not active."),
    20003: (_A, "Twilio refused the account's credentials, or the account is suspended."),
    20005: (_A, "The Twilio account is not active."),
    20404: (_A, "Twilio does not know this account or number any more."),
    90010: (_A, "The Twilio account is not active."),
    63038: (_A, "The Twilio account has reached its limit of texts for today."),
    57012: (_A, "Signatures of Twilio's calls do not match; the Auth Token may have changed."),
    572002: (_A, "A Twilio trial account cannot send from this number."),
    572005: (_A, "A Twilio trial account can text verified numbers only."),
    572006: (_A, "A Twilio trial account cannot send texts of one's own."),
    # Twilio itself
    20429: (_R, "Twilio is getting too many requests at once."),
    20500: (_U, "Twilio had an internal error; the text may have been sent."),
    20503: (_U, "Twilio was unavailable; the text may have been sent."),
    # The recipient's number
    21211: (_P, "This is not a valid phone number."),
    21408: (_P, "The Twilio account is not allowed to text this country."),
    21612: (_P, "This number cannot be reached from the facility's line."),
    21614: (_P, "This number is not a mobile number."),
    # The sender
    21212: (_A, "The facility's line is not a valid sender."),
    21601: (_A, "The facility's line cannot send texts."),
    21603: (_B, "The text was sent without a sender."),
    21606: (
        _A,
        "The facility's line does not belong to this Twilio account, or cannot send texts.",
    ),
    21608: (
        _A,
        "The Twilio account may text verified numbers only until it is upgraded and approved.",
    ),
    21611: (_R, "Twilio's queue for the facility's line is full."),
    21701: (_A, "The Messaging Service does not exist."),
    21703: (_A, "The Messaging Service holds no usable number."),
    21704: (_A, "The Messaging Service holds no number."),
    21705: (_A, "The Messaging Service does not exist."),
    # The text
    21602: (_B, "The text was empty."),
    21609: (_B, "The address for delivery reports is not valid."),
    21617: (_B, "The text is longer than 1,600 characters."),
    21619: (_B, "The text was empty."),
    21620: (_B, "The address of a picture is not valid."),
    21623: (_B, "A text can hold at most ten pictures."),
    # Consent
    21610: (_S, "The tenant has texted STOP to this line."),
    30004: (_S, "The number's carrier or owner blocks texts from this line."),
    30640: (_S, "Twilio blocks texts to this number."),
    # On the way
    14107: (_B, "Too many automatic replies went to this number in a row."),
    11751: (_P, "The picture is too large."),
    30001: (_R, "Twilio's queue was full."),
    30002: (_A, "The Twilio account was suspended while the text waited."),
    30003: (_R, "The phone could not be reached: it may be off or out of coverage."),
    30005: (_P, "The number is not in use; it may belong to somebody else by now."),
    30006: (_P, "This number is a landline or cannot receive texts."),
    30007: (
        _P,
        "The carriers filtered the text as unwanted; the same words would be filtered again.",
    ),
    30008: (_U, "The carrier gave no reason for not delivering."),
    30009: (_U, "A part of the incoming text is missing."),
    30010: (_P, "The text would have cost more than allowed."),
    30017: (_R, "The carrier's network was congested."),
    30019: (_P, "The picture is too large for the carrier."),
    30022: (_R, "Too many texts were sent in too short a time."),
    30023: (
        _R,
        "T-Mobile's limit of texts for today is reached; it resets at midnight Pacific time.",
    ),
    30025: (_R, "Half of T-Mobile's limit of texts for today is used."),
    30026: (_R, "Most of T-Mobile's limit of texts for today is used."),
    30024: (_A, "The carriers do not know the facility's line yet."),
    30027: (_R, "T-Mobile's limit of texts for today is used up."),
    30032: (_A, "The toll-free number is not verified yet."),
    30033: (_A, "The registration of the facility's texting campaign is suspended."),
    30034: (_A, "The facility's line is not registered for texting in the United States."),
    30035: (_A, "The facility's line is still being added to its texting campaign."),
    30036: (_R, "The text waited too long and was not sent."),
    30037: (_A, "Sending is switched off for the Twilio account."),
    30044: (_A, "The text is too long for a Twilio trial account."),
    30410: (_U, "The carrier did not answer in time; the text may have been delivered."),
    30450: (_R, "Twilio's fraud protection held the text back for a while."),
    30500: (_R, "Twilio had an internal error with this text."),
    30610: (_R, "Twilio's quiet hours held the text back."),
}


def meaning_of(code: int) -> Meaning:
    """Return what a code means; an unlisted one is ``UNKNOWN`` and names itself."""
    kind, words = _TABLE.get(code, (Kind.UNKNOWN, f"Twilio reports error {code}."))
    return Meaning(code, words, kind)


def known() -> list[Meaning]:
    """Return every listed code, lowest first, for the documentation."""
    return [meaning_of(code) for code in sorted(_TABLE)]
