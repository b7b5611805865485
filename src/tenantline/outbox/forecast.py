"""When the last text of a batch will have left, and about what it costs, before one confirms.

``leaving`` is pure: windows of R6, the line's pace and day. ``of`` asks the tables for the figures.
An estimate: what people write meanwhile, tenants in other zones and the carriers' fees are left
out, and screens say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from typing import Final

from django.db.models import Max, Q, QuerySet, Sum

from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Facility, Line
from tenantline.outbox import pacing
from tenantline.outbox.models import Text
from tenantline.outbox.pacing import Day
from tenantline.outbox.quiet_hours import Hours, default_valid_until, next_window

_MOST_SPANS: Final = 1_000  # windows and carriers' days; beyond that nobody plans


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How a line sends: segments a second, what of its day is left, within which hours.

    ``ahead`` are the segments that wait already, ``free_at`` is when the next text may leave.
    """

    a_second: float
    day: Day
    hours: Hours
    ahead: int
    free_at: datetime


@dataclass(frozen=True, slots=True)
class Leaving:
    """When the last will have left (None: never, or in years), and how many leave in time.

    Texts that have not left at ``valid_until`` are out of date, and withheld (R6).
    """

    last_at: datetime | None
    in_time: int
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a batch of texts would take. ``leaving`` None: the facility has no line that sends.

    ``segment_price`` is in hundredths of a cent.
    """

    segments: int
    leaving: Leaving | None
    segment_price: int = 0

    def price_of(self, segments: int) -> int:
        """Return what so many segments cost, in whole cents rounded up."""
        return -(-segments * self.segment_price // 100)

    @property
    def price_cents(self) -> int:
        """Return what the batch costs."""
        return self.price_of(self.segments)

    @property
    def late(self) -> int:
        """Return how many segments would be out of date before their turn comes."""
        return self.segments - self.leaving.in_time if self.leaving else 0


def leaving(*, segments: int, pace: Pace, now: datetime) -> Leaving:
    """Return when so many segments of automatic texts, asked for now, will have left."""
    until = default_valid_until(now, pace.hours)
    wanted = pace.ahead + segments
    done, in_time, at = 0, 0, max(now, pace.free_at)
    day_left, ends = pace.day.left_for_machines, pace.day.resets_at
    for _ in range(_MOST_SPANS):
        if at >= ends:
            day_left, ends = _whole_day(pace.day), pacing.reset_after(at)
        window = next_window(at, pace.hours)
        if window is None:
            break
        at = max(at, window.opens)
        if at >= ends:
            continue
        closes = min(window.closes, ends)
        fits = max(floor((closes - at).total_seconds() * pace.a_second), 0)
        now_sent = min(fits, wanted - done, wanted if day_left is None else day_left)
        done += now_sent
        if until is not None and at < until:
            in_time = max(done - pace.ahead, 0)
        if done >= wanted:
            return Leaving(at + timedelta(seconds=now_sent / pace.a_second), in_time, until)
        spent = day_left is not None and now_sent >= day_left
        day_left = None if day_left is None else day_left - now_sent
        at = ends if spent else closes
    return Leaving(None, in_time, until)


def _whole_day(day: Day) -> int | None:
    return Day(0, day.limit, day.resets_at).left_for_machines


def of(*, facility: Facility, segments: int, now: datetime) -> Forecast:
    """Return what so many segments of a facility's automatic texts would take from now on."""
    line = facilities.sending_line(facility.pk)
    if line is None:
        return Forecast(segments, None)
    queued = Text.objects.filter(facility=facility, state="queued")
    said = leaving(segments=segments, pace=_pace(facility, line, queued, now), now=now)
    return Forecast(segments, said, line.segment_price)


def last_of(*, facility: Facility, texts: QuerySet[Text], now: datetime) -> datetime | None:
    """Return about when the last of these texts that wait will have left, behind what goes before.

    None: none waits, the facility has no line that sends, or its hours leave no time.
    """
    queued = texts.filter(state="queued")
    last = queued.order_by("-priority", "-pk").first()
    line = facilities.sending_line(facility.pk)
    if last is None or line is None or line.paused_at is not None:
        return None
    before = Q(priority__lt=last.priority) | Q(priority=last.priority, pk__lte=last.pk)
    rows = Text.objects.filter(before, facility=facility, state="queued")
    at = leaving(segments=0, pace=_pace(facility, line, rows, now), now=now).last_at
    latest = queued.aggregate(at=Max("next_at"))["at"]  # waits for its hours, or for another try
    return max(at, latest) if at is not None else None


def _pace(facility: Facility, line: Line, ahead: QuerySet[Text], now: datetime) -> Pace:
    slot = pacing.slots([line.pk]).get(line.pk)
    return Pace(
        a_second=line.segments_per_second,
        day=pacing.day_at(slot, now),
        hours=Hours(
            opens=facility.window_opens,
            closes=facility.window_closes,
            on_sunday=facility.texts_on_sunday,
            zones=frozenset({facility.timezone}),
        ),
        ahead=ahead.aggregate(sum=Sum("segments"))["sum"] or 0,
        free_at=pacing.free_from(slot, now),
    )
