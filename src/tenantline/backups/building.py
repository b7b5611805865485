"""Where a restore builds: beside what is there, so that it is taken whole or not at all.

SQLite: a new file, which takes the old one's name at the very end; what was there is kept under
another name. PostgreSQL: one transaction, which drops our tables and makes them anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, transaction

from tenantline.backups import tables
from tenantline.intake import hearing
from tenantline.kernel.errors import Refused
from tenantline.outbox import queries as outbox

_log = structlog.get_logger(__name__)
_UNREADABLE: Final = re.compile("not a database|malformed|encrypted")
_AROUND: Final = ("-wal", "-shm", "-journal")
_QUEUE: Final = (".next", ".turn")  # in which SQLite's writers wait (ADR 16)
_IN_USE: Final = (
    "Tenantline is running on this database; stop it, wait 15 seconds, and restore again."
)


def demand_idle(now: datetime) -> None:
    """Raise ``Refused`` if a web process or a worker has given a sign of life just now."""
    present = _present() or set()
    busy = "intake_listener" in present and hearing.knowledge(now).heard_since is not None
    if busy or ("outbox_workerbeat" in present and outbox.fresh_workers(now)):
        raise Refused("in_use", _IN_USE)


def holds_anything() -> bool:
    """Tell whether there is anything in the database besides what ``tenantline init`` makes.

    A file that cannot be read counts as something: whoever wants it replaced says so.
    """
    present = _present()
    if present is None:
        return True
    made_by_init = {"consent_ledgerhead"}
    names = [tables.table_of(model) for model in tables.kept()]
    with connection.cursor() as cursor:
        for name in names:
            if name in present and name not in made_by_init:
                cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {name})")  # noqa: S608 - our names
                if cursor.fetchone()[0]:
                    return True
        if "consent_ledgerhead" in present:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM consent_ledgerhead WHERE sequence > 0)")
            return bool(cursor.fetchone()[0])
    return False


def migrations() -> list[str]:
    """Return the applied migrations of our rooms, none where the database cannot be read."""
    present = _present()
    return tables.migrations(connection) if present and "django_migrations" in present else []


@contextmanager
def anew(*, keep: bool, now: datetime) -> Iterator[Path | None]:
    """Give an empty, migrated database as Django's own; it stays if the block ends in peace.

    What is written in the block is one transaction. ``keep`` the old file beside the new one
    (SQLite; on a server what was there is gone); yields where that will be, if so.
    """
    if connection.vendor == "postgresql":
        with _on_the_server():
            yield None
        return
    path = Path(str(connection.settings_dict["NAME"]))
    kept = path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%S}") if keep else None
    with _in_a_file(path, kept, now):
        yield kept


@contextmanager
def _on_the_server() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Whoever still reads a table we drop is not waited for long.
            cursor.execute("SET LOCAL lock_timeout = '5s'")
        _drop_tables()
        _migrate()
        with connection.cursor() as cursor:
            # Tables come back in no order of who refers to whom; a migration checks at once.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield


def _drop_tables() -> None:
    ours = sorted(_ours(_present() or set()))
    if not ours:
        return
    quoted = ", ".join(connection.ops.quote_name(name) for name in ours)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {quoted} CASCADE")
    except OperationalError as error:  # the lock was not to be had
        raise Refused("in_use", _IN_USE) from error


@contextmanager
def _in_a_file(path: Path, kept: Path | None, now: datetime) -> Iterator[None]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.restoring")
    _remove(beside)
    try:
        with _pointed_at(beside):
            _migrate()
            with transaction.atomic():
                yield
            _make_whole(beside)
        _swap(beside, path, kept, now)
    finally:
        _remove(beside)


@contextmanager
def _pointed_at(path: Path) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _migrate() -> None:
    # Raises the walls too (kernel.apps), and makes what Django itself keeps.
    call_command("migrate", verbosity=0, interactive=False)


def _make_whole(path: Path) -> None:
    """Leave nothing of the file in its write-ahead log, and all of it on the disk."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(new: Path, path: Path, kept: Path | None, now: datetime) -> None:
    if path.exists():
        demand_idle(now)
        _close_down(path)
    if kept is not None:
        os.link(path, kept)
    for end in _AROUND:
        log = path.with_name(path.name + end)
        if kept is not None and log.exists():
            log.rename(kept.with_name(kept.name + end))
        log.unlink(missing_ok=True)
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _close_down(path: Path) -> None:
    """Bring the old file's log home, which also shows whether somebody has it open."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout=1000")
            cursor.execute("PRAGMA journal_mode=DELETE")
    except DatabaseError as error:
        if "locked" in str(error):
            raise Refused("in_use", _IN_USE) from error
        _log.warning("the old database cannot be read; it is put aside as it is", file=path.name)
    finally:
        connection.close()


def _remove(path: Path) -> None:
    for end in ("", *_AROUND, *_QUEUE):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _present() -> set[str] | None:
    """Return the names of the tables that are there, None for a file that cannot be read."""
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():
        return set()
    try:
        with connection.cursor() as cursor:
            return set(connection.introspection.table_names(cursor))
    except DatabaseError as error:
        if connection.vendor == "sqlite" and _UNREADABLE.search(str(error)):
            return None
        raise


def _ours(present: set[str]) -> set[str]:
    known = set(connection.introspection.django_table_names(include_views=False))
    return present & (known | {"django_migrations"})
