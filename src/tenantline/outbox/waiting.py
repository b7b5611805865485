"""Why a queued text has not left, and when it will: for whoever looks at it.

Says what dispatch would do; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, Sum

from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Facility, Line
from tenantline.intake import hearing
from tenantline.kernel.phone import Number
from tenantline.outbox import pacing, queries, quiet_hours, unknown
from tenantline.outbox.models import Slot, Text

_WORTH_SAYING: Final = timedelta(seconds=10)  # a shorter wait is over before it is read
_WHY: Final = {
    "quiet_hours": "It is outside texting hours where the tenant is.",
    "day": "The carrier takes no more texts today.",
    "retry": "The carrier could not be reached; it is tried again.",
    "held": "Texts to this number wait until somebody has looked at it, or START has come.",
    "unread_inbound": "A text from this number is being read first.",
    "same_words": "The same words have just gone to five tenants; it waits its turn.",
}
_RESTORED: Final = "A backup was restored: "
_NOT_TIMED: Final = frozenset({"held", "unread_inbound"})  # they end with something, not at a time
_ESTIMATED: Final = frozenset({"pace", "slow_down", "retry", "same_words"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a text waits. ``until`` is the earliest time it may leave, None where nobody knows."""

    code: str
    words: str
    until: datetime | None = None

    @property
    def roughly(self) -> bool:
        """Tell whether ``until`` is an estimate and not a time that was set."""
        return self.code in _ESTIMATED


def of(texts: Iterable[Text], *, now: datetime) -> dict[int, Waiting]:
    """Return why each of these texts waits, by its id; one that leaves at once has no entry.

    An unknown one waits where a person has to decide. The texts' clearances must be loaded.
    """
    texts = list(texts)
    doubtful = unknown.doubtful([text.pk for text in texts if text.state == "unknown"])
    found = {pk: Waiting("doubtful", "A person has to say what became of it.") for pk in doubtful}
    queues: dict[int, _Queue] = {}
    for text in texts:
        if text.state != "queued":
            continue
        if text.facility_id not in queues:
            queues[text.facility_id] = _queue(text.facility, now)
        why = queues[text.facility_id].why(text)
        if why is not None:
            found[text.pk] = why
    return found


@dataclass(frozen=True)
class _Queue:
    """What stands between a facility's queue and the carrier."""

    facility: Facility
    line: Line | None
    slot: Slot | None
    known: hearing.Knowledge
    works: bool
    now: datetime

    def why(self, text: Text) -> Waiting | None:
        return self._standstill(text) or self._own(text) or self._turn(text)

    def _standstill(self, text: Text) -> Waiting | None:
        """What keeps every text of the line."""
        if self.line is None:
            return Waiting("no_line", "It leaves once this facility has a line.")
        if self.line.paused_at is not None:
            why = self.line.paused_reason or "paused by hand."
            return Waiting("paused", f"The line is paused: {why} It leaves once that is over.")
        if not self.works:
            return Waiting("no_worker", "No worker runs, so nothing leaves.")
        return self._unread(self.line, text)

    def _unread(self, line: Line, text: Text) -> Waiting | None:
        """What is not known of what has come in, or not confirmed after a restore (R7, R8)."""
        if self.known.to_read_back:
            return Waiting("recovery", _RESTORED + "it leaves once every line has been read back.")
        if text.automatic and not self.known.confirmed:
            return Waiting("recovery", _RESTORED + "automatic texts wait for an owner's word.")
        known = self.known.is_known(line.pk)
        if not known or (text.automatic and not self.known.is_fresh(line.pk, self.now)):
            return Waiting("unread", "It leaves once all that came in on the line has been read.")
        return None

    def _own(self, text: Text) -> Waiting | None:
        """What keeps this text: a time that has been set, its hours, the line's day."""
        if text.next_at > self.now and text.waits_for:
            until = None if text.waits_for in _NOT_TIMED else text.next_at
            if text.waits_for == "day":
                until = self._opens_after(text, text.next_at)
            return Waiting(text.waits_for, _WHY.get(text.waits_for, "It waits."), until)
        day = pacing.day_at(self.slot, self.now)
        if not day.allows(text.segments, automatic=text.automatic):
            until = self._opens_after(text, day.resets_at)
            return Waiting("day", "The line's limit of texts for today is used up.", until)
        opens = self._opens_after(text, self.now)
        if opens > self.now:
            return Waiting("quiet_hours", _WHY["quiet_hours"], opens)
        return None

    def _opens_after(self, text: Text, at: datetime) -> datetime:
        """R6: return when the text may leave at the earliest from ``at`` on."""
        if text.any_hour_until is not None and at < text.any_hour_until:
            return at
        cleared = text.clearance
        hours = queries.hours_for(cleared.tenant, self.facility, Number(cleared.number))
        window = quiet_hours.next_window(at, hours)
        return at if window is None else max(window.opens, at)

    def _turn(self, text: Text) -> Waiting | None:
        """The line's pace: what leaves before it, or a pause that the carrier has asked for."""
        assert self.line is not None  # noqa: S101 - else it stands still
        free_at = pacing.free_from(self.slot, self.now)
        before = timedelta(seconds=self._ahead(text) / self.line.segments_per_second)
        until = free_at + before
        if until - self.now < _WORTH_SAYING:
            return None
        if before:
            return Waiting("pace", "Other texts of the line leave before it.", until)
        return Waiting("slow_down", "The carrier has asked for a pause.", until)

    def _ahead(self, text: Text) -> int:
        """Return how many segments leave before this text."""
        earlier = Q(next_at__lt=text.next_at) | Q(next_at=text.next_at, pk__lt=text.pk)
        due = Text.objects.filter(
            Q(priority__lt=text.priority) | Q(priority=text.priority) & earlier,
            facility_id=self.facility.pk,
            state="queued",
            next_at__lte=self.now,
        )
        return due.aggregate(segments=Sum("segments"))["segments"] or 0


def _queue(facility: Facility, now: datetime) -> _Queue:
    line = facilities.sending_line(facility.pk)
    slot = pacing.slots([line.pk]).get(line.pk) if line is not None else None
    works = bool(queries.fresh_workers(now))
    return _Queue(facility, line, slot, hearing.knowledge(now), works, now)
