"""How the lines are: what stands between them and a text, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from tenantline.facilities import queries as facilities
from tenantline.intake import hearing
from tenantline.intake import queries as intake
from tenantline.outbox import queries as outbox

if TYPE_CHECKING:
    from tenantline.desk.access import Desk
    from tenantline.facilities.models import Facility, Line
    from tenantline.intake.models import LineReading
    from tenantline.intake.queries import Missed
    from tenantline.outbox.models import WorkerBeat

State = Literal["paused", "replaced", "unread", "sending"]
_LATE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class LineHealth:
    """A connected line. ``missed``: texts that nobody handed to us while we listened, if any.

    ``read_ago`` is the age of the last complete reading of what came in, None before the first.
    """

    line: Line
    state: State
    reading: LineReading | None
    read_ago: timedelta | None
    missed: Missed | None


@dataclass(frozen=True)
class Silent:
    """A worker that has died, or is cut off: how long ago its last sign of life came."""

    name: str
    since: timedelta


@dataclass(frozen=True)
class Health:
    """The lines of the facilities shown, facilities without one, the workers and the queue.

    ``silent`` workers have died; ``unknown`` texts may have left or not, and are looked for.
    """

    lines: list[LineHealth]
    lineless: list[Facility]
    workers: list[WorkerBeat]
    silent: list[Silent]
    queued: int
    unknown: int
    waits: timedelta | None

    @property
    def late(self) -> bool:
        """Tell whether a text that is due has waited longer than it should."""
        return self.waits is not None and self.waits > _LATE


def of(desk: Desk) -> Health:
    """Return how the lines of the desk's facilities are."""
    connected = [line for line in facilities.lines(desk.view) if line.disconnected_at is None]
    known = hearing.knowledge(desk.now)
    readings = intake.readings([line.pk for line in connected])
    missed = intake.missed([line.pk for line in connected], desk.now)
    sending = {line.facility_id for line in connected if line.sending}
    sites = [desk.facility] if desk.facility else desk.facilities
    return Health(
        lines=[
            _one(line, known, readings.get(line.pk), missed.get(line.pk), desk.now)
            for line in connected
        ],
        lineless=[site for site in sites if site.pk not in sending],
        workers=outbox.fresh_workers(desk.now),
        silent=[
            Silent(one.name, desk.now - one.beat_at) for one in outbox.silent_workers(desk.now)
        ],
        queued=outbox.queue_length(desk.view),
        unknown=outbox.unknown_count(desk.view),
        waits=outbox.oldest_due(desk.now, desk.view),
    )


def one(line: Line, now: datetime) -> LineHealth:
    """Return how a line is."""
    reading = intake.readings([line.pk]).get(line.pk)
    missed = intake.missed([line.pk], now).get(line.pk)
    return _one(line, hearing.knowledge(now), reading, missed, now)


def deaf(desk: Desk) -> list[Line]:
    """Return the lines whose texts nobody hands to us, for a banner."""
    lines = [line for line in facilities.lines(desk.view) if line.disconnected_at is None]
    missed = intake.missed([line.pk for line in lines], desk.now)
    return [line for line in lines if line.pk in missed]


def _one(
    line: Line,
    known: hearing.Knowledge,
    reading: LineReading | None,
    missed: Missed | None,
    now: datetime,
) -> LineHealth:
    read_ago = max(now - reading.began_at, timedelta()) if reading else None
    return LineHealth(line, _state(line, known), reading, read_ago, missed)


def _state(line: Line, known: hearing.Knowledge) -> State:
    if line.paused_at is not None:
        return "paused"
    if not line.sending:
        return "replaced"
    return "sending" if known.is_known(line.pk) else "unread"
