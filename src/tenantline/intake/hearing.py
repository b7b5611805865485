"""Whether we know all that has come in on a line (R8).

Twilio calls us once and hardly ever again, so whatever came while nobody listened is known only
after the line's inbound list has been read. A line sends while a web process listens and the list
was read, to its end, by a reading that began after that process had begun to listen.

R7: while the installation recovers from a restore, no line sends before all of them have been
read back, since a STOP to one ends consent on every other; and automatic texts wait for the owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Value
from django.db.models.functions import Coalesce

from tenantline.facilities import queries as facilities
from tenantline.intake.models import LineReading, Listener
from tenantline.recovery import queries as recoveries
from tenantline.recovery import rules as recovering

BEAT_EVERY: Final = timedelta(seconds=2)
SILENT_AFTER: Final = timedelta(seconds=10)  # a listener without a beat for so long was not there
FRESH_FOR: Final = timedelta(minutes=10)  # automatic texts want a reading this young
READ_EVERY: Final = timedelta(minutes=4)
FORGET_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What we know of what came in. ``heard_since`` None: nobody listens.

    ``to_read_back`` are lines that a restored installation has not read to their end yet;
    ``confirmed`` False: its owner has not been through what no line can tell.
    """

    heard_since: datetime | None
    readings: dict[int, datetime]
    to_read_back: Sequence[int] = ()
    confirmed: bool = True

    def is_read(self, line_id: int) -> bool:
        """Tell whether the line was read to its end since a web process listens."""
        read = self.readings.get(line_id)
        return read is not None and self.heard_since is not None and read >= self.heard_since

    def is_known(self, line_id: int) -> bool:
        """Tell whether everything that came in on the line is known, so that a person may send."""
        return self.is_read(line_id) and not self.to_read_back

    def is_fresh(self, line_id: int, now: datetime) -> bool:
        """Tell whether the line was read lately enough for automatic texts too."""
        lately = self.is_known(line_id) and abs(now - self.readings[line_id]) <= FRESH_FOR
        return lately and self.confirmed

    def was_listening(self, at: datetime) -> bool:
        """Tell whether a web process listened at ``at`` and has done so ever since."""
        return self.heard_since is not None and at >= self.heard_since


def knowledge(now: datetime) -> Knowledge:
    """Return what is known at ``now`` of all lines."""
    # A beat from the future is left over from before the clock was set back.
    listening = Listener.objects.filter(
        beat_at__gt=now - SILENT_AFTER, beat_at__lt=now + SILENT_AFTER
    )
    since = max((row.since for row in listening), default=None)
    # So is such a reading: nobody knows whether it began before or after a web process listened.
    read = LineReading.objects.filter(began_at__lt=now + SILENT_AFTER)
    readings = dict(read.values_list("line_id", "began_at"))
    recovery = recoveries.current()
    if recovery is None:
        return Knowledge(since, readings)
    unread = recovering.unread_lines(
        facilities.heard_line_ids(),
        readings,
        since=recovery.restored_at,
        left_out=recovery.left_out,
    )
    return Knowledge(since, readings, unread, recovery.confirmed_at is not None)


def beat(*, name: str, unbroken: bool, now: datetime) -> None:
    """Say that a web process listens.

    ``unbroken`` False: it has just started, or could not store a call since its last beat; what
    came meanwhile is not known until the lists have been read.
    """
    row = Listener.objects.filter(name=name).first()
    if row is None:
        Listener.objects.create(name=name, since=now, beat_at=now)
        Listener.objects.filter(beat_at__lt=now - FORGET_AFTER).delete()
        return
    if not unbroken or abs(now - row.beat_at) > SILENT_AFTER:
        row.since = now
    row.beat_at = now
    row.save(update_fields=["since", "beat_at"])


def end(*, name: str) -> None:
    """Say that a web process no longer listens."""
    Listener.objects.filter(name=name).delete()


def note_reading(*, line_id: int, began_at: datetime, now: datetime) -> None:
    """Keep that a line's inbound list was read to its end.

    A reading that began earlier than the one that is known says nothing new.
    """
    known = LineReading.objects.filter(line_id=line_id).first()
    if known is not None and began_at < known.began_at <= now:
        began_at = known.began_at
    changes: dict[str, object] = {"began_at": began_at, "problem": "", "problem_at": None}
    if not LineReading.objects.filter(line_id=line_id).update(**changes):
        LineReading.objects.update_or_create(line_id=line_id, defaults=changes)


def assume_known(*, name: str, line_ids: Iterable[int], now: datetime) -> None:
    """Say that somebody heard all that came in on these lines until ``now``.

    For who plays the carrier and so knows it: the demo's history, and tests.
    """
    beat(name=name, unbroken=False, now=now)
    for line_id in line_ids:
        note_reading(line_id=line_id, began_at=now, now=now)


def note_problem(*, line_id: int, problem: str, now: datetime) -> None:
    """Keep why a line's inbound list could not be read, and since when."""
    rows = LineReading.objects.filter(line_id=line_id)
    rows.update(problem=problem[:300], problem_at=Coalesce("problem_at", Value(now)))


def reading_of(line_id: int) -> LineReading | None:
    """Return what is known of a line's last reading, None before the first."""
    return LineReading.objects.filter(line_id=line_id).first()


def to_read(line_ids: Iterable[int], now: datetime) -> list[int]:
    """Return the lines whose inbound list has to be read now: unknown ones, and stale ones."""
    known = knowledge(now)
    if known.heard_since is None:
        return []
    return [
        line_id
        for line_id in line_ids
        if not known.is_read(line_id) or now - known.readings[line_id] >= READ_EVERY
    ]
