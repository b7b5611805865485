"""How fast a line sends: segments a second, and segments a day (the carriers' 30023).

Each line has one slot row, locked while a text is claimed, so several workers together never
exceed either. The day is the carriers': it begins at midnight in Los Angeles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from tenantline.facilities import pace
from tenantline.facilities import queries as lines
from tenantline.facilities.models import Line
from tenantline.kernel import many
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput
from tenantline.outbox.models import Slot

PACIFIC: Final = ZoneInfo("America/Los_Angeles")
SLOWEST, FASTEST = 0.1, 100.0  # segments a second
SMALLEST_DAY, LARGEST_DAY = 100, 1_000_000  # segments
RESERVED_FOR_PEOPLE: Final = 0.1  # of a day's segments: a run must not silence the office
# Longer than the carrier's longest "wait" and the longest text on the slowest line: what is farther
# off was written by a clock that was ahead, and keeps nobody.
LONGEST_HOLD: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Preset:
    """What the carriers allow a kind of line; ``a_day`` None: they count no day."""

    key: str
    words: str
    a_second: float
    a_day: int | None


# Twilio's and T-Mobile's figures; a brand's trust score decides between the last ones.
PRESETS: Final = (
    Preset("long_code", "Long code", 1.0, None),
    Preset("toll_free", "Toll-free, verified", 3.0, None),
    Preset("sole", "10DLC, sole proprietor", 1.0, 1_000),
    Preset("low_volume", "10DLC, low volume", 3.0, 2_000),
    Preset("standard_2", "10DLC, standard, 2,000 a day", 4.0, 2_000),
    Preset("standard_10", "10DLC, standard, 10,000 a day", 4.0, 10_000),
    Preset("standard_40", "10DLC, standard, 40,000 a day", 10.0, 40_000),
    Preset("standard_200", "10DLC, standard, 200,000 a day", 25.0, 200_000),
)


@dataclass(frozen=True, slots=True)
class Day:
    """What of a line's day is used. ``limit`` None: no limit. ``resets_at`` is the next midnight.

    ``left`` is for a person's text, ``left_for_machines`` for an automatic one.
    """

    used: int
    limit: int | None
    resets_at: datetime

    @property
    def left(self) -> int | None:
        """Return how many segments may still leave today, None without a limit."""
        return None if self.limit is None else max(self.limit - self.used, 0)

    @property
    def left_for_machines(self) -> int | None:
        """Return the same for automatic texts, which leave a tenth to people."""
        if self.limit is None:
            return None
        return max(self.limit - int(self.limit * RESERVED_FOR_PEOPLE) - self.used, 0)

    def allows(self, segments: int, *, automatic: bool) -> bool:
        """Tell whether a text of so many segments may still leave today."""
        left = self.left_for_machines if automatic else self.left
        return left is None or segments <= left


def reset_after(now: datetime) -> datetime:
    """Return when the carriers' day ends: the next midnight in Los Angeles, in UTC."""
    tomorrow = day_of(now) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=PACIFIC).astimezone(now.tzinfo)


def day_of(now: datetime) -> date:
    """Return the carriers' day that an instant lies in."""
    return now.astimezone(PACIFIC).date()


def day_at(slot: Slot | None, now: datetime) -> Day:
    """Return what of a line's day is used; a line that never sent has used nothing."""
    resets_at = reset_after(now)
    if slot is None:
        return Day(0, None, resets_at)
    return Day(slot.used if slot.day == day_of(now) else 0, slot.daily_segments, resets_at)


def is_free(now: datetime, slot: str = "") -> Q:
    """Return the condition that a line may send now; ``slot`` leads to it, as ``slot__``."""
    held = {f"{slot}free_at__gt": now, f"{slot}free_at__lte": now + LONGEST_HOLD}
    return ~Q(**held)


def free_from(slot: Slot | None, now: datetime) -> datetime:
    """Return from when on a line may send: ``now``, or the end of what holds it."""
    held = slot is not None and now < slot.free_at <= now + LONGEST_HOLD
    return slot.free_at if slot is not None and held else now


def slots(line_ids: Collection[int]) -> dict[int, Slot]:
    """Return the slots of lines that have one, by line id."""
    return {slot.line_id: slot for slot in Slot.objects.filter(line_id__in=line_ids)}


