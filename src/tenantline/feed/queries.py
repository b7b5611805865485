"""Reading the feed."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models import Max

from tenantline.feed.models import Event

# Ids are taken before commit, so a lower id may appear after a higher one. Followers look back
# this many ids and skip what they have already told.
OVERLAP = 200


def last_id() -> int:
    """Return the newest event's id, 0 where there is none."""
    return Event.objects.aggregate(last=Max("id"))["last"] or 0


def after(last_seen: int, *, skip: Collection[int] = ()) -> list[Event]:
    """Return events after ``last_seen``, and those in the overlap window not in ``skip``."""
    events = Event.objects.filter(id__gt=max(0, last_seen - overlap())).order_by("id")
    return [event for event in events if event.id > last_seen or event.id not in skip]


def since(last_told: int, *, limit: int) -> list[Event]:
    """Return events after the one an open page heard last, oldest first; at most ``limit``."""
    return list(Event.objects.filter(id__gt=last_told).order_by("id")[:limit])


def newest_ids() -> list[int]:
    """Return the ids in the overlap window, newest first: what a new follower need not tell."""
    window = max(1, overlap())
    return list(Event.objects.order_by("-id").values_list("id", flat=True)[:window])


def overlap() -> int:
    """Return how many ids a follower looks back: none on SQLite, whose one writer keeps order."""
    return 0 if connection.vendor == "sqlite" else OVERLAP
