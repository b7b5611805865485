"""Reading what happened to accounts at a facility lately, oldest first, for those who act on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tenantline.billing import queries
from tenantline.billing.models import Draft, DraftState, Entry, ReturnedPayment, ReturnState

_TOGETHER: Final = 200


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """A charge that is not wholly paid."""

    entry_id: int
    tenant_id: int
    due_on: date
    recorded_at: datetime


def open_charges(facility_id: int, *, first: date, last: date) -> Iterator[OpenCharge]:
    """Yield the charges due from ``first`` to ``last`` (both included) that are not wholly paid."""
    rows = Entry.objects.filter(
        facility_id=facility_id,
        kind="charge",
        reversal=None,
        due_on__gte=first,
        due_on__lte=last,
        tenant__balance_cents__gt=0,
    )
    found = list(rows.order_by("due_on", "pk").values_list("pk", flat=True))
    for place in range(0, len(found), _TOGETHER):
        some = found[place : place + _TOGETHER]
        settled = queries.settled_charges(some)
        still = Entry.objects.filter(pk__in=[pk for pk in some if pk not in settled])
        for one in still.order_by("due_on", "pk"):
            if one.due_on is not None:
                yield OpenCharge(one.pk, one.tenant_id, one.due_on, one.recorded_at)


def payments(facility_id: int, *, since: datetime) -> Iterator[Entry]:
    """Yield the payments recorded since a moment that nothing has undone."""
    rows = Entry.objects.filter(
        facility_id=facility_id, kind="payment", reversal=None, recorded_at__gte=since
    )
    return rows.order_by("pk").iterator(chunk_size=_TOGETHER)


def returned(facility_id: int, *, since: datetime) -> Iterator[ReturnedPayment]:
    """Yield the payments that were found to have come back since a moment."""
    rows = ReturnedPayment.objects.filter(
        facility_id=facility_id, state=ReturnState.APPLIED, settled_at__gte=since
    )
    return rows.order_by("pk").iterator(chunk_size=_TOGETHER)


def returned_anywhere(*, since: datetime) -> Iterator[ReturnedPayment]:
    """Yield what came back since a moment at any facility, each with its payment, oldest first."""
    rows = ReturnedPayment.objects.filter(state=ReturnState.APPLIED, settled_at__gte=since)
    rows = rows.select_related("payment").order_by("pk")
    return rows.iterator(chunk_size=_TOGETHER)


def pending_drafts(facility_id: int, *, first: date, last: date) -> Iterator[Draft]:
    """Yield the pending drafts that are drawn from ``first`` to ``last``, both included."""
    rows = Draft.objects.filter(
        facility_id=facility_id,
        state=DraftState.PENDING,
        draws_on__gte=first,
        draws_on__lte=last,
    )
    return rows.order_by("draws_on", "pk").iterator(chunk_size=_TOGETHER)
