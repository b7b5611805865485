"""Claiming what may leave: one short transaction that asks again and records the attempts.

It takes the first text of each line that is ``ready`` and has its pacing slot now, asks the rules
and the gate again, for all of them together, and commits an attempt for each that goes. Its cost
is a few questions to the database for a claim, not for a text: 300 lines want their turn every
second.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from typing import Final, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from tenantline.carrier.client import HTTP_TIMEOUT_SECONDS
from tenantline.carrier.types import Account, Parcel
from tenantline.consent import gate
from tenantline.consent.cleared import Cleared, Refusal
from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Line
from tenantline.feed import actions as feed
from tenantline.kernel import clock, many
from tenantline.kernel.crypto import new_token
from tenantline.kernel.phone import Number
from tenantline.outbox import actions, causes, mass_texts, pacing, queries, quiet_hours, ready
from tenantline.outbox.models import Attempt, Slot, State, Text
from tenantline.outbox.quiet_hours import Hours, Window
from tenantline.outbox.ready import QUEUE_ORDER, Ready

AT_THE_SOCKET_WITHIN: Final = timedelta(seconds=2)
# Longer than the carrier's call can take, so a lease never ends under a live call.
LEASE: Final = timedelta(seconds=HTTP_TIMEOUT_SECONDS + 30)
# Bounds the transaction, in which nobody else can write to SQLite.
LINES_AT_A_TIME: Final = 64
_SAME_WORDS_WAIT: Final = timedelta(minutes=1)
# For so long what was found before the transaction is good enough to begin it with.
_STILL_READY: Final = timedelta(milliseconds=50)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed text on its way to the socket.

    ``claimed_tick`` is the moment of the gate's yes by a clock that nobody sets. ``at_once`` is
    how many texts of this line may be on their way together: a carrier that does not answer one
    line's calls must not take up the room of all.
    """

    cleared: Cleared
    parcel: Parcel
    attempt_id: int
    claimed_at: datetime
    leased_until: datetime
    claimed_tick: float
    line_id: int
    at_once: int

    def may_leave(self) -> bool:
        """Tell whether the text may still be written to the socket now (R1, R7).

        The gate's yes is at most two seconds old, by a clock that stops while the machine sleeps
        and by one that may have been set, and the lease has life left.
        """
        now = clock.now()
        age = timedelta(seconds=clock.tick() - self.claimed_tick)
        fresh = age < AT_THE_SOCKET_WITHIN and now - self.claimed_at < AT_THE_SOCKET_WITHIN
        return fresh and self.claimed_at <= now < self.leased_until


