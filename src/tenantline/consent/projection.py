"""The kept fold: what lists, filters and counts read. Rewritten with every ledger event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tenantline.consent import ledger, queries, rules
from tenantline.consent.models import Standing
from tenantline.feed import actions as feed
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import NumberPeriod, Tenant


def refresh(tenant: Tenant, *, now: datetime) -> None:
    """Fold the ledger for a tenant's current number and keep the result; tell open pages."""
    period = tenants.current_period(tenant.pk)
    standing = rules.fold(ledger.facts_of(period)) if period else rules.Standing()
    closed = ledger.number_was_closed(period) if period else ledger.ever_closed(tenant.pk)
    Standing.objects.update_or_create(
        tenant=tenant, defaults=_kept(period, standing, closed=closed, now=now)
    )
    feed.tell(facility_id=tenant.facility_id, topic="consent", ref=tenant.pk, now=now)


def refresh_holders(number: str, *, now: datetime) -> None:
    """Refresh everyone who holds a number, at every facility."""
    for period in tenants.holders(number):
        refresh(period.tenant, now=now)


def refresh_all(periods: Sequence[NumberPeriod], *, now: datetime) -> None:
    """Refresh the tenants of these current number periods, with a handful of statements.

    The tenants are loaded. Open pages are told once for each facility.
    """
    facts, closed = ledger.facts_of_all(periods)
    kept = [
        _kept(
            period,
            rules.fold(facts[period.pk]),
            closed=bool(closed[period.tenant_id] - {period.pk}),
            now=now,
        )
        | {"tenant": period.tenant}
        for period in periods
    ]
    if not kept:
        return
    Standing.objects.bulk_create(
        [Standing(**values) for values in kept],
        update_conflicts=True,
        unique_fields=["tenant"],
        update_fields=[name for name in kept[0] if name != "tenant"],
    )
    for facility_id, tenant_id in {p.tenant.facility_id: p.tenant_id for p in periods}.items():
        feed.tell(facility_id=facility_id, topic="consent", ref=tenant_id, now=now)


def _kept(
    period: NumberPeriod | None, standing: rules.Standing, *, closed: bool, now: datetime
) -> dict[str, Any]:
    status, since = queries.status_of(standing, closed, now)
    active = status == "opted_in"
    return {
        "period": period,
        "status": status,
        "since": since,
        "lapses_at": _lapses_at(standing, status),
        "then": standing.status if active else "none",
        "then_lapses_at": standing.lapses_at if active else None,
        "held": standing.waits,
        "parked": standing.parked,
        "silent_from": rules.silent_from(standing),
        "chat": standing.covers("chat", now),
        "statements": standing.covers("statements", now),
        "notices": standing.covers("notices", now),
    }


def _lapses_at(standing: rules.Standing, status: str) -> datetime | None:
    if status == "opted_in":
        only_chat = set(standing.active) == {"chat"}
        return standing.chat_ends_at if only_chat else None
    return standing.lapses_at
