"""Reading the feed."""

from __future__ import annotations

from collections.abc import Collection

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
    events = Event.objects.filter(id__gt=max(0, last_seen - OVERLAP)).order_by("id")
    return [event for event in events if event.id > last_seen or event.id not in skip]
