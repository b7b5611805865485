"""The streams of one process, and what each has still to be told."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from tenantline.facilities.scope import Scope
from tenantline.live.follower import Follower, Told

MOST_WAITING = 256  # events; a reader slower than that is let go and comes back
BEGIN_SECONDS = 5.0


class Stream:
    """What one open page has still to be told. Lives in the event loop."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.over = False
        self._waiting: deque[Told] = deque()
        self._bell = asyncio.Event()

    def offer(self, event: Told) -> None:
        """Put an event in line if the listener may hear it; a full line ends the stream."""
        if not self.scope.covers(event.facility_id):
            return
        if len(self._waiting) >= MOST_WAITING:
            self.end()
            return
        self._waiting.append(event)
        self._bell.set()

    def end(self) -> None:
        """Let the stream end; what waits is dropped, and told again when the page comes back."""
        self.over = True
        self._waiting.clear()
        self._bell.set()

    async def take(self, seconds: float) -> list[Told]:
        """Return what waits, or what comes within the time; empty if nothing does."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._bell.wait()
        except TimeoutError:
            return []
        self._bell.clear()
        events = list(self._waiting)
        self._waiting.clear()
        return events


class Hub:
    """Streams and the follower that feeds them; it runs only while somebody listens."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._follower: Follower | None = None
        self._begun = asyncio.Event()

    async def join(self, scope: Scope) -> Stream | None:
        """Add a stream; None where the feed cannot be followed now (no database)."""
        stream = Stream(scope)
        self._streams.add(stream)
        if self._follower is None:
            self._start(asyncio.get_running_loop())
        try:
            await asyncio.wait_for(self._begun.wait(), timeout=BEGIN_SECONDS)
        except BaseException as error:
            self.leave(stream)
            if isinstance(error, TimeoutError):
                return None
            raise
        return stream

    def leave(self, stream: Stream) -> None:
        """Take a stream away; with the last one the follower ends."""
        self._streams.discard(stream)
        if not self._streams and self._follower is not None:
            self._follower.end()
            self._follower = None

    def end(self) -> None:
        """End every stream, because the server stops."""
        for stream in list(self._streams):
            stream.end()

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        begun = self._begun = asyncio.Event()
        self._follower = Follower(
            tell=lambda events: _in_loop(loop, self._publish, events),
            begun=lambda: _in_loop(loop, lambda _: begun.set(), []),
        )
        self._follower.start()

    def _publish(self, events: list[Told]) -> None:
        for stream in self._streams:
            for event in events:
                stream.offer(event)


def _in_loop(
    loop: asyncio.AbstractEventLoop, act: Callable[[list[Told]], object], events: list[Told]
) -> None:
    """Act in the loop from the follower's thread; a loop that has closed wants nothing more."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(act, events)
