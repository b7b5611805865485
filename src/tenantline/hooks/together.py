"""Many callers, one piece of work in the database: what has come meanwhile is done as one group."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from django.db import close_old_connections, connection

In = TypeVar("In")
Out = TypeVar("Out")
_MOST_AT_ONCE: Final = 200


class Together(Generic[In, Out]):
    """One thread and its connection. Under load a commit, or a question, serves a whole group.

    ``work`` gets what has come, in that order, and returns as many results; a result that is an
    exception is raised to its caller, and what ``work`` raises is raised to all of them.
    """

    def __init__(
        self, name: str, work: Callable[[Sequence[In]], Sequence[Out | Exception]]
    ) -> None:
        self._work = work
        self._waiting: queue.SimpleQueue[_Errand[In, Out] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def do(self, given: In) -> Out:
        """Return what came of it.

        Who no longer waits is not told, and is passed over if the work has not begun.
        """
        errand: _Errand[In, Out] = _Errand(given)
        self._waiting.put(errand)
        return await errand.result

    def close(self, seconds: float) -> None:
        """Do what waits and end the thread; wait at most so long for that."""
        self._waiting.put(None)
        self._thread.join(timeout=seconds)

    def _run(self) -> None:
        ending = False
        while not ending:
            group, ending = self._next_group()
            heard = [errand for errand in group if not errand.result.cancelled()]
            if heard:
                self._do(heard)
        connection.close()

    def _do(self, group: Sequence[_Errand[In, Out]]) -> None:
        results: Sequence[Out | Exception]
        try:
            close_old_connections()
            results = self._work([errand.given for errand in group])
        except Exception as error:  # each caller decides what it means to them
            results = [error] * len(group)
        loop = group[0].loop
        if not loop.is_closed():
            loop.call_soon_threadsafe(_tell, list(zip(group, results, strict=True)))

    def _next_group(self) -> tuple[list[_Errand[In, Out]], bool]:
        """Wait for one errand and take whatever else has queued up meanwhile."""
        group: list[_Errand[In, Out]] = []
        errand = self._waiting.get()
        while errand is not None:
            group.append(errand)
            if len(group) == _MOST_AT_ONCE or self._waiting.empty():
                return group, False
            errand = self._waiting.get()
        return group, True


class _Errand(Generic[In, Out]):
    """What one caller gave, and where the result goes. Made in the caller's event loop."""

    __slots__ = ("given", "loop", "result")

    def __init__(self, given: In) -> None:
        self.given = given
        self.loop = asyncio.get_running_loop()
        self.result: asyncio.Future[Out] = self.loop.create_future()


def _tell(done: Sequence[tuple[_Errand[In, Out], Out | Exception]]) -> None:
    """Hand out a group's results; one wake-up of the loop for all of them."""
    for errand, result in done:
        if errand.result.done():
            continue
        if isinstance(result, Exception):
            errand.result.set_exception(result)
        else:
            errand.result.set_result(result)
