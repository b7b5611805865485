"""Writing tenants. What touches consent (numbers, moving out) is called from ``consent`` only.

A changed number and an ended tenancy are facts of the consent ledger too: entrances call
``consent.actions.change_number`` and ``consent.actions.move_out``, which call the ``_period``
and ``end_rentals`` functions here in their own transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from tenantline.audit import actions as audit
from tenantline.facilities import actions as facilities
from tenantline.facilities import rules as sites
from tenantline.facilities.models import Facility
from tenantline.feed import actions as feed
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.kernel.phone import Number
from tenantline.tenants import postal, queries, rules
from tenantline.tenants.models import (
    DeliveryMethod,
    Language,
    NumberPeriod,
    NumberQuestion,
    Rental,
    Tenant,
)


def add_tenant(
    *,
    facility: Facility,
    name: str,
    by: Actor,
    now: datetime,
    number: Number | None = None,
    units: Sequence[str] = (),
    **details: Any,
) -> Tenant:
    """Add a tenant, with a first mobile number and units where known.

    ``details`` are external_id, email, home_phone, street, city, state, postal_code, language,
    delivery_method, statements_by_sms, legal_email, paid_through (a day) and notes. Balance and
    AutoPay are ``billing``'s.

    Raises:
        BadInput: a value cannot be used.
        Conflict: the external id is taken at this facility; ``existing`` names the tenant.
    """
    tenant = Tenant(facility=facility, created_at=now, created_by=by.name)
    put_details(tenant, {"name": name, **details})
    with transaction.atomic():
        _refuse_known(tenant)
        tenant.save()
        if number is not None:
            open_period(tenant=tenant, number=number, now=now)
        for unit in dict.fromkeys(units):
            move_in(tenant=tenant, unit=unit, by=by, now=now)
        refresh_search(tenant)
        _tell("tenant.added", tenant, by, now)
    return tenant


def change_details(*, tenant: Tenant, by: Actor, now: datetime, **details: Any) -> Tenant:
    """Change a tenant's details; not number nor rentals.

    They are those of ``add_tenant``, name, and the timezone (R6): one that staff have confirmed
    for the address, so that with another address it has to be said anew.
    """
    known = tenant.timezone, postal.lines(tenant)
    put_details(tenant, details)
    if tenant.timezone == known[0] and postal.lines(tenant) != known[1]:
        tenant.timezone = details["timezone"] = ""
    with transaction.atomic():
        if "external_id" in details:
            _refuse_known(tenant)
        # Only these: the balance in this row may have moved since it was read.
        tenant.save(update_fields=sorted(details))
        refresh_search(tenant)
        _tell("tenant.changed", tenant, by, now, fields=sorted(details))
    return tenant


def move_in(*, tenant: Tenant, unit: str, by: Actor, now: datetime) -> Rental:
    """Begin a rental; an open one of the same unit stays as it is."""
    row = facilities.unit_named(facility=tenant.facility, name=unit)
    running = Rental.objects.filter(tenant=tenant, unit=row, ended_at=None).first()
    if running is not None:
        return running
    with transaction.atomic():
        rental = Rental.objects.create(tenant=tenant, unit=row, started_at=now)
        refresh_search(tenant)
        _tell("tenant.moved_in", tenant, by, now, unit=row.name)
    return rental


def end_rentals(
    *, tenant: Tenant, at: datetime, now: datetime, only_unit: str | None = None
) -> None:
    """End the tenant's rentals that run at ``now``, or one of them. Called by ``consent`` (R15).

    One that is to end later ends at ``at`` instead. Where no rental was ever recorded, an ended
    one without a unit records the fact.
    """
    rentals = Rental.objects.filter(Q(ended_at=None) | Q(ended_at__gt=now), tenant=tenant)
    if only_unit is not None:
        rentals = rentals.filter(unit__name=only_unit)
    ended = rentals.update(ended_at=at)
    if not ended and only_unit is None and not Rental.objects.filter(tenant=tenant).exists():
        Rental.objects.create(tenant=tenant, started_at=min(tenant.created_at, at), ended_at=at)
    refresh_search(tenant)


def keep_renting(*, tenant: Tenant, by: Actor, now: datetime) -> None:
    """Call off a move-out that was planned for later; rentals that are over stay over."""
    planned = Rental.objects.filter(tenant=tenant, ended_at__gt=now).update(ended_at=None)
    if planned:
        _tell("tenant.move_out_called_off", tenant, by, now)


def open_period(*, tenant: Tenant, number: Number, now: datetime) -> NumberPeriod:
    """Begin a number period; R15: ask staff where another tenant holds or held the number."""
    period = NumberPeriod.objects.create(tenant=tenant, number=number, started_at=now)
    others = Tenant.objects.filter(periods__number=number).exclude(pk=tenant.pk).distinct()
    NumberQuestion.objects.bulk_create(
        NumberQuestion(number=number, tenant=tenant, other=other, asked_at=now) for other in others
    )
    refresh_search(tenant)
    return period


def close_period(*, period: NumberPeriod, because: str, now: datetime) -> None:
    """End a number period. Called by ``consent`` (R4), which ends its consent.

    What staff were asked because the tenant got this number is not asked any longer.
    """
    period.ended_at, period.ended_because = now, because
    period.save(update_fields=["ended_at", "ended_because"])
    asked = NumberQuestion.objects.filter(tenant_id=period.tenant_id, number=period.number)
    asked.filter(answered_at=None).update(answer="moot", answered_at=now)
    refresh_search(period.tenant)


def lock(tenant_ids: Iterable[int]) -> None:
    """Let nobody else change these tenants' numbers before this transaction ends.

    Always taken in one order and before the ledger's head, so that two never wait for each other.
    """
    rows = Tenant.objects.select_for_update(no_key=True).filter(pk__in=set(tenant_ids))
    list(rows.order_by("pk").values_list("pk", flat=True))


def answer_question(*, question: NumberQuestion, answer: str, by: Actor, now: datetime) -> None:
    """Record what staff said of a number two tenants hold. Called by ``consent`` (R15).

    Raises:
        BadInput: the answer is neither ``shared`` nor ``passed_on``.
        Conflict: somebody has answered before, or the number has changed since.
    """
    rules.checked_choice(answer, ("shared", "passed_on"), field="answer")
    rows = NumberQuestion.objects.select_for_update(of=("self",), no_key=True)
    found = rows.get(pk=question.pk)
    if found.answered_at is not None:
        raise Conflict(rules.answered_words(found.answer, found.answered_by), code="answered")
    question.answer, question.answered_at, question.answered_by = answer, now, by.name
    question.save(update_fields=["answer", "answered_at", "answered_by"])
    _tell("tenant.number_question_answered", question.tenant, by, now, answer=answer)


def refresh_search(tenant: Tenant) -> None:
    """Rewrite the words by which a tenant is found."""
    period = queries.current_period(tenant.pk)
    units = queries.every_unit(tenant.pk)
    words = search_words(vars(tenant), units, period.number if period else "")
    Tenant.objects.filter(pk=tenant.pk).update(search_text=words)


def search_words(details: Mapping[str, Any], units: Sequence[str], number: str) -> str:
    """Return the words by which a tenant with these details, units and number is found."""
    said = [details[name] for name in ("name", "email", "external_id", "home_phone")]
    words = [*said, *units, number]
    return " ".join(filter(None, words)).lower()


def put_details(tenant: Tenant, details: dict[str, Any]) -> None:
    """Put checked values into a tenant's row, which is not saved.

    Raises:
        BadInput: a value cannot be used, or a tenant has no such detail.
    """
    for name, value in checked_details(details).items():
        setattr(tenant, name, value)


def checked_details(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return details as they are kept.

    Raises:
        BadInput: a value cannot be used, or a tenant has no such detail.
    """
    checked: dict[str, Any] = {}
    for name, value in details.items():
        check = _CHECKS.get(name)
        if check is None:
            raise BadInput(f"A tenant has no {name[:40]}.", field=name[:40])
        checked[name] = check(value)
    return checked


