"""One thread that stores calls in groups: many callers wait for one commit (R8)."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import structlog
from django.db import close_old_connections, connection

from tenantline.conversations import inbound
from tenantline.intake import actions as intake
from tenantline.intake.actions import Inbound, Status
from tenantline.kernel import clock, turns

_log = structlog.get_logger(__name__)
T = TypeVar("T")
_MOST_AT_ONCE = 200
_Item = tuple[Inbound | Status, "Future[None]"]


class Writer:
    """Stores verified calls, then works on the new inbound ones right away.

    The worker's loop works on whatever is left over, so a crash in between loses nothing.
    """

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="hooks-read")
        self._workers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hooks-work")
        self._thread = threading.Thread(target=self._run, name="hooks-write", daemon=True)
        self._thread.start()

    async def read(self, work: Callable[[], T]) -> T:
        """Run a database read on a thread of this room."""
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, _with_live_connection, work
        )

    async def store(self, call: Inbound | Status) -> None:
        """Return when the call is committed; raises what the database raised otherwise.

        Who no longer waits is not told; the call may be stored all the same, and that is harmless.
        """
        done: Future[None] = Future()
        self._waiting.put((call, done))
        await asyncio.wrap_future(done)

    def close(self) -> None:
        """Store what waits, work on it, and end the threads."""
        self._waiting.put(None)
        self._thread.join(timeout=10)
        # What has not been worked on by then stays stored, for the worker.
        self._workers.shutdown(cancel_futures=True)
        self._readers.shutdown(cancel_futures=True)

    def _run(self) -> None:
        turns.go_first()
        ending = False
        while not ending:
            group, ending = self._next_group()
            if group:
                self._store(group)
        connection.close()

    def _next_group(self) -> tuple[list[_Item], bool]:
        """Wait for one call and take whatever else has queued up meanwhile."""
        group: list[_Item] = []
        item = self._waiting.get()
        while item is not None:
            group.append(item)
            if len(group) == _MOST_AT_ONCE or self._waiting.empty():
                return group, False
            item = self._waiting.get()
        return group, True

    def _store(self, group: list[_Item]) -> None:
        # Who has given up is passed over; the others can no longer be cancelled from here on.
        heard = [(call, done) for call, done in group if done.set_running_or_notify_cancel()]
        if not heard:
            return
        try:
            close_old_connections()
            ids = intake.store([call for call, _ in heard], now=clock.now())
        except Exception as error:
            for _, done in heard:
                done.set_exception(error)
            return
        for _, done in heard:
            done.set_result(None)
        for call_id in ids:
            if call_id is not None:
                self._work_on(call_id)

    def _work_on(self, call_id: int) -> None:
        try:
            self._workers.submit(_with_live_connection, lambda: _work(call_id))
        except RuntimeError:  # the process is ending; the worker will find it
            _log.info("a stored call is left to the worker", call=call_id)


def _work(call_id: int) -> None:
    inbound.work_safely(call_id=call_id, now=clock.now())


def _with_live_connection(work: Callable[[], T]) -> T:
    close_old_connections()
    return work()
