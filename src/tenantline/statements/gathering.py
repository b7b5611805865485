"""What a statement is made of: accounts, addresses and AutoPay, read for many tenants at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Prefetch, Q

from tenantline.billing import queries, rules
from tenantline.billing.models import Draft, Entry
from tenantline.billing.queries import Period
from tenantline.billing.rules import Charge
from tenantline.statements import content
from tenantline.statements.content import AutoPay, Content, Line, Party
from tenantline.tenants import postal
from tenantline.tenants import queries as tenants
from tenantline.tenants.delivery import Refusal
from tenantline.tenants.models import Rental, Tenant

NOTHING: Final = Refusal(
    "zero_balance", "Nothing was owed, charged or paid in this month; there is nothing to say."
)


@dataclass(frozen=True, slots=True)
class Account:
    """All that a tenant's statement for one period is made of."""

    tenant: Tenant
    units: tuple[str, ...]
    period: Period
    due_on: date | None
    draft: Draft | None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the period's entries as the statement shows them."""
        return tuple(_line(entry) for entry in self.period.entries)

    @property
    def says_nothing(self) -> bool:
        """Tell whether nothing was, is and became owed, so that nobody needs to be written to."""
        period = self.period
        return not (period.opening_cents or period.entries or period.closing_cents)


def accounts(rows: Sequence[Tenant], *, period: str, now: datetime) -> list[Account]:
    """Return the accounts of these tenants (facility loaded), with a handful of statements."""
    first, last = content.month(period)
    ids = [tenant.pk for tenant in rows]
    periods = queries.periods(ids, first=first, last=last)
    owing = {pk: one.closing_cents for pk, one in periods.items() if one.closing_cents > 0}
    dues = _dues(owing, last)
    units = _units(ids, now)
    pending = Draft.objects.filter(tenant_id__in=ids, state="pending")
    drafts = {draft.tenant_id: draft for draft in pending}
    return [
        Account(
            tenant, units[tenant.pk], periods[tenant.pk], dues.get(tenant.pk), drafts.get(tenant.pk)
        )
        for tenant in rows
    ]


def made(account: Account, *, period: str, number: int, now: datetime) -> Content:
    """Return an account's statement for a period, with nothing left to look up."""
    tenant = account.tenant
    facility = tenant.facility
    return Content(
        period=period,
        number=number,
        language=tenant.language,
        issued_on=queries.today(facility, now),
        facility=Party(facility.name, postal.lines(facility)),
        office=facility.phone,
        office_email=facility.email,
        tenant=Party(tenant.name, postal.lines(tenant)),
        units=account.units,
        opening_cents=account.period.opening_cents,
        lines=account.lines,
        closing_cents=account.period.closing_cents,
        due_on=account.due_on,
        autopay=_autopay(account),
    )


def _line(entry: Entry) -> Line:
    undone = entry.reverses.memo or entry.reverses.kind if entry.reverses else None
    return Line(entry.date, entry.kind, entry.memo, entry.effect_cents, undone)


def _autopay(account: Account) -> AutoPay:
    tenant, draft = account.tenant, account.draft
    if draft is None:
        return AutoPay(method=tenant.autopay_method, day=tenant.autopay_day)
    # What is about to be drawn counts, also where the method has been changed to NET meanwhile.
    return AutoPay(draft.method, tenant.autopay_day, draft.amount_cents, draft.draws_on)


def _dues(owing: Mapping[int, int], last: date) -> dict[int, date]:
    """Return since when each of these closing balances is due; later entries do not count."""
    rows = Entry.objects.filter(tenant_id__in=owing, kind="charge", date__lte=last)
    standing = rows.filter(Q(reversal=None) | Q(reversal__date__gt=last))
    charges: dict[int, list[Charge]] = {}
    for tenant_id, pk, due_on, cents in standing.values_list(
        "tenant_id", "pk", "due_on", "amount_cents"
    ):
        if due_on is not None:
            charges.setdefault(tenant_id, []).append(Charge(due_on, pk, cents))
    found = {pk: rules.oldest_due(own, owing[pk]) for pk, own in charges.items()}
    return {pk: due for pk, due in found.items() if due is not None}


def _units(ids: Iterable[int], now: datetime) -> dict[int, tuple[str, ...]]:
    rentals = Rental.objects.select_related("unit")
    rows = Tenant.objects.filter(pk__in=ids).prefetch_related(
        Prefetch("rentals", queryset=rentals, to_attr="all_rentals")
    )
    return {row.pk: _unit_names(row, now) for row in rows}


def _unit_names(row: Tenant, now: datetime) -> tuple[str, ...]:
    """Return the units that run, or of somebody who has moved out those that were rented last."""
    rentals: list[Rental] = row.all_rentals  # type: ignore[attr-defined]
    running = tenants.unit_names(rentals, now)
    if running:
        return tuple(running)
    ends = [rental.ended_at for rental in rentals if rental.ended_at is not None and rental.unit]
    if not ends:
        return ()
    return tuple(
        sorted({r.unit.name for r in rentals if r.unit is not None and r.ended_at == max(ends)})
    )
