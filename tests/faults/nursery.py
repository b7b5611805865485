"""Processes that are copies of one that has loaded the program already.

To load it takes a second or two, which is most of what a round of faults would take. What is
copied has read its settings and loaded code, and has no thread, no connection and no open file but
its standard streams; each copy is a process of its own that does what the command does.

As a script it is the process that is copied, and takes an order a line.
"""

from __future__ import annotations

import gc
import json
import os
import random
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Copy:
    """A running copy, as far as ``subprocess.Popen`` says the same of its own."""

    pid: int
    _end: int = field(init=False)

    def __post_init__(self) -> None:
        self._end = os.pidfd_open(self.pid)

    def poll(self) -> int | None:
        """Return 0 once it has ended; nobody learns how."""
        return 0 if self._has_ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; raise ``subprocess.TimeoutExpired`` if that takes too long."""
        if not self._has_ended(timeout):
            raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0.0)
        return 0

    def send_signal(self, which: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._end, which)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)

    def _has_ended(self, within: float | None) -> bool:
        ends = select.poll()
        ends.register(self._end, select.POLLIN)
        return bool(ends.poll(None if within is None else within * 1000))

    def __del__(self) -> None:
        os.close(self._end)


class Nursery:
    """Starts copies with one environment; ``close`` ends what is copied, not the copies."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as said:
            self._copied = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                env=dict(environment),
                cwd=Path(__file__).parents[2],
                text=True,
            )

    def start(self, clock: Path, words: Sequence[str], log: Path) -> Copy:
        """Start the command with these words; its clock follows a file, see ``moved_clock``."""
        orders, numbers = self._copied.stdin, self._copied.stdout
        assert orders is not None
        assert numbers is not None
        orders.write(json.dumps({"clock": str(clock), "words": words, "log": str(log)}) + "\n")
        orders.flush()
        number = numbers.readline()
        assert number, "the process that is copied has ended; its log says why"
        return Copy(int(number))

    def close(self) -> None:
        """Let it end, which it does by itself when there is nobody to give orders."""
        with self._copied:
            pass


def main() -> None:
    """Load everything, then make a copy for every order until there are no more."""
    _load()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for copies
    for line in sys.stdin:
        assert threading.active_count() == 1, threading.enumerate()
        number = os.fork()
        if number == 0:
            _become(json.loads(line))
            return
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def _load() -> None:
    """Load what the web process and the worker load.

    Not ``config.asgi``, which starts threads, nor ``config.wsgi``, which looks for static files.
    """
    from tenantline.cli import start

    start.load(quiet=False)
    import a2wsgi  # noqa: F401
    import argon2  # noqa: F401
    from uvicorn.lifespan import on  # noqa: F401
    from uvicorn.loops import auto as loops  # noqa: F401
    from uvicorn.protocols.http import auto as protocols  # noqa: F401

    from tenantline.config import urls  # noqa: F401
    from tenantline.hooks import app as hooks  # noqa: F401
    from tenantline.live import app as live  # noqa: F401
    from tenantline.worker import run  # noqa: F401


def _become(order: dict[str, Any]) -> None:
    """Be the process that was ordered, to its end."""
    from tests.faults import moved_clock

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    random.seed()
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number, stream in enumerate((nothing, log, log)):
        os.dup2(stream, number)
    os.close(nothing)
    os.close(log)
    moved_clock.run(Path(order["clock"]), order["words"])


if __name__ == "__main__":
    main()
