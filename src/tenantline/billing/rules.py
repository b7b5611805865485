"""What an account says: signs of entries, what is owed, since when. Pure; money is whole cents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args

from tenantline.kernel.errors import BadInput

Kind = Literal["charge", "payment", "credit", "reversal"]
Source = Literal["desk", "api", "import", "stated", "autopay", "return"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOST_CENTS: Final = 10**13  # of one entry: more money than anybody owes
_SIGNS: Final = {"charge": 1, "payment": -1, "credit": -1}
_LONGEST_MEMO: Final = 200
_EARLIEST: Final = date(1970, 1, 2)
_YEARS_AHEAD: Final = 2


def effect(kind: str, amount_cents: int, *, reversed_effect: int = 0) -> int:
    """Return what an entry adds to the balance; a reversal undoes ``reversed_effect``."""
    return -reversed_effect if kind == "reversal" else _SIGNS[kind] * amount_cents


def checked_kind(kind: str) -> Kind:
    """Return the kind of an entry, or raise ``BadInput``."""
    for known in KINDS:
        if kind == known:
            return known
    raise BadInput(f"kind must be one of {', '.join(KINDS)}.", field="kind")


def checked_amount(cents: Any) -> int:
    """Return an entry's amount, which is positive whatever its kind, or raise ``BadInput``."""
    if isinstance(cents, bool) or not isinstance(cents, int) or not 0 < cents <= MOST_CENTS:
        raise BadInput(
            "The amount is a whole number of cents above zero; the kind gives it its sign.",
            field="amount_cents",
        )
    return cents


def checked_day(day: Any, *, today: date, field: str = "date") -> date:
    """Return a day of an entry, or raise ``BadInput`` for one that must be a slip of the pen."""
    if type(day) is not date or not _EARLIEST <= day <= _years_later(today, _YEARS_AHEAD):
        raise BadInput(
            f"{field} must be a day, such as {today.isoformat()}, at most two years ahead.",
            field=field,
        )
    return day


def _years_later(day: date, years: int) -> date:
    # 29 February has no anniversary in most years.
    return date(day.year + years, day.month, min(day.day, 28))


def checked_memo(memo: str) -> str:
    """Return an entry's memo on one line, or raise ``BadInput``."""
    memo = " ".join(memo.replace("\x00", "").split())
    if len(memo) > _LONGEST_MEMO:
        raise BadInput(f"The memo is longer than {_LONGEST_MEMO} characters.", field="memo")
    return memo


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge that no reversal has undone."""

    due_on: date
    entry_id: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A charge of which ``open_cents`` are not paid."""

    charge: Charge
    open_cents: int


def unpaid(charges: Iterable[Charge], balance_cents: int) -> list[Unpaid]:
    """Return the charges that are not wholly paid, oldest due date first.

    Payments and credits pay the oldest due charge first. What is still owed lies therefore in the
    latest charges, so they are gone through from the latest on until the balance is reached.
    Leaving out the oldest charges does no harm once the balance is reached.
    """
    left, found = balance_cents, []
    for charge in sorted(charges, key=lambda one: (one.due_on, one.entry_id), reverse=True):
        if left <= 0:
            break
        found.append(Unpaid(charge, min(left, charge.amount_cents)))
        left -= charge.amount_cents
    return found[::-1]


def oldest_due(charges: Iterable[Charge], balance_cents: int) -> date | None:
    """Return the due date of the oldest charge not wholly paid, None where nothing is owed."""
    owed = unpaid(charges, balance_cents)
    return owed[0].charge.due_on if owed else None
