"""Who held a number, and what there is to say of each one's consent."""

from __future__ import annotations

import json
from datetime import datetime

from tenantline.consent import ledger, rules
from tenantline.consent.ledger import LedgerBroken
from tenantline.consent.models import LedgerEvent
from tenantline.consent.rules import Fact
from tenantline.evidence import words
from tenantline.evidence.packet import Holder, Site
from tenantline.evidence.words import Spell
from tenantline.facilities.models import Facility
from tenantline.kernel import phone
from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import NumberPeriod


def holder(period: NumberPeriod, now: datetime) -> Holder:
    """Return a holder of the number; the tenant and its facility must be loaded."""
    tenant = period.tenant
    status, answer = _answered(period, now)
    return Holder(
        tenant_id=tenant.pk,
        name=tenant.name,
        external_id=tenant.external_id or "",
        site=site(tenant.facility),
        since=period.started_at,
        until=period.ended_at,
        because=period.ended_because,
        units=tuple(tenants.every_unit(tenant.pk)),
        status=status,
        answer=answer,
    )


def site(facility: Facility) -> Site:
    """Return a facility as its record has it."""
    town = " ".join(part for part in (facility.state, facility.postal_code) if part)
    parts = (facility.street, facility.city, town)
    return Site(
        id=facility.pk,
        code=facility.code,
        name=facility.name,
        zone=facility.timezone,
        address=", ".join(part for part in parts if part),
    )


def spells(facts: list[Fact], now: datetime) -> list[Spell]:
    """Return when consent was active, from the facts of one number period in ledger order."""
    found: list[Spell] = []
    began: Fact | None = None
    formed: Fact | None = None
    services: frozenset[str] = frozenset()
    for place, fact in enumerate(facts):
        active = frozenset(rules.fold(facts[: place + 1]).active)
        if fact.kind == "form_submitted" and began is None:
            formed = fact
        if active and began is None:
            began, services = fact, active
        elif active:
            services |= active
        elif began is not None:
            found.append(_spell(began, formed, services, fact.at, _ending(fact)))
            began, formed = None, fact if fact.kind == "form_submitted" else None
    if began is not None:
        found.append(_last(facts, began, formed, services, now))
    return found


def _last(
    facts: list[Fact],
    began: Fact,
    formed: Fact | None,
    services: frozenset[str],
    now: datetime,
) -> Spell:
    standing = rules.fold(facts)
    if rules.status_at(standing, now) == "opted_in":
        return _spell(began, formed, services, None, "")
    ends = standing.chat_ends_at
    return _spell(began, formed, services, ends, "some time after the tenant had moved out")


def _spell(
    began: Fact, formed: Fact | None, services: frozenset[str], ended: datetime | None, by: str
) -> Spell:
    names = tuple(name for name in words.SERVICES if name in services)
    return Spell(names, began.at, formed.at if formed else None, ended, by)


def _ending(fact: Fact) -> str:
    body = json.loads(LedgerEvent.objects.get(pk=fact.ref).body)
    return words.ending(fact.kind, body)


def _answered(period: NumberPeriod, now: datetime) -> tuple[str, str]:
    tenant = period.tenant
    try:
        facts = ledger.facts_of(period)
    except LedgerBroken as broken:
        return "The record does not verify", f"{tenant.name}: {broken.sentence}"
    until = period.ended_at
    if until is not None:
        facts = [fact for fact in facts if fact.at <= until]
    status = rules.status_at(rules.fold(facts), now)
    answer = words.answer(
        name=tenant.name,
        site=tenant.facility.name,
        number=phone.national(Number(period.number)),
        zone=tenant.facility.timezone,
        spells=spells(facts, now),
        status=status,
    )
    return words.STATES.get(status, status), answer
