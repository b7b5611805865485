"""Reading stored calls."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from tenantline.intake.models import InboundCall, LineReading, StatusCall

# A callback may come before our own commit of the SID; it waits this long to be matched.
EARLY_STATUS_WAITS = timedelta(hours=24)


def unread_from(number: str) -> list[int]:
    """R8: return ids of stored calls from this number that nobody has worked on, oldest first."""
    rows = InboundCall.objects.filter(sender=number, worked_at=None).order_by("id")
    return list(rows.values_list("pk", flat=True))


def due(*, now: datetime, limit: int = 100) -> list[int]:
    """Return ids of unworked inbound calls that are due, oldest first."""
    rows = InboundCall.objects.filter(worked_at=None).filter(Q(next_at=None) | Q(next_at__lte=now))
    return list(rows.order_by("id").values_list("pk", flat=True)[:limit])


def unworked_statuses(*, limit: int = 200) -> list[StatusCall]:
    """Return status callbacks not yet applied, in the order they came."""
    return list(StatusCall.objects.filter(worked_at=None).order_by("id")[:limit])


def known_sids(sids: Collection[str]) -> set[str]:
    """Return those of these MessageSids that are stored already."""
    known: set[str] = set()
    wanted = list(sids)
    for start in range(0, len(wanted), 500):
        rows = InboundCall.objects.filter(message_sid__in=wanted[start : start + 500])
        known.update(rows.values_list("message_sid", flat=True))
    return known


def oldest_unworked(now: datetime) -> timedelta | None:
    """Return how long the oldest unworked inbound call has waited, None where none waits."""
    row = InboundCall.objects.filter(worked_at=None).order_by("id").first()
    return None if row is None else now - row.received_at


def readings(line_ids: Collection[int]) -> dict[int, LineReading]:
    """Return the last reading of each of these lines, by line id; none before the first."""
    return {row.line_id: row for row in LineReading.objects.filter(line_id__in=line_ids)}


def failing() -> list[InboundCall]:
    """Return inbound calls that could not be worked on, for staff to see."""
    return list(InboundCall.objects.filter(worked_at=None, attempts__gt=0).order_by("id")[:100])
