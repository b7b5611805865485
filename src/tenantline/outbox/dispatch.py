"""Where texts leave: claim, ask again, record the attempt, send, settle.

The only caller of ``carrier.send``. A claim is one short transaction: it takes what has its pacing
slot now, asks the gate again, records the attempt and commits; the call to the carrier follows
within two seconds or not at all; no network happens inside a transaction.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from typing import Final, TypeVar

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from tenantline.carrier import send as carrier
from tenantline.carrier.client import HTTP_TIMEOUT_SECONDS, Client
from tenantline.carrier.types import Account, Outcome, Parcel
from tenantline.consent import gate
from tenantline.consent.cleared import Cleared, Refusal
from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Line
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.kernel.crypto import new_token
from tenantline.kernel.phone import Number
from tenantline.outbox import actions, pacing, queries, quiet_hours
from tenantline.outbox.models import Attempt, Slot, State, Text
from tenantline.outbox.quiet_hours import Window
from tenantline.outbox.settle import settle

_log = structlog.get_logger(__name__)
AT_THE_SOCKET_WITHIN: Final = timedelta(seconds=2)
# Longer than the carrier's call can take, so a lease never ends under a live call.
LEASE: Final = timedelta(seconds=HTTP_TIMEOUT_SECONDS + 30)
AT_ONCE: Final = 64
# Both keep the transaction, and SQLite's write lock, well under 100 ms.
LINES_AT_A_TIME: Final = 16
LOOKS_AT_A_TIME: Final = 32
LOOKS_PER_LINE: Final = 8
_SETTLING_TRIES: Final = 30  # a second apart; a lease has ended by then, and the text is looked for
_SAME_WORDS_WAIT: Final = timedelta(minutes=1)
T = TypeVar("T")
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
    with transaction.atomic():
        known = hearing.knowledge(now)
        return list(_Claim(worker, now, known).jobs(min(limit, LINES_AT_A_TIME), busy))


@dataclass
class _Claim:
    """One claim under way. ``looks`` is how many texts it may still look at."""

    worker: str
    now: datetime
    known: hearing.Knowledge
    tick: float = field(default_factory=clock.tick)
    looks: int = LOOKS_AT_A_TIME

    def jobs(self, limit: int, busy: Collection[int]) -> Iterable[Job]:
        for line in self._ready_lines(limit, busy):
            slot = _free_slot(line, self.now)
            job = self._next_job(slot, line) if slot is not None else None
            if job is not None:
                yield job
            if self.looks <= 0:
                return

    def _ready_lines(self, limit: int, busy: Collection[int]) -> list[Line]:
        """Return lines that may send and for whom a text is due, longest free first.

        Whoever has nothing that could leave stands in nobody's way.
        """
        known = [pk for pk in self.known.readings if self.known.is_known(pk) and pk not in busy]
        fresh = [pk for pk in known if self.known.is_fresh(pk, self.now)]
        due = Text.objects.filter(
            facility=OuterRef("facility"), state=State.QUEUED, next_at__lte=self.now
        )
        typed = due.filter(automatic=False)
        lines = Line.objects.filter(
            Q(pk__in=fresh) & Exists(due) | ~Q(pk__in=fresh) & Exists(typed),
            pk__in=known,
            sending=True,
            paused_at=None,
        )
        lines = lines.filter(Q(slot=None) | Q(slot__free_at__lte=self.now))
        lines = lines.exclude(pk__in=pacing.used_up(self.now))
        return list(lines.order_by(F("slot__free_at").asc(nulls_first=True), "id")[:limit])

    def _next_job(self, slot: Slot, line: Line) -> Job | None:
        """Claim the first text that may leave; set aside, bounded, what may not on the way to it.

        A line where nothing could leave goes behind the others.
        """
        for text in self._due(slot, line):
            self.looks -= 1
            window = _window(text, self.now)
            if _is_set_aside(text, window, self.now):
                continue
            answer = gate.ask_again(clearance_id=text.clearance_id, now=self.now)
            if isinstance(answer, Refusal):
                _refused(text, answer, self.now)
                continue
            pacing.take(
                slot, segments=text.segments, a_second=line.segments_per_second, now=self.now
            )
            return self._start(text, line, answer, window)
        pacing.look_later(slot, self.now)
        return None

    def _due(self, slot: Slot, line: Line) -> Iterable[Text]:
        """Return what is due and fits into the line's day, people's texts before machines'.

        Automatic texts leave only where the line's inbound list was read lately.
        """
        rows = Text.objects.select_related("clearance", "facility").filter(
            facility=line.facility_id, state=State.QUEUED, next_at__lte=self.now
        )
        if not self.known.is_fresh(line.pk, self.now):
            rows = rows.filter(automatic=False)
        day = pacing.day_at(slot, self.now)
        if day.left is not None:
            fits = Q(automatic=False, segments__lte=day.left)
            rows = rows.filter(fits | Q(automatic=True, segments__lte=day.left_for_machines))
        return _locked(rows).order_by("priority", "next_at", "id")[:LOOKS_PER_LINE]

    def _start(self, text: Text, line: Line, cleared: Cleared, window: Window | None) -> Job:
        now, until = self.now, self.now + LEASE
        text.state, text.line, text.waits_for = State.SENDING, line, ""
        text.claimed_at, text.leased_by, text.leased_until = now, self.worker, until
        text.save(
            update_fields=[
                *("state", "line", "waits_for"),
                *("claimed_at", "leased_by", "leased_until"),
            ]
        )
        attempt = Attempt.objects.create(text=text, token=new_token(24), started_at=now)
        parcel = _parcel(text, line, attempt, _validity(text, window, now))
        at_once = max(2, ceil(line.segments_per_second))
        return Job(cleared, parcel, attempt.pk, now, until, self.tick, line.pk, at_once)


def _free_slot(line: Line, now: datetime) -> Slot | None:
    """Return the line's pacing slot under lock, None if another worker has it or just used it."""
    Slot.objects.get_or_create(line=line, defaults={"free_at": now})
    slots = Slot.objects.filter(line=line, free_at__lte=now)
    return _locked(slots).first()