def claim(*, worker: str, limit: int, now: datetime, busy: Collection[int] = ()) -> list[Job]:
    """Claim the next text of each line that has its pacing slot now; they are ``sending`` then.

    One short transaction. A line's slot is locked first, so several workers together never send
    by it faster than it may, and each line gets its turn whatever waits for the others. R8: a
    line sends only while all that came in on it is known. Lines in ``busy`` are left out.
    """
    return look(worker=worker, limit=limit, busy=busy, read_clock=lambda: now).jobs


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the queue: what was claimed of it, and how many texts were looked at."""

    jobs: list[Job]
    looked_at: int


def look(
    *,
    worker: str,
    limit: int,
    busy: Collection[int] = (),
    read_clock: Callable[[], datetime] = clock.now,
) -> Look:
    """Claim (see ``claim``), and say whether there was anything to look at.

    Each line is looked at once: where its first text may not leave, that one is set aside and the
    next is seen by the next look, behind the other lines.
    """
    asked_at = read_clock()
    # Without room, or with nothing due, a look is not worth its questions: an idle queue should
    # cost next to nothing.
    if limit < 1 or not ready.due(asked_at).exists():
        return Look([], 0)
    lines = partial(ready.find, limit=min(limit, LINES_AT_A_TIME), busy=busy)
    found, began = lines(now=asked_at), clock.tick()
    if not found.firsts:
        return Look([], 0)
    # SQLite waits here for its one writer: the time is read after that, not before.
    with transaction.atomic():
        waited, now = timedelta(seconds=clock.tick() - began), read_clock()
        # By a clock that nobody sets, and by one that goes on while the machine sleeps.
        if max(waited, abs(now - asked_at)) > _STILL_READY:
            found = lines(now=now)
        jobs, looked_at = _Claim(worker, now, found).take()
    return Look(jobs, looked_at)


@dataclass(frozen=True, slots=True)
class _Leaving:
    """A text that may leave now."""

    text: Text
    line: Line
    cleared: Cleared
    window: Window | None


@dataclass
class _Claim:
    """One claim under way."""

    worker: str
    now: datetime
    ready: Ready
    tick: float = field(default_factory=clock.tick)

    def take(self) -> tuple[list[Job], int]:
        """Return what was claimed, and how many texts were looked at."""
        slots = {
            line_id: slot
            for line_id, slot in pacing.free_slots(self.ready.firsts, self.now).items()
            if slot.line.sending and slot.line.paused_at is None
        }
        firsts = self._firsts(slots)
        leaving = self._that_may_leave(firsts, [slot.line for slot in slots.values()])
        self._take_slots(slots, leaving)
        return self._start(leaving), len(firsts)

    def _firsts(self, slots: Mapping[int, Slot]) -> list[Text]:
        """Return the first text of each line that fits into its day, locked."""
        rows = ready.due(self.now).select_related("clearance__tenant", "facility")
        wanted = {slot.line.facility_id: slot for slot in slots.values()}
        firsts: list[Text] = []
        for text in _locked(rows.filter(pk__in=[self.ready.firsts[pk] for pk in slots])):
            slot = wanted[text.facility_id]
            day = pacing.day_at(slot, self.now)
            fits = day.allows(text.segments, automatic=text.automatic)
            firsts += [text] if fits else self._that_fits(rows, slot.line, day)
        return firsts

    def _that_fits(self, rows: QuerySet[Text], line: Line, day: pacing.Day) -> Iterable[Text]:
        """Return the first text that fits into what is left of a line's day, if there is one."""
        if not self.ready.known.is_fresh(line.pk, self.now):
            rows = rows.filter(automatic=False)
        fits = Q(automatic=False, segments__lte=day.left)
        fits |= Q(automatic=True, segments__lte=day.left_for_machines)
        return _locked(rows.filter(fits, facility=line.facility_id)).order_by(*QUEUE_ORDER)[:1]

    def _that_may_leave(self, firsts: Iterable[Text], lines: Iterable[Line]) -> dict[int, _Leaving]:
        """Ask R5, R6, the causes and the gate again; set aside what may not leave. By line."""
        by_facility = {line.facility_id: line for line in lines}
        windows = {text: _window(text, self.now) for text in firsts}
        asked = [
            text for text, window in windows.items() if not self._is_early_or_late(text, window)
        ]
        asked = self._without_mass_texts(self._still_wanted(asked))
        ids = [text.clearance_id for text in asked]
        answers = gate.ask_again(clearance_ids=ids, left=queries.last_left, now=self.now)
        leaving = {}
        for text in asked:
            answer, line = answers[text.clearance_id], by_facility[text.facility_id]
            if isinstance(answer, Refusal):
                _refused(text, answer, self.now)
            else:
                leaving[line.pk] = _Leaving(text, line, answer, windows[text])
        return leaving

    def _is_early_or_late(self, text: Text, window: Window | None) -> bool:
        """R6: withhold what is out of date, let wait what is out of hours; say if it was so."""
        if text.valid_until is not None and self.now >= text.valid_until:
            late = "It could not leave in time and is out of date."
            _withhold(text, "out_of_date", late, self.now)
            return True
        if window is None and not _any_hour(text, self.now):
            _wait_for_window(text, self.now)
            return True
        return False

    def _still_wanted(self, texts: Sequence[Text]) -> list[Text]:
        """Withhold what was withdrawn, and what is due to something that no longer holds."""
        gone = causes.gone([text.cause for text in texts])
        kept = []
        for text in texts:
            if text.withdrawn:
                _withhold(text, "withdrawn", text.withdrawn, self.now)
            elif text.cause in gone:
                _withhold(text, "cause_gone", gone[text.cause], self.now)
            else:
                kept.append(text)
        return kept

    def _without_mass_texts(self, texts: Sequence[Text]) -> list[Text]:
        """R5: let wait what has just left to as many tenants as it may."""
        fate = mass_texts.leaving([text for text in texts if text.counts_as_mass], self.now)
        for text in fate.too_many:
            _wait(text, self.now + _SAME_WORDS_WAIT, "same_words")
        aside = {text.pk for text in (*fate.too_many, *fate.not_now)}
        return [text for text in texts if text.pk not in aside]

    def _take_slots(self, slots: Mapping[int, Slot], leaving: Mapping[int, _Leaving]) -> None:
        """Count what leaves; a line where nothing could leave goes behind the others."""
        for line_id, slot in slots.items():
            slot.free_at = self.now
            if line_id in leaving:
                one = leaving[line_id]
                pacing.count(slot, one.text.segments, one.line.segments_per_second, self.now)
        pacing.keep(slots.values())

    def _start(self, leaving: Mapping[int, _Leaving]) -> list[Job]:
        """Record an attempt for each text that goes."""
        now, until = self.now, self.now + LEASE
        many.update(
            Text,
            ["state", "line_id", "waits_for", "claimed_at", "leased_by", "leased_until"],
            [
                (State.SENDING.value, line_id, "", now, self.worker, until, one.text.pk)
                for line_id, one in leaving.items()
            ],
        )
        attempts = Attempt.objects.bulk_create(
            Attempt(text=one.text, token=new_token(24), started_at=now) for one in leaving.values()
        )
        return [
            Job(
                cleared=one.cleared,
                parcel=_parcel(one, attempt, now),
                attempt_id=attempt.pk,
                claimed_at=now,
                leased_until=until,
                claimed_tick=self.tick,
                line_id=one.line.pk,
                at_once=max(2, ceil(one.line.segments_per_second)),
            )
            for one, attempt in zip(leaving.values(), attempts, strict=True)
        ]


