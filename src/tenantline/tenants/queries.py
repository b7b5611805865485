"""Reading tenants. Every way to a tenant takes the asker's ``Scope`` (R10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F, Prefetch, QuerySet

from tenantline.facilities.models import Facility
from tenantline.facilities.scope import Scope
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import NotFound
from tenantline.tenants import rules
from tenantline.tenants.models import NumberPeriod, NumberQuestion, Rental, Tenant


def get(*, scope: Scope, tenant_id: int | str) -> Tenant:
    """Return the tenant, or raise ``NotFound`` (absent and out of scope look the same)."""
    rows = scope.narrow(Tenant.objects.select_related("facility"))
    pk = tenant_id if isinstance(tenant_id, int) else whole_number(tenant_id)
    found = rows.filter(pk=pk).first() if pk is not None else None
    if found is None:
        raise NotFound("There is no such tenant.")
    return found


ORDERS: Final = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "balance": ("balance_cents", "name", "id"),
    "-balance": ("-balance_cents", "name", "id"),
}
"""Ways to sort tenants; what begins with a hyphen has the largest first."""


def listing(
    *, scope: Scope, search: str = "", facility: Facility | None = None
) -> QuerySet[Tenant]:
    """Return tenants in scope by name, with facility, current number and open rentals loaded.

    ``search`` matches any words in names, units, e-mail, external ids and number digits.
    """
    rows = scope.narrow(Tenant.objects.select_related("facility")).order_by("name", "id")
    if facility is not None:
        rows = rows.filter(facility=facility)
    for word in search.lower().split():
        digits = "".join(character for character in word if character.isdigit())
        wanted = digits if len(digits) >= 4 and not any(map(str.isalpha, word)) else word
        rows = rows.filter(search_text__contains=wanted)
    current = NumberPeriod.objects.filter(ended_at=None)
    rentals = Rental.objects.select_related("unit")
    return rows.prefetch_related(
        Prefetch("periods", queryset=current, to_attr="current_periods"),
        Prefetch("rentals", queryset=rentals, to_attr="all_rentals"),
    )


def current_period(tenant_id: int) -> NumberPeriod | None:
    """R1: return the tenant's current number period, or None where there is no mobile number."""
    return NumberPeriod.objects.filter(tenant_id=tenant_id, ended_at=None).first()


def current_periods(tenant_ids: Collection[int]) -> dict[int, NumberPeriod]:
    """Return the current number periods of these tenants by tenant id, their tenants loaded."""
    rows = NumberPeriod.objects.select_related("tenant").filter(
        tenant_id__in=tenant_ids, ended_at=None
    )
    return {period.tenant_id: period for period in rows}


def periods(tenant_id: int) -> list[NumberPeriod]:
    """Return every number the tenant held, newest first."""
    return list(NumberPeriod.objects.filter(tenant_id=tenant_id).order_by("-started_at", "-id"))


def holders(number: str, *, facility_id: int | None = None) -> list[NumberPeriod]:
    """R12: return the current periods of everyone who holds this number (at a facility)."""
    rows = NumberPeriod.objects.select_related("tenant__facility").filter(
        number=number, ended_at=None
    )
    if facility_id is not None:
        rows = rows.filter(tenant__facility_id=facility_id)
    return list(rows.order_by("id"))


def tenancy(tenant_id: int, now: datetime) -> rules.Tenancy:
    """R15: return whether the tenant rents, and when the last rental ended if not."""
    ends = Rental.objects.filter(tenant_id=tenant_id).values_list("ended_at", flat=True)
    return rules.tenancy(ends, now)


def tenancies(tenant_ids: Collection[int], now: datetime) -> dict[int, rules.Tenancy]:
    """R15: return ``tenancy`` of each of these tenants."""
    ends: dict[int, list[datetime | None]] = {tenant_id: [] for tenant_id in tenant_ids}
    rows = Rental.objects.filter(tenant_id__in=tenant_ids).values_list("tenant_id", "ended_at")
    for tenant_id, ended_at in rows:
        ends[tenant_id].append(ended_at)
    return {tenant_id: rules.tenancy(own, now) for tenant_id, own in ends.items()}


def units(tenant_id: int, now: datetime) -> list[str]:
    """Return the names of the units the tenant rents at ``now``."""
    rentals = Rental.objects.filter(tenant_id=tenant_id, unit__isnull=False).select_related("unit")
    return unit_names(rentals, now)


def rentals(tenant_id: int) -> list[Rental]:
    """Return a tenant's rentals, running ones first, then the newest; units loaded."""
    rows = Rental.objects.filter(tenant_id=tenant_id).select_related("unit")
    return list(rows.order_by(F("ended_at").desc(nulls_first=True), "unit__name", "-id"))


