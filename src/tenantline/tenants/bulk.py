"""Many tenants at once, by the very rules of ``actions``: checked values, search words, R15.

For imports: a handful of statements for a few hundred tenants, where ``actions`` needs a dozen for
each. The caller holds the transaction and records the act, once for all of them. A number that
changes and a rental that ends are facts of consent: those stay one by one, in ``consent.actions``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tenantline.facilities import actions as facilities
from tenantline.facilities.models import Facility
from tenantline.kernel.actor import Actor
from tenantline.kernel.many import insert, update
from tenantline.kernel.phone import Number
from tenantline.tenants.actions import checked_details, search_words
from tenantline.tenants.models import NumberPeriod, NumberQuestion, Rental, Tenant

_BLANK: dict[str, Any] = {
    field.attname: field.get_default()
    for field in Tenant._meta.local_concrete_fields
    if not field.primary_key
}


@dataclass(frozen=True, slots=True)
class NewRental:
    """A rental to be recorded; ``unit`` empty: only the fact of the tenancy is known."""

    unit: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewTenant:
    """A tenant to be added; ``details`` are those of ``actions.add_tenant``, and name."""

    details: Mapping[str, Any]
    number: Number | None = None
    rentals: Sequence[NewRental] = ()


@dataclass(slots=True)
class Known:
    """A tenant with current number and rentals (units loaded), as ``known`` reads them."""

    tenant: Tenant
    period: NumberPeriod | None = None
    rentals: list[Rental] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """What changes of a tenant: some details, rentals that are new."""

    known: Known
    details: Mapping[str, Any]
    rentals: Sequence[NewRental] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """The ids of those who were added; ``asked``: whose number staff are asked about (R15)."""

    ids: list[int]
    asked: set[int]


@dataclass(frozen=True, slots=True)
class Ready:
    """Tenants to be added, checked and put into the shape in which they are stored."""

    facility: Facility
    people: Sequence[NewTenant]
    rows: list[list[Any]]
    now: datetime


def ready(*, facility: Facility, people: Sequence[NewTenant], by: Actor, now: datetime) -> Ready:
    """Check tenants and make them ready to be added; asks the database nothing.

    Raises:
        BadInput: a value cannot be used.
    """
    blank = _BLANK | {"facility_id": facility.pk, "created_at": now, "created_by": by.name}
    return Ready(facility, people, [_new(blank, person) for person in people], now)


def add_tenants(made_ready: Ready) -> Added:
    """Add tenants, in this order. Needs the caller's transaction.

    Raises:
        IntegrityError: an external id is taken.
    """
    facility, people, now = made_ready.facility, made_ready.people, made_ready.now
    ids = insert(Tenant, tuple(_BLANK), made_ready.rows)
    numbers = [(pk, p.number) for pk, p in zip(ids, people, strict=True) if p.number]
    asked = _open_periods(numbers, now)
    _rent(facility, zip(ids, (person.rentals for person in people), strict=True))
    return Added(ids, asked)


def change_tenants(*, facility: Facility, changes: Sequence[Change]) -> None:
    """Change details and add rentals of tenants. Needs the caller's transaction."""
    if not changes:
        return
    names = sorted({name for change in changes for name in change.details})
    rows = []
    for change in changes:
        told = vars(change.known.tenant) | checked_details(change.details)
        rows.append([*(told[name] for name in names), _found_by(told, change), told["id"]])
    update(Tenant, (*names, "search_text"), rows)
    _rent(facility, ((change.known.tenant.pk, change.rentals) for change in changes))


def known(tenants: QuerySet[Tenant]) -> dict[int, Known]:
    """Return these tenants by id, with current numbers and all rentals, in three statements."""
    found = {tenant.pk: Known(tenant) for tenant in tenants}
    if not found:
        return found
    for period in NumberPeriod.objects.filter(tenant_id__in=found, ended_at=None):
        period.tenant = found[period.tenant_id].tenant
        found[period.tenant_id].period = period
    for rental in Rental.objects.filter(tenant_id__in=found).select_related("unit").order_by("id"):
        found[rental.tenant_id].rentals.append(rental)
    return found


def _new(blank: Mapping[str, Any], person: NewTenant) -> list[Any]:
    told = {**blank, **checked_details(person.details)}
    units = sorted({rental.unit for rental in person.rentals if rental.unit})
    told["search_text"] = search_words(told, units, person.number or "")
    return list(told.values())


def _found_by(told: Mapping[str, Any], change: Change) -> str:
    units = {rental.unit.name for rental in change.known.rentals if rental.unit is not None}
    units |= {rental.unit for rental in change.rentals if rental.unit}
    period = change.known.period
    return search_words(told, sorted(units), period.number if period else "")


def _open_periods(numbers: Sequence[tuple[int, Number]], now: datetime) -> set[int]:
    """Begin number periods in this order; R15: each asks about everyone who came before it."""
    if not numbers:
        return set()
    others: dict[str, list[int]] = {}
    wanted = {number for _, number in numbers}
    before = NumberPeriod.objects.filter(number__in=wanted).order_by("tenant_id")
    for number, tenant_id in before.values_list("number", "tenant_id").distinct():
        others.setdefault(number, []).append(tenant_id)
    questions = []
    for pk, number in numbers:
        questions += [
            NumberQuestion(number=number, tenant_id=pk, other_id=other, asked_at=now)
            for other in others.get(number, ())
        ]
        others.setdefault(number, []).append(pk)
    insert(
        NumberPeriod,
        ("tenant_id", "number", "started_at", "ended_at", "ended_because"),
        [(pk, number, now, None, "") for pk, number in numbers],
    )
    if questions:
        NumberQuestion.objects.bulk_create(questions)
    return {question.tenant_id for question in questions}


def _rent(facility: Facility, wanted: Iterable[tuple[int, Sequence[NewRental]]]) -> None:
    pairs = [(pk, rental) for pk, rentals in wanted for rental in rentals]
    if not pairs:
        return
    units = facilities.units_named(
        facility=facility, names=[rental.unit for _, rental in pairs if rental.unit]
    )
    insert(
        Rental,
        ("tenant_id", "unit_id", "started_at", "ended_at"),
        [(pk, units.get(rental.unit), rental.started_at, rental.ended_at) for pk, rental in pairs],
    )
