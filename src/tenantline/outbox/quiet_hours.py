"""R6: when an automatic text may leave. Pure; zones are IANA names, instants are aware.

A text may leave while every zone concerned, the facility's and all that the number may be in,
has a local time inside the facility's hours. Days on which a clock changes come out right
because each zone's opening and closing are computed as instants of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHORTEST = timedelta(hours=1)
LONGEST_VALIDITY = 600  # seconds that Twilio may keep an automatic text in its own queue
_DAYS_AHEAD = 9


@dataclass(frozen=True, slots=True)
class Hours:
    """A facility's hours for automatic texts, and the zones that must all be inside them."""

    opens: time
    closes: time
    on_sunday: bool
    zones: frozenset[str]


@dataclass(frozen=True, slots=True)
class Window:
    """A span in which a text may leave: from ``opens`` up to, not including, ``closes``."""

    opens: datetime
    closes: datetime

    def holds(self, instant: datetime) -> bool:
        """Tell whether the instant lies in the window."""
        return self.opens <= instant < self.closes


def window_at(now: datetime, hours: Hours) -> Window | None:
    """Return the window that ``now`` lies in, or None in quiet hours."""
    window = _shared(now, hours)
    return window if window is not None and window.holds(now) else None


def next_window(now: datetime, hours: Hours) -> Window | None:
    """Return the window that ``now`` lies in or the next one to open.

    None where the zones share less than an hour a day: no text can leave then.
    """
    current = window_at(now, hours)
    if current is not None:
        return current
    for opening in sorted(_openings(now, hours)):
        window = window_at(opening, hours) if opening > now else None
        if window is not None:
            return window
    return None


def default_valid_until(now: datetime, hours: Hours) -> datetime | None:
    """Return when an automatic text written now is out of date: the end of the next window.

    A text written inside a window may also use the one after, so that a busy line at five to
    eight costs it a night, not its life.
    """
    first = next_window(now, hours)
    if first is None or not first.holds(now):
        return first.closes if first else None
    following = next_window(first.closes, hours)
    return following.closes if following else first.closes


def validity_seconds(now: datetime, window: Window) -> int:
    """Return Twilio's ValidityPeriod: the smaller of 600 s and what is left of the window."""
    return max(1, min(LONGEST_VALIDITY, int((window.closes - now).total_seconds())))


def _shared(instant: datetime, hours: Hours) -> Window | None:
    """Return what the zones' local days at ``instant`` have in common, if it is long enough."""
    days = {zone: instant.astimezone(ZoneInfo(zone)).date() for zone in hours.zones}
    if not hours.on_sunday and any(day.isoweekday() == 7 for day in days.values()):
        return None
    opens = max(_at(day, hours.opens, zone) for zone, day in days.items())
    closes = min(_at(day, hours.closes, zone) for zone, day in days.items())
    return Window(opens, closes) if closes - opens >= SHORTEST else None


def _openings(now: datetime, hours: Hours) -> Iterable[datetime]:
    for zone in hours.zones:
        today = now.astimezone(ZoneInfo(zone)).date()
        for ahead in range(_DAYS_AHEAD):
            yield _at(today + timedelta(days=ahead), hours.opens, zone)


def _at(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)
