"""Where texts leave: claimed by ``claiming``, sent, settled.

The only caller of ``carrier.send``. A claim is one short transaction; the call to the carrier
follows within two seconds or not at all; no network happens inside a transaction.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

import structlog
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
)

from tenantline.carrier import send as carrier
from tenantline.carrier.client import Client
from tenantline.carrier.types import Outcome
from tenantline.kernel import clock, turns
from tenantline.outbox import claiming
from tenantline.outbox.claiming import AT_THE_SOCKET_WITHIN, Job, Look
from tenantline.outbox.settle import settle_all

_log = structlog.get_logger(__name__)
AT_ONCE: Final = 128
# Where the web process writes too, on SQLite, what comes in goes first (R8): claims are kept short,
# and between our transactions there is time for several of its.
_FEW: Final = 8
_A_WHILE: Final = 0.03  # seconds
_LATELY: Final = 0.7  # seconds; a single beat of the web process shall not slow down a run
_SETTLING_TRIES: Final = 30  # a second apart; a lease has ended by then, and the text is looked for
T = TypeVar("T")


@dataclass
class _Ended:
    """What the carrier has answered and the database does not know yet."""

    attempt_id: int
    outcome: Outcome
    tries: int = 0


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
        self._ended: deque[_Ended] = deque()
        self._settling: asyncio.Future[int] | None = None  # asked for, and has not begun

    async def round(self) -> int:
        """Claim what is due and start sending it; return how many texts were looked at."""
        # What the carrier has answered makes room before it is settled: there is one thread for
        # both, and a claim that waits for its own places takes a few texts each time.
        room = AT_ONCE - self._by_line.total()
        if room <= 0:
            await asyncio.wait(self._underway, return_when=asyncio.FIRST_COMPLETED)
            return 0
        found = await self._in_database(partial(self._look, room, frozenset(self._full)))
        for job in found.jobs:
            self._count(job, 1)
            task = asyncio.create_task(self.carry(job))
            self._underway.add(task)
            task.add_done_callback(self._underway.discard)
        return found.looked_at

    async def drain(self) -> None:
        """Wait until what is under way has been settled."""
        while self._underway:
            await asyncio.wait(self._underway)
        # Looked up on the thread whose connection is meant; `connection.close` here is another's.
        await self._in_database(lambda: connection.close())  # noqa: PLW0108
        self._database.shutdown()

    def _look(self, room: int, busy: Collection[int]) -> Look:
        limit = min(room, _FEW if _gave_way() else AT_ONCE)
        return claiming.look(worker=self._worker, limit=limit, busy=busy)

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
        """Settle; while the database is away, hold on to what the carrier has said.

        Whoever comes first settles all that has ended meanwhile, in one transaction.
        """
        self._ended.append(_Ended(job.attempt_id, outcome))
        for _ in range(_SETTLING_TRIES):
            if self._settling is None or self._settling.done():
                self._settling = asyncio.ensure_future(self._in_database(self._settle_ended))
            if not await asyncio.shield(self._settling):
                return
            await asyncio.sleep(1.0)

    def _settle_ended(self) -> int:
        """Settle what has ended; return how many outcomes could not be kept yet."""
        # Before anything is taken: what ends from now on asks again.
        self._settling = None
        if self._ended:
            _gave_way()
        ended = [self._ended.popleft() for _ in range(len(self._ended))]
        left = _not_settled(ended) if ended else []
        for one in left:
            one.tries += 1
            if one.tries < _SETTLING_TRIES:
                _log.warning("an outcome could not be kept yet", attempt=one.attempt_id)
                self._ended.append(one)
            else:
                _log.error("an outcome was lost; the text is looked for", attempt=one.attempt_id)
        return len(self._ended)

    async def _in_database(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._database, _with_live_connection, work)


def _gave_way() -> bool:
    """Tell whether other processes write too; if so, they have had a while for it."""
    others = turns.others_wrote_within(_LATELY)
    if others:
        time.sleep(_A_WHILE)
    return others


def _with_live_connection(work: Callable[[], T]) -> T:
    close_old_connections()
    return work()


def _not_settled(ended: Sequence[_Ended]) -> Sequence[_Ended]:
    """Settle in one transaction; return what could not be kept. One bad row spoils no other."""
    try:
        settle_all({one.attempt_id: one.outcome for one in ended}, now=clock.now())
    except (OperationalError, InterfaceError, OSError):
        return ended  # the database is away
    except DatabaseError:
        if len(ended) == 1:
            return ended
        return [bad for one in ended for bad in _not_settled([one])]
    return []
