"""Database work from async code: on a thread of its own, with a connection that lives."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from typing import Final, ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")
_TURN: Final = 0.0005  # seconds; Python's own is ten times as long


def take_short_turns() -> None:
    """Have this process's threads take short turns at the interpreter.

    A thread gives its turn away with each question to the database, and beside a busy event loop
    waits a whole turn to get it back. In a transaction of thirty questions that adds up, and on
    SQLite everybody else waits for its end.
    """
    sys.setswitchinterval(_TURN)


async def in_database(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work`` on one of the event loop's threads and return what it returns.

    A connection that has died since the thread last used it (a database that was restarted) is
    replaced first.
    """
    bound = partial(work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(None, _with_live_connection, bound)


def _with_live_connection(work: Callable[[], T]) -> T:
    close_old_connections()
    return work()