def rentals_begun(facility_id: int, *, since: datetime, until: datetime) -> list[Rental]:
    """Return the rentals at a facility that began between two moments and have no end, in order."""
    rows = Rental.objects.filter(
        tenant__facility_id=facility_id, ended_at=None, started_at__gte=since, started_at__lte=until
    )
    return list(rows.order_by("started_at", "pk"))


def ending_rentals(rental_ids: Collection[int]) -> set[int]:
    """Return those of these rentals that are over, or whose end is known."""
    rows = Rental.objects.filter(pk__in=rental_ids, ended_at__isnull=False)
    return set(rows.values_list("pk", flat=True))


def unit_names(rentals: Iterable[Rental], now: datetime) -> list[str]:
    """Return the names of the units in these rentals that run at ``now``, sorted."""
    running = (r for r in rentals if r.ended_at is None or r.ended_at > now)
    return sorted(r.unit.name for r in running if r.unit is not None)


def every_unit(tenant_id: int) -> list[str]:
    """Return the names of all units the tenant rents or rented (R5 ignores them in wordings)."""
    rentals = Rental.objects.filter(tenant_id=tenant_id, unit__isnull=False)
    return sorted(set(rentals.values_list("unit__name", flat=True)))


def by_external_id(facility_id: int, external_id: str) -> Tenant | None:
    """Return the tenant with the management system's id at this facility."""
    return Tenant.objects.filter(facility_id=facility_id, external_id=external_id).first()


def open_questions(tenant_id: int) -> list[NumberQuestion]:
    """R15: return the unanswered questions on whose number it is, as this tenant or the other."""
    rows = _questions().filter(answered_at=None)
    return list(rows.filter(tenant_id=tenant_id) | rows.filter(other_id=tenant_id))


def questions_waiting(*, scope: Scope, view: Scope) -> tuple[QuerySet[NumberQuestion], int]:
    """R15, R10: return the open questions in ``view`` that this ``scope`` may answer, oldest first.

    With them comes how many more wait there for somebody whose scope covers both tenants.
    """
    rows = _questions().filter(answered_at=None).order_by("asked_at", "id")
    here = view.narrow(rows, "tenant__facility_id") | view.narrow(rows, "other__facility_id")
    mine = scope.narrow(scope.narrow(here, "tenant__facility_id"), "other__facility_id")
    return mine, here.count() - mine.count()


def question(*, scope: Scope, tenant_id: int, question_id: int) -> NumberQuestion:
    """Return a question, open or not, that concerns a tenant in scope, or raise ``NotFound``."""
    get(scope=scope, tenant_id=tenant_id)
    rows = _questions().filter(pk=question_id)
    found = (rows.filter(tenant_id=tenant_id) | rows.filter(other_id=tenant_id)).first()
    if found is None:
        raise NotFound("There is no such question.")
    return found


def _questions() -> QuerySet[NumberQuestion]:
    return NumberQuestion.objects.select_related("tenant__facility", "other__facility")


@dataclass(frozen=True)
class Sharing:
    """R12, R10: who holds a number: the tenants in the asker's scope, and how many others."""

    tenants: tuple[Tenant, ...] = ()
    elsewhere: int = 0

    def without(self, *tenant_ids: int) -> Sharing:
        """Return who else holds it, apart from these tenants of the scope."""
        others = (tenant for tenant in self.tenants if tenant.pk not in tenant_ids)
        return Sharing(tuple(others), self.elsewhere)

    def __len__(self) -> int:
        return len(self.tenants) + self.elsewhere


def sharing(*, numbers: Collection[str], scope: Scope) -> dict[str, Sharing]:
    """R12: return for each of these numbers who holds it now."""
    found: dict[str, Sharing] = {}
    for period in _current(numbers):
        known = found.get(period.number, Sharing())
        inside = scope.covers(period.tenant.facility_id)
        found[period.number] = Sharing(
            (*known.tenants, period.tenant) if inside else known.tenants,
            known.elsewhere + (not inside),
        )
    return found


def _current(numbers: Collection[str]) -> QuerySet[NumberPeriod]:
    rows = NumberPeriod.objects.select_related("tenant__facility")
    return rows.filter(number__in=numbers, ended_at=None).order_by("id")


def periods_of_others(*, number: str, tenant_id: int) -> list[NumberPeriod]:
    """R15: return for everyone else who holds or held a number their latest period with it."""
    rows = NumberPeriod.objects.select_related("tenant__facility").filter(number=number)
    latest = {row.tenant_id: row for row in rows.exclude(tenant_id=tenant_id).order_by("id")}
    return list(latest.values())
