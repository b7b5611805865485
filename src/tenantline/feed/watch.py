"""Waiting for news: how a follower learns that the event table may hold something new.

SQLite has no messages between processes, but counts the commits of others for a connection;
asking for that count costs a few microseconds. PostgreSQL sends a notification at commit; now
and then a follower looks all the same, should one have got lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event as Flag

from django.db import connection

from tenantline.feed.actions import CHANNEL

POLL_SECONDS = 0.01
NET_SECONDS = 0.5  # also how long a follower may take to hear that it should end


def news(*, until: Flag) -> Iterator[None]:
    """Yield at once and then whenever the event table may have changed, until the flag is set.

    Uses this thread's connection for nothing else to write on. Raises what the database raises.
    """
    yield
    yield from _commits_of_others(until) if connection.vendor == "sqlite" else _notices(until)


def _commits_of_others(until: Flag) -> Iterator[None]:
    seen = _data_version()
    yield  # something may have been committed before the first count
    while not until.wait(POLL_SECONDS):
        version = _data_version()
        if version != seen:
            seen = version
            yield


def _data_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])


def _notices(until: Flag) -> Iterator[None]:
    import psycopg  # noqa: PLC0415 - megabytes that an installation on SQLite does without

    parameters = connection.get_connection_params()
    # Of its own, not from the pool: whoever took it next would hear our notices.
    with (
        connection.wrap_database_errors,
        psycopg.connect(**parameters, autocommit=True) as listener,
    ):
        listener.execute(f"LISTEN {CHANNEL}")
        yield  # something may have been committed before we listened
        while not until.is_set():
            for _ in listener.notifies(timeout=NET_SECONDS, stop_after=1):
                pass
            yield
