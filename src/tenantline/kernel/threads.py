"""Database work from async code: on a thread of its own, with a connection that lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")


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
