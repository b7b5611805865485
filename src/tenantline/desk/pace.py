"""How fast a line sends and how much of its day is left, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from tenantline.outbox import pacing
from tenantline.outbox.pacing import Day

if TYPE_CHECKING:
    from tenantline.facilities.models import Line

Fullness = Literal["", "nearly", "machines", "all"]
_NEARLY = 0.7  # of the day; the carriers warn at about as much


@dataclass(frozen=True)
class Pace:
    """A line's pace. ``kind`` is the preset with these figures, empty for figures of one's own."""

    a_second: float
    day: Day
    kind: str

    @property
    def full(self) -> Fullness:
        """Tell for whom the day is used up: for machines' texts, or for all."""
        if self.day.limit is None:
            return ""
        if self.day.left == 0:
            return "all"
        if self.day.left_for_machines == 0:
            return "machines"
        return "nearly" if self.day.used >= _NEARLY * self.day.limit else ""


def of(lines: Iterable[Line], now: datetime) -> dict[int, Pace]:
    """Return the pace of each of these lines, by its id."""
    lines = list(lines)
    slots = pacing.slots([line.pk for line in lines])
    return {line.pk: _pace(line, pacing.day_at(slots.get(line.pk), now)) for line in lines}


def _pace(line: Line, day: Day) -> Pace:
    found = pacing.preset(pacing.preset_of(line.segments_per_second, day.limit))
    return Pace(line.segments_per_second, day, found.words if found else "")
