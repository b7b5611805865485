"""Whether more comes in just now than can be worked on beside storing it. Plain Python."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from tenantline.kernel import clock

MANY: Final = 8  # texts within ``LATELY``: more than anybody reads along
LATELY: Final = 0.25  # seconds


class Rush:
    """Counts what comes in. ``tick`` returns seconds of a clock that nobody sets."""

    def __init__(self, tick: Callable[[], float] = clock.tick) -> None:
        self._tick = tick
        self._noted: deque[tuple[float, int]] = deque()

    def note(self, number: int) -> None:
        """Say how many came in; called by one thread only."""
        now = self._tick()
        self._noted.append((now, number))
        while self._noted[0][0] < now - LATELY:
            self._noted.popleft()

    def is_on(self) -> bool:
        """Tell whether it is a rush now; any thread may ask."""
        since = self._tick() - LATELY
        return sum(number for at, number in tuple(self._noted) if at >= since) >= MANY
