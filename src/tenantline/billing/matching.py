"""Which payment a return is about. ``judge`` is pure; it never guesses between two.

A return names a trace number, an id and a name, none of which any total of the file protects. So
one sign alone moves no money: whatever it says of trace, id, amount and name must agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Q

from tenantline.billing.models import Entry
from tenantline.billing.nacha import Return
from tenantline.billing.reasons import REASONS
from tenantline.facilities.models import Facility

BACK: Final = timedelta(days=95)  # a return of R10 may take 60 days, and a file its time
_NEAR: Final = timedelta(days=4)  # between the day of a payment and that of its draft


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payment. ``undone``: it was reversed, or has come back, already."""

    payment_id: int
    trace: str
    tenant_id: int
    tenant_external_id: str
    tenant_name: str
    amount_cents: int
    day: date
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The payment, or (0) the reason why a person has to look."""

    payment_id: int = 0
    why_not: str = ""


def judge(back: Return, candidates: Sequence[Candidate]) -> Found:
    """Return the one payment that all signs of a return agree on.

    One that is undone counts: a return that is told twice must not find the month before.
    """
    if back.reason not in REASONS:
        return Found(why_not=f"{back.reason} is no reason for which a tenant's payment comes back.")
    if not back.is_debit:
        return Found(why_not="What came back is a credit, not a payment.")
    traced = [one for one in candidates if _same_trace(one.trace, back.original_trace)]
    named = [one for one in candidates if _named(one, back.individual_id)]
    if traced and named and {one.tenant_id for one in traced} != {one.tenant_id for one in named}:
        return Found(why_not="The trace number is one tenant's and the id another's.")
    fitting = [one for one in traced or named if one.amount_cents == back.amount_cents]
    if not fitting:
        some = "has another amount" if traced or named else "is on record"
        words = "The payment it names" if traced else "No payment it could mean"
        return Found(why_not=f"{words} {some}." if traced or not named else
                     "No payment of this tenant has this amount.")  # fmt: skip
    if len(fitting) > 1:
        fitting = _of_the_day(fitting, back.effective_on)
    if len(fitting) != 1:
        return Found(why_not="Several payments could be meant.")
    return _confirmed(fitting[0], back, by_trace=bool(traced))


def _confirmed(one: Candidate, back: Return, *, by_trace: bool) -> Found:
    """Return the one payment that fits, unless something else that is said speaks against it."""
    if one.undone:
        return Found(why_not="The payment it names was reversed, or has come back, already.")
    if not by_trace and _other_trace(one.trace, back.original_trace):
        return Found(why_not="The payment of this tenant and amount has another trace number.")
    if not _alike(back.individual_name, one.tenant_name):
        return Found(why_not=f"The name in the file is not {one.tenant_name[:60]}'s.")
    return Found(one.payment_id)


def candidates(facility: Facility, back: Return, *, made_on: date) -> list[Candidate]:
    """Return the payments at a facility that any sign of a return points to, undone ones too.

    A payment may stand in the books some days after the bank has drawn it; one that has the trace
    number, which only one payment of a facility has, even later.
    """
    traced = Q(external_id=back.original_trace)
    if back.original_trace.lstrip("0"):
        traced |= Q(external_id=back.original_trace.lstrip("0"))
    named = Q(pk=None)
    if back.individual_id:
        named |= Q(tenant__external_id=back.individual_id)
    if re.fullmatch(r"[1-9][0-9]{0,14}", back.individual_id):
        named |= Q(pk=int(back.individual_id))
    rows = Entry.objects.filter(
        traced | (named & Q(date__lte=made_on + _NEAR)),
        facility=facility,
        kind="payment",
        date__gte=made_on - BACK,
    ).select_related("tenant", "reversal")
    return [
        Candidate(
            row.pk,
            row.external_id or "",
            row.tenant_id,
            row.tenant.external_id or "",
            row.tenant.name,
            row.amount_cents,
            row.date,
            undone=getattr(row, "reversal", None) is not None,
        )
        for row in rows.order_by("pk")
    ]


def _same_trace(recorded: str, told: str) -> bool:
    return bool(recorded) and told.strip("0 ") != "" and recorded.lstrip("0") == told.lstrip("0")


def _other_trace(recorded: str, told: str) -> bool:
    """Tell whether both are trace numbers, 15 digits, and not the same one."""
    numbers = [one for one in (recorded, told) if re.fullmatch(r"\d{15}", one) and int(one)]
    return len(numbers) == 2 and recorded != told


def _named(one: Candidate, individual_id: str) -> bool:
    return bool(individual_id) and individual_id in (str(one.payment_id), one.tenant_external_id)


def _of_the_day(fitting: Sequence[Candidate], day: date | None) -> list[Candidate]:
    """Return those of the day that the bank names for the draft, give or take a weekend."""
    return [one for one in fitting if day is not None and abs(one.day - day) <= _NEAR]


def _alike(told: str, name: str) -> bool:
    """Tell whether two spellings of a name share a word; a bank may leave it out altogether."""
    words = _words(told)
    return not words or bool(words & _words(name))


def _words(name: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]+", name.casefold()) if len(word) > 2}