def used_up(now: datetime) -> QuerySet[Slot, int]:
    """Return the ids of lines whose day is used up, as a subquery."""
    full = Slot.objects.filter(day=day_of(now), used__gte=F("daily_segments"))
    return full.values_list("line_id", flat=True)


def free_slots(line_ids: Collection[int], now: datetime) -> dict[int, Slot]:
    """Lock the slots that are free now, by line id; what another worker holds is left out.

    They come with their lines. SQLite needs no row locks: its writers follow one another.
    """
    found = _free(line_ids, now)
    if len(found) < len(line_ids):  # taken meanwhile, or of a line that never sent
        have = Slot.objects.filter(line_id__in=line_ids).values_list("line_id", flat=True)
        missing = set(line_ids) - set(have)
        fresh = [Slot(line_id=line_id, free_at=now) for line_id in missing]
        Slot.objects.bulk_create(fresh, ignore_conflicts=True)
        found |= _free(missing, now)
    return found


def _free(line_ids: Collection[int], now: datetime) -> dict[int, Slot]:
    free = Slot.objects.select_related("line").filter(is_free(now), line_id__in=line_ids)
    if connection.features.has_select_for_update_skip_locked:
        free = free.select_for_update(skip_locked=True, of=("self",))
    return {slot.line_id: slot for slot in free}


def count(slot: Slot, segments: int, a_second: float, now: datetime) -> None:
    """Count a text that leaves now, and keep the line from the next one until its turn comes."""
    slot.used = day_at(slot, now).used + segments
    slot.day = day_of(now)
    slot.free_at = now + timedelta(seconds=segments / a_second)


def keep(slots: Iterable[Slot]) -> None:
    """Write what was counted."""
    rows = [(slot.used, slot.day, slot.free_at, slot.line_id) for slot in slots]
    many.update(Slot, ["used", "day", "free_at"], rows)


def full_lines(now: datetime) -> tuple[list[int], list[int]]:
    """Return lines whose day is used up, and those of whose day only people's part is left."""
    limited = Slot.objects.filter(day=day_of(now), daily_segments__isnull=False)
    days = {slot.line_id: day_at(slot, now) for slot in limited}
    full = [line_id for line_id, day in days.items() if day.left == 0]
    nearly = [line_id for line_id, day in days.items() if day.left_for_machines == 0]
    return full, nearly


def give_back(*, line_id: int | None, segments: int, taken_at: datetime) -> None:
    """Uncount a text that provably did not leave."""
    if line_id is None:
        return
    rows = Slot.objects.filter(line_id=line_id, day=day_of(taken_at), used__gte=segments)
    rows.update(used=F("used") - segments)


def hold_back(*, line: Line, until: datetime, whole_account: bool) -> None:
    """Let a line (or all lines of its account) send nothing before ``until``: it is too fast."""
    which = Q(line=line)
    if whole_account:
        ids = [other.pk for other in lines.lines_of_account(line.account_sid)]
        which = Q(line_id__in=ids)
    Slot.objects.filter(which).filter(is_free(until)).update(free_at=until)


def set_pace(*, line: Line, a_second: float, a_day: int | None, by: Actor, now: datetime) -> None:
    """Say how fast a line may send: segments a second, and a day (None: no limit).

    Raises:
        BadInput: a figure that no line has.
    """
    if not (isfinite(a_second) and SLOWEST <= a_second <= FASTEST):
        raise BadInput("A line sends between 0.1 and 100 segments a second.", field="a_second")
    if a_day is not None and not SMALLEST_DAY <= a_day <= LARGEST_DAY:
        raise BadInput(
            "A day's limit is between 100 and 1,000,000 segments; leave it empty for none.",
            field="a_day",
        )
    with transaction.atomic():
        Slot.objects.get_or_create(line=line, defaults={"free_at": now})
        Slot.objects.filter(line=line).update(daily_segments=a_day)
        pace.set_pace(line=line, a_second=a_second, a_day=a_day, by=by, now=now)


def preset_of(a_second: float, a_day: int | None) -> str:
    """Return the key of the preset with these figures, empty where there is none."""
    found = (p.key for p in PRESETS if p.a_second == a_second and p.a_day == a_day)
    return next(found, "")


def preset(key: str) -> Preset | None:
    """Return a preset by its key."""
    return next((p for p in PRESETS if p.key == key), None)
