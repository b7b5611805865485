"""Turns at writing to one SQLite file: threads and processes queue, and nobody is passed over.

SQLite lets in whoever happens to ask when the file is free, so that of several writers one may
wait for very long. Here the threads of a process stand in one queue, and the processes take turns
by locks on two files beside the database: whoever wants to write holds ``next`` until it has
``turn``, so that a process which has just written cannot be first again. The system frees a lock
whose holder has died. Plain Python.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

_FIRST_PAUSE: Final = 0.0002  # seconds between looks whether another process has ended its turn
_LONGEST_PAUSE: Final = 0.002
_OFTEN: Final = 2  # times
_here = threading.local()


class TooLongError(Exception):
    """Somebody else's turn has not ended in time."""


def go_first() -> None:
    """Let this thread go before the others of its process (but not twice in a row)."""
    _here.first = True


@dataclass(slots=True)
class _Ticket:
    first: bool
    called: threading.Event = field(default_factory=threading.Event)


class Turns:
    """The queue of one process for one database file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._busy = False
        self._last_was_first = False
        self._first: deque[_Ticket] = deque()
        self._others: deque[_Ticket] = deque()
        self._turn = self._next = -1
        self._met_others: deque[float] = deque(maxlen=_OFTEN)  # time.monotonic()

    def take(self, seconds: float) -> None:
        """Wait for a turn, at most so long; raises ``TooLongError``."""
        ends = time.monotonic() + seconds
        self._take_here(seconds)
        try:
            self._take_among_processes(ends)
        except BaseException:
            self._give_here()
            raise

    def give(self) -> None:
        """End the turn."""
        fcntl.flock(self._turn, fcntl.LOCK_UN)
        self._give_here()

    def met_others_since(self, moment: float) -> bool:
        """Tell whether others have often been in our way since then (``time.monotonic()``).

        That is, a thread which goes first wanted to write, or another process was writing when we
        wanted to. Once says nothing: every process gives a sign of life now and then.
        """
        return len(self._met_others) == _OFTEN and self._met_others[0] > moment

    def _take_here(self, seconds: float) -> None:
        first = getattr(_here, "first", False)
        with self._guard:
            if first:
                self._met_others.append(time.monotonic())
            if not self._busy:
                self._busy = True
                self._last_was_first = first
                return
            ticket = _Ticket(first)
            (self._first if ticket.first else self._others).append(ticket)
        if ticket.called.wait(seconds):
            return
        with self._guard:
            if not ticket.called.is_set():
                (self._first if ticket.first else self._others).remove(ticket)
                raise TooLongError
        # It was called in the very moment in which it gave up: the turn is taken after all.

    def _give_here(self) -> None:
        with self._guard:
            first_again = self._last_was_first and self._others
            queue = self._others if first_again or not self._first else self._first
            if not queue:
                self._busy = False
                return
            ticket = queue.popleft()
            self._last_was_first = ticket.first
            ticket.called.set()

    def _take_among_processes(self, ends: float) -> None:
        if self._turn < 0:
            self._turn, self._next = _opened(f"{self._path}.turn"), _opened(f"{self._path}.next")
        self._lock(self._next, ends)
        try:
            self._lock(self._turn, ends)
        finally:
            fcntl.flock(self._next, fcntl.LOCK_UN)

    def _lock(self, file: int, ends: float) -> None:
        if _locked(file):
            return
        self._met_others.append(time.monotonic())
        pause = _FIRST_PAUSE
        while not _locked(file):
            if time.monotonic() >= ends:
                raise TooLongError
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)


_all: dict[tuple[int, str], Turns] = {}
_making = threading.Lock()


def turns_for(path: str) -> Turns:
    """Return this process's queue for a database file; a forked child has its own."""
    key = (os.getpid(), path)
    found = _all.get(key)
    if found is None:
        with _making:
            found = _all.setdefault(key, Turns(path))
    return found


def others_wrote_within(seconds: float) -> bool:
    """Tell whether other processes, or a thread that goes first, have written a lot lately."""
    lately = time.monotonic() - seconds
    return any(turns.met_others_since(lately) for turns in list(_all.values()))


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _opened(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
