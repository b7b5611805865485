"""The kept fold: what lists, filters and counts read. Rewritten with every ledger event."""

from __future__ import annotations

from datetime import datetime

from tenantline.consent import ledger, queries, rules
from tenantline.consent.models import Standing
from tenantline.feed import actions as feed
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant


def refresh(tenant: Tenant, *, now: datetime) -> None:
    """Fold the ledger for a tenant's current number and keep the result; tell open pages."""
    period = tenants.current_period(tenant.pk)
    standing = rules.fold(ledger.facts_of(period)) if period else rules.Standing()
    closed = ledger.number_was_closed(period) if period else ledger.ever_closed(tenant.pk)
    status, since = queries.status_of(standing, closed, now)
    Standing.objects.update_or_create(
        tenant=tenant,
        defaults={
            "period": period,
            "status": status,
            "since": since,
            "lapses_at": _lapses_at(standing, status),
            "held": standing.held,
            "chat": standing.covers("chat", now),
            "statements": standing.covers("statements", now),
            "notices": standing.covers("notices", now),
        },
    )
    feed.tell(facility_id=tenant.facility_id, topic="consent", ref=tenant.pk, now=now)


def refresh_holders(number: str, *, now: datetime) -> None:
    """Refresh everyone who holds a number, at every facility."""
    for period in tenants.holders(number):
        refresh(period.tenant, now=now)


def _lapses_at(standing: rules.Standing, status: str) -> datetime | None:
    if status == "opted_in":
        only_chat = set(standing.active) == {"chat"}
        return standing.chat_ends_at if only_chat else None
    return standing.lapses_at
