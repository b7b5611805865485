"""The worker: the loops that send, work on what came in, and keep house.

Run as many as wanted on PostgreSQL; what one of them leaves behind when it dies, another takes up
when its lease has ended.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from django.conf import settings
from django.db import DatabaseError, connections

from tenantline.automations.working import Shift as AutomationShift
from tenantline.carrier import deactivations
from tenantline.carrier.client import HTTP_TIMEOUT_SECONDS, Client
from tenantline.carrier.media import Fetcher
from tenantline.imports.shift import Shift
from tenantline.kernel import clock
from tenantline.kernel.crypto import new_token
from tenantline.kernel.threads import in_database
from tenantline.letters import trade as letters
from tenantline.outbox import actions as outbox
from tenantline.outbox.dispatch import Dispatcher
from tenantline.runs.working import Shift as RunShift
from tenantline.statements import trade as statements
from tenantline.worker import chores, reading

_log = structlog.get_logger(__name__)
_IDLE = 0.1  # seconds between looks at an empty queue
_TROUBLE = 2.0  # seconds before the next try after a step failed
_STUCK = 300.0  # seconds after which a step that does not end is told of
_BEAT = timedelta(seconds=5)
# After SIGTERM: a call to the carrier may take its time; what takes longer is given up.
ENDS_WITHIN = HTTP_TIMEOUT_SECONDS + 10.0

TRADES: Final = {"statements": statements.TRADE, "letters": letters.TRADE}


class Worker:
    """All loops of one worker. ``run`` returns after ``stop``, with everything settled.

    ``more`` are further chores by name, done several times a second (the demo plays a carrier).
    """

    def __init__(self, *, more: Mapping[str, Callable[[], int]] | None = None) -> None:
        self._more = dict(more or {})
        self.name = f"{socket.gethostname()}-{os.getpid()}-{new_token(4)}"
        self._stop = threading.Event()
        self._awake: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._started_at = clock.now()
        self._failing: dict[str, str] = {}
        self._turned: dict[str, float] = {}

    def stop(self) -> None:
        """Ask the loops to end; safe from any thread or signal handler."""
        self._stop.set()
        if self._awake is not None:
            loop, stopped = self._awake
            with suppress(RuntimeError):  # it has ended already
                loop.call_soon_threadsafe(stopped.set)

    def run(self) -> None:
        """Run until stopped; return at most ``ENDS_WITHIN`` seconds after that."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        stopped = asyncio.Event()
        self._awake = asyncio.get_running_loop(), stopped
        if self._stop.is_set():  # before there was a loop to wake
            stopped.set()
        url = settings.TWILIO_API_URL
        lists = Fetcher(url, largest=deactivations.LARGEST)
        async with Client(url) as client, Fetcher(url) as fetcher, lists:
            loops = [
                self._dispatching(client),
                self._loop("inbound", _threaded(chores.work_inbound), _IDLE),
                self._loop("statuses", _threaded(chores.apply_statuses), _IDLE),
                self._loop("mail", _threaded(chores.send_mail), 0.3),
                self._loop("readings", partial(reading.read_lines, client), 0.5),
                self._loop("unclear", partial(reading.settle_unknown, client), 2.0),
                self._loop("files", partial(reading.fetch_files, client, fetcher), 0.5),
                self._loop("deactivated", partial(reading.read_deactivated, lists), 30.0),
                self._loop("stale", partial(reading.refresh_stale, client), 30.0),
                self._loop("imports", _threaded(Shift().step), 1.0),
                self._loop("instead", _threaded(chores.send_instead), 30.0),
                self._loop("runs", _threaded(RunShift(TRADES).step), 0.5),
                self._loop("automations", _threaded(AutomationShift().step), 1.0),
                self._loop("house", _threaded(chores.keep_house), 5.0),
                self._loop("beat", _threaded(self._beat), _BEAT.total_seconds()),
            ]
            loops += [self._loop(name, _threaded(do), 0.3) for name, do in self._more.items()]
            await self._until_ended([asyncio.create_task(loop) for loop in loops])
        await in_database(_rest, self.name)

    async def _until_ended(self, loops: list[asyncio.Task[None]]) -> None:
        """Wait for the stop, then for what is under way, but not for ever.

        What is given up is in the state of a worker that was killed, which others can take up.
        """
        await self._pause(None)
        _, late = await asyncio.wait(loops, timeout=ENDS_WITHIN)
        for task in late:
            task.cancel()
        for outcome in await asyncio.gather(*loops, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome

    async def _dispatching(self, client: Client) -> None:
        """Send until stopped; then claim nothing more, and settle what is under way."""
        dispatcher = Dispatcher(worker=self.name, client=client)
        await self._loop("dispatch", dispatcher.round, _IDLE)
        await dispatcher.drain()

    async def _loop(self, name: str, step: Callable[[], Awaitable[int]], idle: float) -> None:
        """Do a step again and again, at once while there is work, until stopped.

        A failing step is logged, told of with the next sign of life, and tried again: neither one
        bad row, nor an answer that nobody foresaw, nor a database that is away ends the worker.
        """
        while not self._stop.is_set():
            self._turned[name] = time.monotonic()
            try:
                wait = 0.0 if await step() else idle
            except Exception as error:
                _log.error("loop failed", loop=name, exc_info=True)
                self._failing[name] = type(error).__name__
                wait = _TROUBLE
            else:
                self._failing.pop(name, None)
            await self._pause(wait)

    async def _pause(self, seconds: float | None) -> None:
        """Wait so long (None: for ever), or until told to stop."""
        assert self._awake is not None, "the loops run"  # noqa: S101
        _, stopped = self._awake
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stopped.wait()
        await asyncio.sleep(0)

    def _beat(self) -> int:
        outbox.beat(
            worker=self.name,
            started_at=self._started_at,
            now=clock.now(),
            trouble=self.trouble(),
        )
        return 0

    def trouble(self) -> str:
        """Return which loops fail or are stuck, in words for a log or a screen."""
        now = time.monotonic()
        stuck = [name for name, turned in self._turned.items() if now - turned > _STUCK]
        words = [f"{name} fails ({why})" for name, why in sorted(self._failing.items())]
        return "; ".join([*words, *(f"{name} is stuck" for name in sorted(stuck))])


def _rest(name: str) -> None:
    """Take the sign of life back, so that nobody takes this worker for one that has died."""
    try:
        outbox.rest(worker=name)
    except DatabaseError:
        _log.warning("the database does not answer; this worker's sign of life stays", worker=name)
    finally:
        connections.close_all()


def _threaded(chore: Callable[[], int]) -> Callable[[], Awaitable[int]]:
    """Return a chore as a step that runs on a thread with a live connection."""
    return partial(in_database, chore)