def _locked(rows: QuerySet[M]) -> QuerySet[M]:
    """Lock rows for this transaction, passing over what another worker holds.

    SQLite needs no row locks: its writers follow one another.
    """
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, of=("self",))
    return rows


def _is_set_aside(text: Text, window: Window | None, now: datetime) -> bool:
    """R5, R6: withhold what is out of date, let wait what may not leave yet; say if it was so."""
    if text.valid_until is not None and now >= text.valid_until:
        _withhold(text, "out_of_date", "It could not leave in time and is out of date.", now)
        return True
    if window is None and not _any_hour(text, now):
        _wait_for_window(text, now)
        return True
    if queries.is_mass_by_now(text, now):
        _wait(text, now + _SAME_WORDS_WAIT, "same_words")
        return True
    return False


def _parcel(text: Text, line: Line, attempt: Attempt, validity_seconds: int | None) -> Parcel:
    return Parcel(
        body=text.body,
        account=Account(
            sid=line.account_sid,
            auth_token=facilities.auth_token(line),
            carrier="sandbox" if line.carrier == "sandbox" else "twilio",
        ),
        sender=Number(line.number),
        messaging_service_sid=line.messaging_service_sid or None,
        status_callback=f"{settings.PUBLIC_URL}/twilio/status/{attempt.token}",
        validity_seconds=validity_seconds,
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


def _window(text: Text, now: datetime) -> Window | None:
    hours = queries.hours_for(text.facility, Number(text.clearance.number))
    return quiet_hours.window_at(now, hours)


def _wait_for_window(text: Text, now: datetime) -> None:
    hours = queries.hours_for(text.facility, Number(text.clearance.number))
    following = quiet_hours.next_window(now, hours)
    if following is None:
        _withhold(text, "quiet_hours", "The zones of this number share no texting hours.", now)
        return
    text.not_before = following.opens
    text.save(update_fields=["not_before"])
    _wait(text, following.opens, "quiet_hours")


def _wait(text: Text, until: datetime, why: str) -> None:
    text.next_at, text.waits_for = until, why
    text.save(update_fields=["next_at", "waits_for"])


def _refused(text: Text, refusal: Refusal, now: datetime) -> None:
    wait = actions.wait_after(refusal)
    if wait is None:
        _withhold(text, refusal.code, refusal.sentence, now)
    else:
        _wait(text, now + wait, refusal.code)


def _withhold(text: Text, code: str, reason: str, now: datetime) -> None:
    actions.withhold(text=text, code=code, reason=reason, now=now)


class Dispatcher:
    """Sends what is due, up to ``AT_ONCE`` texts at a time, until told to stop.

    Belongs to one event loop. Database work runs on one thread of its own.
    """

    def __init__(self, *, worker: str, client: Client) -> None:
        self._worker = worker
        self._client = client
        self._database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dispatch-db")
        self._underway: set[asyncio.Task[None]] = set()
        self._by_line: Counter[int] = Counter()
        self._full: set[int] = set()  # lines with as many texts on their way as they may have

    async def round(self) -> int:
        """Claim what is due and start sending it; return how many texts were claimed."""
        room = AT_ONCE - len(self._underway)
        if room <= 0:
            await asyncio.wait(self._underway, return_when=asyncio.FIRST_COMPLETED)
            return 0
        jobs = await self._in_database(partial(self._claim, room, frozenset(self._full)))
        for job in jobs:
            self._count(job, 1)
            task = asyncio.create_task(self.carry(job))
            self._underway.add(task)
            task.add_done_callback(self._underway.discard)
        return len(jobs)

    async def drain(self) -> None:
        """Wait until what is under way has been settled."""
        while self._underway:
            await asyncio.wait(self._underway)
        # Looked up on the thread whose connection is meant; `connection.close` here is another's.
        await self._in_database(lambda: connection.close())  # noqa: PLW0108
        self._database.shutdown()

    def _claim(self, room: int, busy: Collection[int]) -> list[Job]:
        # SQLite waits here for its one writer: the time is read after that, not before.
        with transaction.atomic():
            return claim(worker=self._worker, limit=room, now=clock.now(), busy=busy)

    def _count(self, job: Job, more: int) -> None:
        self._by_line[job.line_id] += more
        if self._by_line[job.line_id] >= job.at_once:
            self._full.add(job.line_id)
        else:
            self._full.discard(job.line_id)

    async def carry(self, job: Job) -> None:
        """Send one claimed text and keep what became of it."""
        try:
            outcome = await self._send(job)
        finally:
            self._count(job, -1)
        await self._keep(job, outcome)

    async def _send(self, job: Job) -> Outcome:
        left = AT_THE_SOCKET_WITHIN - timedelta(seconds=clock.tick() - job.claimed_tick)
        return await carrier.send(
            job.cleared,
            parcel=job.parcel,
            client=self._client,
            connect_seconds=max(left.total_seconds(), 0.001),
            may_leave=job.may_leave,
        )

    async def _keep(self, job: Job, outcome: Outcome) -> None:
        """Settle; while the database is away, hold on to what the carrier has said."""
        keep = partial(settle, attempt_id=job.attempt_id, outcome=outcome)
        for _ in range(_SETTLING_TRIES):
            try:
                await self._in_database(lambda: keep(now=clock.now()))
                return
            except (DatabaseError, OSError):
                _log.warning("an outcome could not be kept yet", attempt=job.attempt_id)
                await asyncio.sleep(1.0)
        _log.error("an outcome was lost; the text is looked for", attempt=job.attempt_id)

    async def _in_database(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._database, _with_live_connection, work)


def _with_live_connection(work: Callable[[], T]) -> T:
    close_old_connections()
    return work()
