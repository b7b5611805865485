"""The machine that the product runs on: a clock that can be set, processes that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import tenantline
from tests.faults.nursery import Copy, Nursery
from tests.support.installation import Installation, wait_for

PATIENCE = 180.0  # seconds; a machine may be busy with other things
PROGRAM = Path(__file__).with_name("moved_clock.py")
# The processes run the very code that the test has imported.
SOURCE = Path(tenantline.__file__).parents[1]


@dataclass
class Clock:
    """A clock of which the test says how far it is ahead; processes follow ``file``."""

    file: Path
    ahead: float = 0.0

    def __post_init__(self) -> None:
        self.jump(0.0)

    def jump(self, seconds: float) -> None:
        """Set the clock forward, or back where ``seconds`` is negative."""
        self.ahead += seconds
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(self.ahead))
        fresh.replace(self.file)

    def now(self) -> datetime:
        """What this clock shows."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead)  # noqa: TID251 - it is a clock


@dataclass
class Process:
    """One process of the product, by the words of its command; its log outlives it.

    With a ``nursery`` it starts at once, but nobody learns how it ended.
    """

    installation: Installation
    clock: Clock
    words: tuple[str, ...]
    log: Path
    nursery: Nursery | None = None
    suspended: bool = False
    _running: subprocess.Popen[bytes] | Copy | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        """The number by which the system knows it."""
        assert self._running is not None
        return self._running.pid

    @property
    def is_alive(self) -> bool:
        """Tell whether it runs, or would if it were not suspended."""
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        """Start it, unless it runs already."""
        if self.is_alive:
            return
        self._running = self._copied() if self.nursery else self._loaded()
        self.suspended = False

    def _copied(self) -> Copy:
        assert self.nursery is not None
        return self.nursery.start(self.clock.file, self.words, self.log)

    def _loaded(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(PROGRAM), str(self.clock.file), *self.words],
                stdout=log,
                stderr=log,
                env={**self.installation.environment(), "PYTHONPATH": str(SOURCE)},
            )

    def has_the_time(self) -> bool:
        """Tell whether its clock is set; one that stands still never looks."""
        if not self.is_alive or self.suspended:
            return True
        seen = self.clock.file.with_suffix(f".{self.pid}")
        return seen.exists() and seen.read_text() == str(self.clock.ahead)

    def kill(self) -> None:
        """End it as a power cut would: ``kill -9``."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order: SIGTERM, on which it drains."""
        self.wake()
        self._end(signal.SIGTERM)

    def suspend(self) -> None:
        """Let it stand still where it is; returns when it does."""
        if self.is_alive and not self.suspended:
            os.kill(self.pid, signal.SIGSTOP)
            until(self._stands_still, why=f"{self.words} to stand still")
            self.suspended = True

    def _stands_still(self) -> bool:
        """Tell whether none of its threads runs any more."""
        assert self.is_alive, f"{self.words} ended instead: {self.said()}"
        stats = Path(f"/proc/{self.pid}/task").glob("*/stat")
        with suppress(OSError):  # a thread that ends meanwhile
            return all(stat.read_text().rpartition(")")[2].split()[0] == "T" for stat in stats)
        return False

    def wake(self) -> None:
        """Let it go on, as if no time had passed for it."""
        if self.is_alive and self.suspended:
            os.kill(self.pid, signal.SIGCONT)
        self.suspended = False

    def ended(self, *, within: float = 300) -> int:
        """Wait until it has ended by itself; return its exit code."""
        assert self._running is not None
        return self._running.wait(timeout=within)

    def _end(self, how: signal.Signals) -> None:
        if self._running is None or not self.is_alive:
            return
        self._running.send_signal(how)
        try:
            self._running.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
            raise AssertionError(f"{self.words} did not end on {how.name}") from None
        self.suspended = False

    def said(self, last: int = 4000) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-last:] if self.log.exists() else ""


def until(what, *, seconds: float = PATIENCE, why: str = "") -> None:
    """Wait for a true sign, bounded; ``why`` says what was waited for."""
    try:
        wait_for(what, seconds=seconds)
    except AssertionError as error:
        raise AssertionError(f"{why or what}: {error}") from None


def monotonic() -> float:
    """Seconds that no setting of a clock changes."""
    return time.monotonic()
