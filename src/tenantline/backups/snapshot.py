"""One moment of the database, to be read at leisure while others write.

Nobody waits for it. PostgreSQL shows a transaction what was there when it began. So does SQLite
under write-ahead logging, where readers and writers do not meet. With a rollback journal (where
WAL is unsafe: ``kernel.sqlite_driver``) a reader holds writers up; there the file is first copied
in small steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from tenantline.kernel.errors import Refused

_COPY: Final = "backup_copy"
_PAGES: Final = 64  # 256 kB: a step takes a few milliseconds
_REST: Final = 0.01  # seconds between two steps, in which others write
_RESTARTS: Final = 200  # a copy begins anew when somebody has written meanwhile


@contextmanager
def one_moment(folder: Path) -> Iterator[str]:
    """Give the alias of a database connection that sees one moment of the database.

    ``folder`` can take a copy for a while, where one is needed.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield DEFAULT_DB_ALIAS
    elif _journal() == "wal":
        with _reading():
            yield DEFAULT_DB_ALIAS
    else:
        with _copied(folder):
            yield _COPY


def _journal() -> str:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        return str(cursor.fetchone()[0]).lower()


@contextmanager
def _reading() -> Iterator[None]:
    with connection.cursor() as cursor:
        # Not `atomic`, which would take the write lock at once (transaction_mode IMMEDIATE).
        cursor.execute("BEGIN DEFERRED")
        try:
            cursor.execute("SELECT count(*) FROM sqlite_master")  # the moment is that of this read
            cursor.fetchone()
            yield
        finally:
            cursor.execute("ROLLBACK")


@contextmanager
def _copied(folder: Path) -> Iterator[None]:
    path = folder / f".{Path(str(connection.settings_dict['NAME'])).name}.copy"
    path.unlink(missing_ok=True)
    try:
        _copy_in_steps(path)
        copy = connection.copy(_COPY)
        copy.settings_dict["NAME"] = str(path)
        connections[_COPY] = copy
        try:
            yield
        finally:
            copy.close()
            del connections[_COPY]
    finally:
        path.unlink(missing_ok=True)


def _copy_in_steps(path: Path) -> None:
    connection.ensure_connection()
    target = type(connection.connection)(str(path))
    try:
        connection.connection.backup(target, pages=_PAGES, sleep=_REST, progress=_Patience())
    finally:
        target.close()


class _Patience:
    """Counts how often a copy had to begin anew, and gives up in the end."""

    def __init__(self) -> None:
        self._left = 0
        self._restarts = 0

    def __call__(self, _status: int, remaining: int, _total: int) -> None:
        self._restarts += remaining > self._left > 0
        self._left = remaining
        if self._restarts > _RESTARTS:
            raise Refused(
                "too_busy",
                "The database changes too often to be copied in small steps; try again when it is "
                "quieter, or stop Tenantline for the backup.",
            )
