"""Where texts leave: claim, ask again, record the attempt, send, settle.

The only caller of ``carrier.send``. A claim is one short transaction: it takes what has its pacing
slot now, asks the gate again, records the attempt and commits; the call to the carrier follows
within two seconds or not at all; no network happens inside a transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from tenantline.carrier import send as carrier
from tenantline.carrier.client import HTTP_TIMEOUT_SECONDS, Client
from tenantline.carrier.types import Account, Outcome, Parcel, RetryLater
from tenantline.consent import gate
from tenantline.consent.cleared import Cleared, Refusal
from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Line
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.kernel.crypto import new_token
from tenantline.kernel.phone import Number
from tenantline.outbox import actions, queries, quiet_hours
from tenantline.outbox.models import Attempt, Slot, State, Text
from tenantline.outbox.quiet_hours import Window
from tenantline.outbox.settle import settle

AT_THE_SOCKET_WITHIN: Final = timedelta(seconds=2)
# Longer than the carrier's call can take, so a lease never ends under a live call.
LEASE: Final = timedelta(seconds=HTTP_TIMEOUT_SECONDS + 30)
AT_ONCE: Final = 64
LINES_AT_A_TIME: Final = 16  # keeps the transaction, and SQLite's write lock, well under 100 ms
LOOKS_PER_LINE: Final = 20
T = TypeVar("T")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed text on its way to the socket."""

    cleared: Cleared
    parcel: Parcel
    attempt_id: int
    claimed_at: datetime


def claim(*, worker: str, limit: int, now: datetime) -> list[Job]:
    """Claim the next text of each line that has its pacing slot now; they are ``sending`` then.

    One short transaction. A line's slot is locked first, so several workers together never send
    by it faster than it may, and each line gets its turn whatever waits for the others. R8: a
    line sends only while all that came in on it is known.
    """
    jobs = []
    known = hearing.knowledge(now)
    with transaction.atomic():
        for line in _ready_lines(now, min(limit, LINES_AT_A_TIME)):
            slot = _free_slot(line, now) if known.is_known(line.pk) else None
            fresh = known.is_fresh(line.pk, now)
            job = _next_job(slot, line, worker, now, fresh=fresh) if slot is not None else None
            if job is not None:
                jobs.append(job)
    return jobs


def _ready_lines(now: datetime, limit: int) -> list[Line]:
    """Return sending lines whose slot is free and for whom a text is due, longest free first."""
    due = Text.objects.filter(facility=OuterRef("facility"), state=State.QUEUED, next_at__lte=now)
    lines = Line.objects.filter(Exists(due), sending=True, paused_at=None)
    lines = lines.filter(Q(slot=None) | Q(slot__free_at__lte=now))
    return list(lines.order_by(F("slot__free_at").asc(nulls_first=True), "id")[:limit])


def _free_slot(line: Line, now: datetime) -> Slot | None:
    """Return the line's pacing slot under lock, None if another worker has it or just used it."""
    Slot.objects.get_or_create(line=line, defaults={"free_at": now})
    slots = Slot.objects.filter(line=line, free_at__lte=now)
    return _locked(slots).first()


def _next_job(slot: Slot, line: Line, worker: str, now: datetime, *, fresh: bool) -> Job | None:
    """Claim the first text that may leave; set aside, bounded, what may not on the way to it.

    Automatic texts leave only where the line's inbound list was read lately (``fresh``).
    """
    rows = Text.objects.select_related("clearance", "facility").filter(
        facility=line.facility_id, state=State.QUEUED, next_at__lte=now
    )
    if not fresh:
        rows = rows.filter(automatic=False)
    for text in _locked(rows).order_by("priority", "next_at", "id")[:LOOKS_PER_LINE]:
        window = _window(text, now)
        if _is_set_aside(text, window, now):
            continue
        answer = gate.ask_again(clearance_id=text.clearance_id, now=now)
        if isinstance(answer, Refusal):
            _refused(text, answer, now)
            continue
        slot.free_at = now + timedelta(seconds=text.segments / line.segments_per_second)
        slot.save(update_fields=["free_at"])
        return _start(text, line, answer, window, worker, now)
    return None


def _locked(rows: QuerySet[M]) -> QuerySet[M]:
    """Lock rows for this transaction, passing over what another worker holds.

    SQLite needs no row locks: its writers follow one another.
    """
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, of=("self",))
    return rows


def _is_set_aside(text: Text, window: Window | None, now: datetime) -> bool:
    """Withhold what is out of date and let wait what quiet hours forbid; say whether it was so."""
    if text.valid_until is not None and now >= text.valid_until:
        _withhold(text, "out_of_date", "It could not leave in time and is out of date.", now)
        return True
    if text.automatic and window is None and not _any_hour(text, now):
        _wait_for_window(text, now)
        return True
    return False


def _start(
    text: Text, line: Line, cleared: Cleared, window: Window | None, worker: str, now: datetime
) -> Job:
    text.state, text.line = State.SENDING, line
    text.leased_by, text.leased_until = worker, now + LEASE
    text.save(update_fields=["state", "line", "leased_by", "leased_until"])
    attempt = Attempt.objects.create(text=text, token=new_token(24), started_at=now)
    parcel = Parcel(
        body=text.body,
        account=Account(
            sid=line.account_sid,
            auth_token=facilities.auth_token(line),
            carrier="sandbox" if line.carrier == "sandbox" else "twilio",
        ),
        sender=Number(line.number),
        messaging_service_sid=line.messaging_service_sid or None,
        status_callback=f"{settings.PUBLIC_URL}/twilio/status/{attempt.token}",
        validity_seconds=_validity(text, window, now),
    )
    return Job(cleared, parcel, attempt.pk, now)


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
    text.next_at = following.opens
    text.save(update_fields=["not_before", "next_at"])


def _look_again(text: Text, at: datetime) -> None:
    text.next_at = at
    text.save(update_fields=["next_at"])


def _refused(text: Text, refusal: Refusal, now: datetime) -> None:
    wait = actions.wait_after(refusal)
    if wait is None:
        _withhold(text, refusal.code, refusal.sentence, now)
    else:
        _look_again(text, now + wait)


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

    async def round(self) -> int:
        """Claim what is due and start sending it; return how many texts were claimed."""
        room = AT_ONCE - len(self._underway)
        if room <= 0:
            await asyncio.wait(self._underway, return_when=asyncio.FIRST_COMPLETED)
            return 0
        jobs = await self._in_database(
            lambda: claim(worker=self._worker, limit=room, now=clock.now())
        )
        for job in jobs:
            task = asyncio.create_task(self._carry(job))
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

    async def _carry(self, job: Job) -> None:
        outcome = await self._send(job)
        await self._in_database(
            lambda: settle(attempt_id=job.attempt_id, outcome=outcome, now=clock.now())
        )

    async def _send(self, job: Job) -> Outcome:
        left = AT_THE_SOCKET_WITHIN - (clock.now() - job.claimed_at)
        if left <= timedelta(0):
            # The gate's yes is too old, e.g. the process was suspended: nothing has left yet.
            return RetryLater(0.0, "The text was not sent in time and waits again.", None)
        return await carrier.send(
            job.cleared,
            parcel=job.parcel,
            client=self._client,
            connect_seconds=left.total_seconds(),
        )

    async def _in_database(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._database, work)
