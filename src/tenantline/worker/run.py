"""The worker: the loops that send, work on what came in, and keep house.

Run as many as wanted on PostgreSQL; what one of them leaves behind when it dies, another takes up
when its lease has ended.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial

import structlog
from django.conf import settings
from django.db import DatabaseError

from tenantline.carrier.client import Client
from tenantline.carrier.media import Fetcher
from tenantline.imports.shift import Shift
from tenantline.kernel import clock
from tenantline.kernel.crypto import new_token
from tenantline.kernel.threads import in_database
from tenantline.outbox import actions as outbox
from tenantline.outbox.dispatch import Dispatcher
from tenantline.worker import chores, reading

_log = structlog.get_logger(__name__)
_IDLE = 0.1  # seconds between looks at an empty queue
_TROUBLE = 2.0  # seconds before the next try after the database failed
_BEAT = timedelta(seconds=5)


class Worker:
    """All loops of one worker. ``run`` returns after ``stop``, with everything settled.

    ``more`` are further chores by name, done several times a second (the demo plays a carrier).
    """

    def __init__(self, *, more: Mapping[str, Callable[[], int]] | None = None) -> None:
        self._more = dict(more or {})
        self.name = f"{socket.gethostname()}-{os.getpid()}-{new_token(4)}"
        self._stop = threading.Event()
        self._started_at = clock.now()

    def stop(self) -> None:
        """Ask the loops to end; safe from any thread or signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Run until stopped."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        url = settings.TWILIO_API_URL
        async with Client(url) as client, Fetcher(url) as fetcher:
            dispatcher = Dispatcher(worker=self.name, client=client)
            loops = [
                self._loop("dispatch", dispatcher.round, _IDLE),
                self._loop("inbound", _threaded(chores.work_inbound), _IDLE),
                self._loop("statuses", _threaded(chores.apply_statuses), _IDLE),
                self._loop("mail", _threaded(chores.send_mail), 0.3),
                self._loop("readings", partial(reading.read_lines, client), 0.5),
                self._loop("unclear", partial(reading.settle_unknown, client), 2.0),
                self._loop("files", partial(reading.fetch_files, client, fetcher), 0.5),
                self._loop("stale", partial(reading.refresh_stale, client), 30.0),
                self._loop("imports", _threaded(Shift().step), 1.0),
                self._loop("house", _threaded(chores.keep_house), 5.0),
                self._loop("beat", _threaded(self._beat), _BEAT.total_seconds()),
            ]
            loops += [self._loop(name, _threaded(do), 0.3) for name, do in self._more.items()]
            await asyncio.gather(*loops)
            await dispatcher.drain()

    async def _loop(self, name: str, step: Callable[[], Awaitable[int]], idle: float) -> None:
        """Do a step again and again, at once while there is work, until stopped.

        A failing step is logged and tried again: one bad row or a database that is away must not
        end the worker.
        """
        while not self._stop.is_set():
            try:
                wait = 0.0 if await step() else idle
            except (DatabaseError, OSError):
                _log.error("loop failed", loop=name, exc_info=True)
                wait = _TROUBLE
            await self._pause(wait)

    async def _pause(self, seconds: float) -> None:
        left = seconds
        while left > 0 and not self._stop.is_set():
            await asyncio.sleep(min(left, _IDLE))
            left -= _IDLE
        await asyncio.sleep(0)

    def _beat(self) -> int:
        outbox.beat(worker=self.name, started_at=self._started_at, now=clock.now())
        return 0


def _threaded(chore: Callable[[], int]) -> Callable[[], Awaitable[int]]:
    """Return a chore as a step that runs on a thread with a live connection."""
    return partial(in_database, chore)
