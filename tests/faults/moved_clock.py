"""Runs ``tenantline`` on a machine whose clock can be set.

    python moved_clock.py FILE serve --port 8000

Everything is the true program; only what it reads as the time of day is moved. FILE holds by how
many seconds the clock is ahead. It is followed while the program runs, as when somebody, or NTP,
sets the clock. What counts seconds without a clock (time-outs, pauses) is not touched.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import time_machine

LOOK_EVERY = 0.02  # seconds


def main() -> None:
    """Run as a script."""
    run(Path(sys.argv[1]), sys.argv[2:])


def run(file: Path, words: list[str]) -> None:
    """Follow the file from now on, and run the command that the words name."""
    sys.argv = ["tenantline", *words]
    ahead = float(file.read_text())
    clock = time_machine.travel(time.time() + ahead, tick=True).start()  # noqa: TID251
    # To begin takes a second or two, which the clock has not seen.
    clock.shift(time_machine.escape_hatch.time.time() + ahead - time.time())  # noqa: TID251
    _confirm(file, ahead)
    threading.Thread(target=_follow, args=(file, ahead, clock), daemon=True).start()

    from tenantline.cli.main import main as tenantline

    tenantline()


def _follow(file: Path, ahead: float, clock: time_machine.Traveller) -> None:
    while True:
        time.sleep(LOOK_EVERY)
        wanted = float(file.read_text())
        if wanted != ahead:
            clock.shift(wanted - ahead)
            ahead = wanted
            _confirm(file, ahead)


def _confirm(file: Path, ahead: float) -> None:
    """Say, under our own number, what our clock is set to."""
    file.with_suffix(f".{os.getpid()}").write_text(str(ahead))


if __name__ == "__main__":
    main()