def _short(value: str, limit: int, field: str) -> str:
    value = value.replace("\x00", "").strip()
    if len(value) > limit:
        raise BadInput(
            f"The {field.replace('_', ' ')} is longer than {limit} characters.", field=field
        )
    return value


def _day(value: Any) -> date | None:
    if value is not None and type(value) is not date:
        raise BadInput("Paid through is a day.", field="paid_through")
    return value


def _zone(name: str) -> str:
    return sites.checked_zone(name) if name else ""


def _choice(field: str, allowed: Sequence[str]) -> Callable[[Any], str]:
    return lambda value: rules.checked_choice(str(value), allowed, field=field)


def _line(field: str, limit: int) -> Callable[[Any], str]:
    return lambda value: _short(" ".join(str(value or "").split()), limit, field)


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": lambda value: rules.checked_name(str(value or "")),
    "email": lambda value: rules.checked_email(str(value or "")),
    "external_id": lambda value: _short(str(value or ""), 80, "external_id") or None,
    "home_phone": lambda value: _short(str(value or ""), 40, "home_phone"),
    "street": _line("street", 120),
    "city": _line("city", 80),
    "state": _line("state", 40),
    "postal_code": _line("postal_code", 12),
    "timezone": lambda value: _zone(str(value or "").strip()),
    "language": _choice("language", Language.values),
    "delivery_method": _choice("delivery_method", DeliveryMethod.values),
    "statements_by_sms": bool,
    "legal_email": bool,
    "notes": lambda value: _short(str(value or ""), 10_000, "notes"),
    "paid_through": _day,
}


def _refuse_known(tenant: Tenant) -> None:
    if not tenant.external_id:
        return
    known = queries.by_external_id(tenant.facility_id, tenant.external_id)
    if known is not None and known.pk != tenant.pk:
        raise Conflict(
            f"The id {tenant.external_id} belongs to another tenant of this facility.",
            existing=str(known.pk),
        )


def _tell(act: str, tenant: Tenant, by: Actor, now: datetime, **detail: Any) -> None:
    audit.record(
        act=act,
        by=by,
        now=now,
        facility_id=tenant.facility_id,
        subject=f"tenant:{tenant.pk}",
        **detail,
    )
    feed.tell(facility_id=tenant.facility_id, topic="tenant", ref=tenant.pk, now=now)
