"""Claiming what may leave: one short transaction that asks again and records the attempts.

It takes the first text of each line that has its pacing slot now, asks the rules and the gate
again, for all of them together, and commits an attempt for each that goes. Its cost is a few
questions to the database for a claim, not for a text: 300 lines want their turn every second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Final, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, Model, OuterRef, Q, QuerySet, Subquery, When

from tenantline.carrier.client import HTTP_TIMEOUT_SECONDS
from tenantline.carrier.types import Account, Parcel
from tenantline.consent import gate
from tenantline.consent.cleared import Cleared, Refusal
from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Line
from tenantline.feed import actions as feed
from tenantline.intake import hearing
from tenantline.kernel import clock, many
from tenantline.kernel.crypto import new_token
from tenantline.kernel.phone import Number
from tenantline.outbox import actions, causes, mass_texts, pacing, queries, quiet_hours
from tenantline.outbox.models import Attempt, Slot, State, Text
from tenantline.outbox.quiet_hours import Hours, Window

AT_THE_SOCKET_WITHIN: Final = timedelta(seconds=2)
# Longer than the carrier's call can take, so a lease never ends under a live call.
LEASE: Final = timedelta(seconds=HTTP_TIMEOUT_SECONDS + 30)
# Keeps the transaction, and SQLite's write lock, well under 100 ms.
LINES_AT_A_TIME: Final = 32
_SAME_WORDS_WAIT: Final = timedelta(minutes=1)
_QUEUE_ORDER: Final = ("priority", "next_at", "id")
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
    return look(worker=worker, limit=limit, now=now, busy=busy).jobs


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the queue: what was claimed of it, and how many texts were looked at."""

    jobs: list[Job]
    looked_at: int


def anything_due(now: datetime) -> bool:
    """Tell whether a look is worth its transaction: an idle queue should cost next to nothing."""
    return Text.objects.filter(state=State.QUEUED, next_at__lte=now).exists()


def look(*, worker: str, limit: int, now: datetime, busy: Collection[int] = ()) -> Look:
    """Claim (see ``claim``), and say whether there was anything to look at.

    Each line is looked at once: where its first text may not leave, that one is set aside and the
    next is seen by the next look, behind the other lines.
    """
    if limit < 1:  # as many as may be are under way
        return Look([], 0)
    with transaction.atomic():
        return _Claim(worker, now, hearing.knowledge(now)).look(min(limit, LINES_AT_A_TIME), busy)


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
    known: hearing.Knowledge
    tick: float = field(default_factory=clock.tick)

    def look(self, limit: int, busy: Collection[int]) -> Look:
        lines = {line.pk: line for line in self._ready_lines(limit, busy)}
        if not lines:
            return Look([], 0)
        slots = pacing.free_slots(lines, self.now)
        firsts = self._firsts([lines[pk] for pk in slots], slots)
        leaving = self._that_may_leave(firsts, lines)
        self._take_slots(slots, leaving)
        return Look(self._start(leaving), len(firsts))

    def _ready_lines(self, limit: int, busy: Collection[int]) -> list[Line]:
        """Return lines that may send and for whom a text is due (``first``), longest free first.

        Whoever has nothing that could leave stands in nobody's way.
        """
        ready: list[Line] = []
        free = self._free_lines(busy)
        for start in range(0, len(free), limit):
            ready += self._with_first(free[start : start + limit])
            if len(ready) >= limit:
                break
        return ready[:limit]

    def _free_lines(self, busy: Collection[int]) -> list[int]:
        """Return the lines that may send a text now, longest free first."""
        rows = Line.objects.filter(sending=True, paused_at=None)
        rows = rows.filter(Q(slot=None) | Q(slot__free_at__lte=self.now))
        rows = rows.exclude(pk__in=pacing.used_up(self.now))
        ordered = rows.order_by(F("slot__free_at").asc(nulls_first=True), "id")
        known = self.known.is_known
        return [pk for pk in ordered.values_list("pk", flat=True) if known(pk) and pk not in busy]

    def _with_first(self, line_ids: Sequence[int]) -> list[Line]:
        """Return those of these lines for whom a text is due, in this order."""
        due = self._due().filter(facility=OuterRef("facility"))
        # Automatic texts leave only where the line's inbound list was read lately.
        stale = [pk for pk in line_ids if not self.known.is_fresh(pk, self.now)]
        first = Subquery(due.values("pk")[:1])
        of_people = Subquery(due.filter(automatic=False).values("pk")[:1])
        lines = Line.objects.annotate(
            first=Case(When(pk__in=stale, then=of_people), default=first) if stale else first
        ).in_bulk(line_ids)
        found = [lines[pk] for pk in line_ids]
        return [line for line in found if line.first is not None]

    def _due(self) -> QuerySet[Text]:
        due = Text.objects.filter(state=State.QUEUED, next_at__lte=self.now)
        return due.order_by(*_QUEUE_ORDER)

    def _firsts(self, lines: Sequence[Line], slots: Mapping[int, Slot]) -> list[Text]:
        """Return the first text of each line that fits into its day, locked."""
        rows = Text.objects.select_related("clearance__tenant", "facility").filter(
            state=State.QUEUED
        )
        wanted = {line.facility_id: line for line in lines}
        found = _locked(rows.filter(pk__in=[line.first for line in lines]))  # type: ignore[attr-defined]
        firsts: list[Text] = []
        for text in found:
            line = wanted[text.facility_id]
            day = pacing.day_at(slots[line.pk], self.now)
            fits = day.allows(text.segments, automatic=text.automatic)
            firsts += [text] if fits else self._that_fits(rows, line, day)
        return firsts

    def _that_fits(self, rows: QuerySet[Text], line: Line, day: pacing.Day) -> Iterable[Text]:
        """Return the first text that fits into what is left of a line's day, if there is one."""
        if not self.known.is_fresh(line.pk, self.now):
            rows = rows.filter(automatic=False)
        fits = Q(automatic=False, segments__lte=day.left)
        fits |= Q(automatic=True, segments__lte=day.left_for_machines)
        rows = rows.filter(fits, facility=line.facility_id, next_at__lte=self.now)
        return _locked(rows).order_by(*_QUEUE_ORDER)[:1]

    def _that_may_leave(
        self, firsts: Iterable[Text], lines: Mapping[int, Line]
    ) -> dict[int, _Leaving]:
        """Ask R5, R6, the causes and the gate again; set aside what may not leave. By line."""
        by_facility = {line.facility_id: line for line in lines.values()}
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
