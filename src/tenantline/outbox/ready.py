"""Which lines are ready: they may send now, and a text is due for them.

Only looked at, nothing is locked and nothing decided: it costs as much as the claim that follows
(``claiming``), and need not keep others from writing meanwhile. The claim asks again whatever
could have changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When

from tenantline.facilities.models import Line
from tenantline.intake import hearing
from tenantline.outbox import pacing
from tenantline.outbox.models import State, Text

QUEUE_ORDER: Final = ("priority", "next_at", "id")


@dataclass(frozen=True, slots=True)
class Ready:
    """Lines that are ready. ``firsts`` has each one's first text, line and text by their ids."""

    firsts: dict[int, int]
    known: hearing.Knowledge


def find(*, limit: int, now: datetime, busy: Collection[int] = ()) -> Ready:
    """Return at most so many ready lines, longest free first; lines in ``busy`` are left out.

    Whoever has nothing that could leave stands in nobody's way.
    """
    known = hearing.knowledge(now)
    free = [pk for pk in _free_lines(now) if known.is_known(pk) and pk not in busy]
    firsts: dict[int, int] = {}
    for start in range(0, len(free), limit):
        firsts |= _firsts(free[start : start + limit], known, now)
        if len(firsts) >= limit:
            break
    return Ready(dict(list(firsts.items())[:limit]), known)


def due(now: datetime) -> QuerySet[Text]:
    """Return what waits for its turn and may leave, as far as time goes."""
    return Text.objects.filter(state=State.QUEUED, next_at__lte=now)


def _free_lines(now: datetime) -> QuerySet[Line, int]:
    """Return the ids of lines that may send a text now, longest free first."""
    rows = Line.objects.filter(sending=True, paused_at=None)
    rows = rows.filter(Q(slot=None) | pacing.is_free(now, "slot__"))
    rows = rows.exclude(pk__in=pacing.used_up(now))
    ordered = rows.order_by(F("slot__free_at").asc(nulls_first=True), "id")
    return ordered.values_list("pk", flat=True)


def _firsts(line_ids: Sequence[int], known: hearing.Knowledge, now: datetime) -> dict[int, int]:
    """Return the first text of each of these lines that has one, in this order."""
    queue = due(now).filter(facility=OuterRef("facility")).order_by(*QUEUE_ORDER)
    # Automatic texts leave only where the line's inbound list was read lately.
    stale = [pk for pk in line_ids if not known.is_fresh(pk, now)]
    first = Subquery(queue.values("pk")[:1])
    of_people = Subquery(queue.filter(automatic=False).values("pk")[:1])
    rows = Line.objects.filter(pk__in=line_ids).annotate(
        first=Case(When(pk__in=stale, then=of_people), default=first) if stale else first
    )
    found = dict(rows.values_list("pk", "first"))
    return {pk: found[pk] for pk in line_ids if found.get(pk) is not None}
