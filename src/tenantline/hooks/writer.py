"""Verifies and stores calls in groups (R8), then works on them as soon as there is time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from django.db import DatabaseError, close_old_connections, connection

from tenantline.conversations import inbound
from tenantline.hooks import verify
from tenantline.hooks.rush import Rush
from tenantline.hooks.together import Together
from tenantline.hooks.verify import Asked, Call
from tenantline.intake import actions as intake
from tenantline.intake.actions import Inbound, Status
from tenantline.kernel import clock, turns

_log = structlog.get_logger(__name__)
# Storing goes before working: a call that is stored is safe, and the gate is closed for its sender.
_PATIENCE: Final = 30.0  # seconds after which a text is worked on whatever else comes in
_LOOK_EVERY: Final = 0.05  # seconds between looks whether the rush is over
# A worker leaves a text so long to the process that took it; after a crash it is the worker's.
_OURS: Final = timedelta(seconds=2)
_OURS_IN_A_RUSH: Final = timedelta(seconds=_PATIENCE)


class Writer:
    """One per process. What it could not work on in the end is found by the worker."""

    def __init__(self) -> None:
        self._rush = Rush()
        self._taking = Together[Asked, Call | None]("hooks-write", self._take)
        self._working = _Working(self._rush)

    async def take(self, asked: Asked) -> Call | None:
        """Return the call once it is committed, None if nobody of ours has signed it.

        Who no longer waits is not told; the call may be stored all the same, and that is harmless.

        Raises:
            Unusable, and what the database raises: it is not stored.
        """
        return await self._taking.do(asked)

    def close(self) -> None:
        """Store what waits, work on it if there is time, and end the threads."""
        self._taking.close(10)
        # What has not been worked on by then stays stored, for the worker.
        self._working.close(10)

    def _take(self, asked: Sequence[Asked]) -> Sequence[Call | Exception | None]:
        found = verify.verified(asked, now=clock.now())
        try:
            self._store([one for one in found if isinstance(one, Inbound | Status)])
        except Exception as error:  # who has signed nothing is told so all the same
            return [error if isinstance(one, Inbound | Status) else one for one in found]
        return found

    def _store(self, calls: Sequence[Inbound | Status]) -> None:
        if not calls:
            return
        turns.go_first()
        self._rush.note(sum(isinstance(call, Inbound) for call in calls))
        leave = _OURS_IN_A_RUSH if self._rush.is_on() else _OURS
        for call_id in intake.store(calls, now=clock.now(), leave=leave):
            if call_id is not None:
                self._working.put(call_id)


class _Working:
    """A thread that works on stored texts in the order they came, each when there is time."""

    def __init__(self, rush: Rush) -> None:
        self._rush = rush
        self._waiting: queue.SimpleQueue[tuple[int, float] | None] = queue.SimpleQueue()
        self._hurry = threading.Event()  # set: the process ends, nothing more comes in
        self._ends_at = float("inf")
        self._thread = threading.Thread(target=self._run, name="hooks-work", daemon=True)
        self._thread.start()

    def put(self, call_id: int) -> None:
        """Have a stored text worked on."""
        self._waiting.put((call_id, clock.tick() + _PATIENCE))

    def close(self, seconds: float) -> None:
        """Work on what waits, for at most so long, and end the thread."""
        self._ends_at = clock.tick() + seconds
        self._hurry.set()
        self._waiting.put(None)
        self._thread.join(timeout=seconds)

    def _run(self) -> None:
        while (one := self._waiting.get()) is not None and clock.tick() < self._ends_at:
            call_id, at_last = one
            self._rest(at_last)
            _work(call_id)
        connection.close()

    def _rest(self, at_last: float) -> None:
        """Wait for the end of a rush; what has waited long enough waits a moment for each text."""
        while self._rush.is_on():
            if self._hurry.wait(_LOOK_EVERY) or clock.tick() >= at_last:
                return


def _work(call_id: int) -> None:
    try:
        close_old_connections()
        inbound.work_safely(call_id=call_id, now=clock.now())
    except DatabaseError:  # not even that it failed could be noted
        _log.error("a stored call is left to the worker", call=call_id, exc_info=True)
