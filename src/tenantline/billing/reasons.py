"""Why a payment came back, in words for a clerk, and what follows from it. Pure.

The codes are NACHA's (R01 to R85). What a code means is public; what we make of it is decided here:

- ``ends_autopay``: the bank will not pay from this account again, or the payer has taken the
  permission back, so drawing again would be drawing without an authorisation.
- ``may_retry``: there was too little money on the day. Nothing else gets better by trying again.
- ``costs_fee``: the account or its holder is the reason. What the office, its bank or the payer's
  bank did wrong costs the tenant nothing, nor does a death.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MOST_RETRIES: Final = 2
RETRY_WITHIN: Final = timedelta(days=180)  # of the payment that came back first


@dataclass(frozen=True, slots=True)
class Reason:
    """One code, in words that end a sentence beginning "The payment came back: "."""

    code: str
    words: str
    ends_autopay: bool = False
    may_retry: bool = False
    costs_fee: bool = True


def _retry(code: str, words: str) -> Reason:
    return Reason(code, words, may_retry=True)


def _dead(code: str, words: str, *, fee: bool = True) -> Reason:
    return Reason(code, words, ends_autopay=True, costs_fee=fee)


def _plain(code: str, words: str) -> Reason:
    return Reason(code, words)


def _ours(code: str, words: str) -> Reason:
    """Return a reason that lies with the office or a bank."""
    return Reason(code, words, costs_fee=False)


REASONS: Final = {
    reason.code: reason
    for reason in (
        _retry("R01", "there was not enough money in the account"),
        _dead("R02", "the account is closed"),
        _dead("R03", "there is no such account, or it is somebody else's"),
        _dead("R04", "the account number is not a valid one"),
        _dead("R05", "a consumer's account was drawn as a company's, without permission"),
        _ours("R06", "our bank asked for it back"),
        _dead("R07", "the payer has taken back the permission to draw"),
        _dead("R08", "the payer has stopped the payment"),
        _retry("R09", "the money in the account could not be used yet"),
        _dead("R10", "the payer says that nobody gave permission to draw"),
        _plain("R11", "the payer says that it was not drawn as agreed"),
        _dead("R12", "the branch was sold, and the account is at another bank now"),
        _dead("R13", "the routing number is no bank's that takes such payments", fee=False),
        _dead("R14", "the person who kept the account for another has died", fee=False),
        _dead("R15", "the account holder has died", fee=False),
        _dead("R16", "the account is frozen"),
        _ours("R17", "the bank could not work on the entry as it was written"),
        _ours("R18", "the entry named a day that could not be used"),
        _ours("R19", "the amount was not written as it must be"),
        _dead("R20", "nothing can be drawn from this kind of account"),
        _ours("R21", "the company's id was not a valid one"),
        _ours("R22", "the payer's id was not a valid one"),
        _ours("R23", "the receiver did not take the credit"),
        _ours("R24", "the same payment had been drawn twice"),
        _ours("R25", "the addenda were not written as they must be"),
        _ours("R26", "a field that must be filled was empty"),
        _ours("R27", "the trace number was missing or wrong"),
        _ours("R28", "the routing number was wrong"),
        _dead("R29", "the company says that nobody gave permission to draw"),
        _ours("R30", "the bank does not take part in the program for checks"),
        _plain("R31", "the company's bank sent it back with our bank's agreement"),
        _ours("R32", "the payer's bank could not settle"),
        _ours("R33", "a destroyed check that was drawn came back"),
        _dead("R34", "the payer's bank may not take such payments", fee=False),
        _ours("R35", "an entry was not permitted for this kind of account"),
        _ours("R36", "a credit was not permitted for this kind of entry"),
        _ours("R37", "the check itself had been presented too"),
        _plain("R38", "the payer has stopped the check itself"),
        _ours("R39", "the check could not be drawn electronically"),
        _ours("R50", "the state's law does not allow a check to be drawn so"),
        _ours("R51", "the check could not be presented again"),
        _plain("R52", "the payer has stopped the check"),
        _ours("R53", "the check itself had been presented too"),
        _ours("R80", "the international entry was not coded as it must be"),
        _ours("R81", "the bank takes no part in international entries"),
        _ours("R82", "the foreign bank's id was not a valid one"),
        _ours("R83", "the foreign bank could not settle"),
        _ours("R84", "the entry was not worked on by the gateway"),
        _ours("R85", "the entry should have been an international one"),
    )
}
"""Every code with which a payment comes back to the one who drew it. R40 to R47 concern enrolments
with federal agencies, R61 to R77 are between banks: neither takes a tenant's payment back."""

CHANGES: Final = {
    "C01": "the account number",
    "C02": "the routing number",
    "C03": "the routing number and the account number",
    "C04": "the payer's name",
    "C05": "whether it is a checking or a savings account",
    "C06": "the account number, and whether it is a checking or a savings account",
    "C07": "routing and account number, and whether it is checking or savings",
    "C08": "the foreign bank's id",
    "C09": "the payer's id",
    "C10": "the company's name",
    "C11": "the company's id",
    "C12": "the company's name and id",
    "C13": "the form of the addenda",
    "C14": "the class of the entry",
}
"""What a notification of change wants written otherwise the next time."""


def may_retry(code: str, *, tries: int, first_paid_on: date, on: date) -> str:
    """Return why a returned payment is not drawn again on a day, empty where it may be.

    ``tries`` is how many times it was tried again already.
    """
    reason = REASONS.get(code)
    if reason is None or not reason.may_retry:
        return "Only a lack of money (R01, R09) may get better by trying again."
    if tries >= MOST_RETRIES:
        return "It was tried again twice already; that is all the rules allow."
    if on > first_paid_on + RETRY_WITHIN:
        return "More than 180 days lie between; it may not be drawn again."
    return ""
