"""Reading accounts: balances, since when something is owed, entries of a period."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from tenantline.billing import rules
from tenantline.billing.models import Draft, Entry, Terms
from tenantline.billing.rules import Charge, Unpaid
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import Scope
from tenantline.kernel.errors import NotFound
from tenantline.tenants.models import Tenant

_TOGETHER = 500  # tenants whose charges are read at once


@dataclass(frozen=True, slots=True)
class Period:
    """The account from ``first`` to ``last`` (both included), as a statement shows it.

    ``entries`` stand in the order of their days; opening plus their effects is closing.
    """

    first: date
    last: date
    opening_cents: int
    entries: Sequence[Entry]
    closing_cents: int


def today(facility: Facility, now: datetime) -> date:
    """Return the day it is at a facility."""
    return now.astimezone(ZoneInfo(facility.timezone)).date()


def balance_of(tenant_id: int) -> int:
    """Return what a tenant owes in cents (negative: has paid ahead): the sum of all entries."""
    return Entry.objects.filter(tenant_id=tenant_id).aggregate(sum=Sum("effect_cents"))["sum"] or 0


def balances(tenant_ids: Collection[int]) -> dict[int, int]:
    """Return ``balance_of`` each of these tenants, from the kept sums (ADR 21)."""
    rows = Tenant.objects.filter(pk__in=tenant_ids)
    return dict(rows.values_list("pk", "balance_cents"))


def unpaid(tenant_id: int) -> list[Unpaid]:
    """Return a tenant's charges that are not wholly paid, oldest due first."""
    found = _unpaid({tenant_id: balance_of(tenant_id)})
    return found.get(tenant_id, [])


def oldest_due(tenant_id: int) -> date | None:
    """Return since which day something is due, None where nothing is owed."""
    owed = unpaid(tenant_id)
    return owed[0].charge.due_on if owed else None


def oldest_dues(tenant_ids: Iterable[int]) -> dict[int, date]:
    """Return ``oldest_due`` of those among these tenants who owe something, in a few statements."""
    wanted, found = list(tenant_ids), {}
    for place in range(0, len(wanted), _TOGETHER):
        some = balances(wanted[place : place + _TOGETHER])
        owed = _unpaid({pk: cents for pk, cents in some.items() if cents > 0})
        found.update({pk: charges[0].charge.due_on for pk, charges in owed.items() if charges})
    return found


def _unpaid(balances: dict[int, int]) -> dict[int, list[Unpaid]]:
    rows = Entry.objects.filter(tenant_id__in=balances, kind="charge", reversal=None)
    charges: dict[int, list[Charge]] = {}
    for tenant_id, pk, due_on, cents in rows.values_list(
        "tenant_id", "pk", "due_on", "amount_cents"
    ):
        if due_on is not None:
            charges.setdefault(tenant_id, []).append(Charge(due_on, pk, cents))
    return {pk: rules.unpaid(own, balances[pk]) for pk, own in charges.items()}


def of_tenant(tenant: Tenant) -> QuerySet[Entry]:
    """Return a tenant's entries, newest first, each with what it reverses and its reversal."""
    rows = Entry.objects.filter(tenant=tenant).select_related("reverses", "reversal")
    return rows.order_by("-date", "-id")


def entry(*, scope: Scope, entry_id: int) -> Entry:
    """Return an entry in scope with its tenant, or raise ``NotFound``."""
    rows = Entry.objects.select_related("tenant__facility", "reverses", "reversal")
    found = scope.narrow(rows).filter(pk=entry_id).first()
    if found is None:
        raise NotFound("There is no such entry.")
    return found


def before(entry_: Entry) -> int:
    """Return a tenant's balance before this entry, in the order in which accounts are read."""
    earlier = Entry.objects.filter(tenant_id=entry_.tenant_id)
    days = earlier.filter(date__lt=entry_.date)
    same = earlier.filter(date=entry_.date, pk__lt=entry_.pk)
    return _sum(days) + _sum(same)


def period(tenant_id: int, *, first: date, last: date) -> Period:
    """Return a tenant's account from ``first`` to ``last``, both days included."""
    own = Entry.objects.filter(tenant_id=tenant_id)
    opening = _sum(own.filter(date__lt=first))
    within = own.filter(date__gte=first, date__lte=last).select_related("reverses")
    entries = list(within.order_by("date", "id"))
    closing = opening + sum(one.effect_cents for one in entries)
    return Period(first, last, opening, entries, closing)


def periods(tenant_ids: Iterable[int], *, first: date, last: date) -> dict[int, Period]:
    """Return ``period`` of each of these tenants, with two statements for some hundred of them."""
    wanted, found = list(tenant_ids), {}
    for place in range(0, len(wanted), _TOGETHER):
        some = wanted[place : place + _TOGETHER]
        own = Entry.objects.filter(tenant_id__in=some)
        sums = own.filter(date__lt=first).values("tenant_id").annotate(sum=Sum("effect_cents"))
        opening = {row["tenant_id"]: int(row["sum"]) for row in sums}
        entries: dict[int, list[Entry]] = {}
        within = own.filter(date__gte=first, date__lte=last).select_related("reverses")
        for one in within.order_by("date", "id"):
            entries.setdefault(one.tenant_id, []).append(one)
        for pk in some:
            lines, start = entries.get(pk, []), opening.get(pk, 0)
            end = start + sum(one.effect_cents for one in lines)
            found[pk] = Period(first, last, start, lines, end)
    return found


def settled_charges(charge_ids: Collection[int]) -> dict[int, Literal["paid", "reversed"]]:
    """Return those of these charges on which nothing is open any more, and why; unknown ones too.

    Payments pay the oldest due charge first, so a charge is paid when the balance says so.
    """
    rows = Entry.objects.filter(pk__in=charge_ids, kind="charge", reversal=None)
    standing = dict(rows.values_list("pk", "tenant_id"))
    owed = _unpaid(balances(set(standing.values())))
    still = {one.charge.entry_id for charges in owed.values() for one in charges}
    return {pk: "paid" if pk in standing else "reversed" for pk in charge_ids if pk not in still}


def reversed_entries(entry_ids: Collection[int]) -> set[int]:
    """Return those of these entries that a reversal has undone."""
    rows = Entry.objects.filter(pk__in=entry_ids, reversal__isnull=False)
    return set(rows.values_list("pk", flat=True))


def settled_drafts(draft_ids: Collection[int]) -> set[int]:
    """Return those of these drafts of AutoPay that are not pending any more."""
    rows = Draft.objects.filter(pk__in=draft_ids).exclude(state="pending")
    return set(rows.values_list("pk", flat=True))


def returned_fee_cents(facility_id: int) -> int:
    """Return what a facility charges for a returned payment; 0: nothing."""
    fee = Terms.objects.filter(pk=facility_id).values_list("returned_fee_cents", flat=True).first()
    return fee or 0


def _sum(rows: QuerySet[Entry]) -> int:
    return rows.aggregate(sum=Sum("effect_cents"))["sum"] or 0