def _locked(rows: QuerySet[M]) -> QuerySet[M]:
    """Lock rows for this transaction, passing over what another worker holds.

    SQLite needs no row locks: its writers follow one another.
    """
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, of=("self",))
    return rows


def _parcel(one: _Leaving, attempt: Attempt, now: datetime) -> Parcel:
    line = one.line
    return Parcel(
        body=one.text.body,
        account=Account(
            sid=line.account_sid,
            auth_token=facilities.auth_token(line),
            carrier="sandbox" if line.carrier == "sandbox" else "twilio",
        ),
        sender=Number(line.number),
        messaging_service_sid=line.messaging_service_sid or None,
        status_callback=f"{settings.PUBLIC_URL}/twilio/status/{attempt.token}",
        validity_seconds=_validity(one.text, one.window, now),
    )


def _validity(text: Text, window: Window | None, now: datetime) -> int | None:
    """R6, R16: return how long the carrier may hold an automatic text, None for a person's."""
    if not text.automatic:
        return None
    closes = [text.any_hour_until] if text.any_hour_until and _any_hour(text, now) else []
    closes += [window.closes] if window else []
    return quiet_hours.validity_seconds(now, Window(now, max(closes)))


def _any_hour(text: Text, now: datetime) -> bool:
    return text.any_hour_until is not None and now < text.any_hour_until


def _hours(text: Text) -> Hours:
    cleared = text.clearance
    return queries.hours_for(cleared.tenant, text.facility, Number(cleared.number))


def _window(text: Text, now: datetime) -> Window | None:
    return quiet_hours.window_at(now, _hours(text))


def _wait_for_window(text: Text, now: datetime) -> None:
    following = quiet_hours.next_window(now, _hours(text))
    if following is None:
        _withhold(text, "quiet_hours", "The zones of this number share no texting hours.", now)
        return
    text.not_before = following.opens
    text.save(update_fields=["not_before"])
    _wait(text, following.opens, "quiet_hours")
    # Whoever has it on screen learns that it leaves tomorrow.
    feed.tell(facility_id=text.facility_id, topic="status", ref=text.pk, now=now)


def _wait(text: Text, until: datetime, why: str) -> None:
    text.next_at, text.waits_for = until, why
    text.save(update_fields=["next_at", "waits_for"])


def _refused(text: Text, refusal: Refusal, now: datetime) -> None:
    wait = actions.wait_after(refusal)
    if wait is None:
        _withhold(text, refusal.code, refusal.sentence, now)
    else:
        _limit_wait(text, refusal, now)
        _wait(text, now + wait, refusal.code)


def _limit_wait(text: Text, refusal: Refusal, now: datetime) -> None:
    """R6: a person's text that waits for another person's word gets out of date like any other."""
    if refusal.code == "held" and text.valid_until is None:
        text.valid_until = quiet_hours.default_valid_until(now, _hours(text))
        text.save(update_fields=["valid_until"])


def _withhold(text: Text, code: str, reason: str, now: datetime) -> None:
    actions.withhold(text=text, code=code, reason=reason, now=now)
