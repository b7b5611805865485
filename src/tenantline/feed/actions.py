"""Telling open pages that something changed, in the transaction that changed it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from tenantline.feed.models import Event
from tenantline.feed.topics import Topic

KEPT = timedelta(hours=1)
CHANNEL = "tenantline_feed"  # PostgreSQL wakes followers on it, at commit


def tell(*, facility_id: int, topic: Topic, ref: int | str, now: datetime) -> None:
    """Append one event. Pages that follow ``topic`` at this facility ask for what is new."""
    tell_all([(facility_id, topic, ref)], now=now)


def tell_all(events: Iterable[tuple[int, Topic, int | str]], *, now: datetime) -> None:
    """Append events, each with its facility's id, topic and ref."""
    Event.objects.bulk_create(
        Event(facility_id=facility_id, topic=topic, ref=str(ref), at=now)
        for facility_id, topic, ref in events
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


def forget_old(*, now: datetime) -> int:
    """Delete events that no open page can still need; return how many."""
    deleted, _ = Event.objects.filter(at__lt=now - KEPT).delete()
    return deleted
