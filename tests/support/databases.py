"""Databases made anew for tests that commit.

The append-only tables refuse UPDATE, DELETE and TRUNCATE, so what a test has committed cannot be
flushed away: such a test gets a database of its own, copied from the migrated one, and the whole of
it is dropped afterwards.
"""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

_numbers = itertools.count(1)


@dataclass(frozen=True)
class FreshDatabase:
    """A database that one test has to itself; ``url`` is for processes that it starts."""

    name: str
    url: str


@contextmanager
def fresh(folder: Path) -> Iterator[FreshDatabase]:
    """Point Django at a new copy of the migrated test database, and back."""
    original = str(connection.settings_dict["NAME"])
    is_sqlite = connection.vendor == "sqlite"
    copy = _copy_file(original, folder) if is_sqlite else _copy_on_server(original)
    _point_at(copy)
    try:
        yield FreshDatabase(copy, _url_of(copy, is_sqlite=is_sqlite))
    finally:
        _point_at(original)
        if not is_sqlite:
            on_server(f'DROP DATABASE "{copy}" WITH (FORCE)')


def _copy_file(original: str, folder: Path) -> str:
    template = Path(f"{original}.template")
    if not template.exists():
        # Unlike a file copy this takes along what still lies in the write-ahead log.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(template)])
    return str(shutil.copy(template, folder / f"fresh-{next(_numbers)}.sqlite3"))


def _copy_on_server(original: str) -> str:
    copy = f"{original}_fresh_{next(_numbers)}"
    # PostgreSQL copies a database only while nobody is connected to it.
    let_go()
    on_server(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
    return copy


def on_server(statement: str) -> None:
    """Say something to the server from beside the test's own database."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _point_at(name: str) -> None:
    let_go()
    # Threads that open connections of their own read the same dictionary.
    connection.settings_dict["NAME"] = name


def let_go() -> None:
    """Be connected no more; the next question connects anew."""
    connections[DEFAULT_DB_ALIAS].close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


def _url_of(name: str, *, is_sqlite: bool) -> str:
    if is_sqlite:
        return f"sqlite:///{name}"
    from tests.support import postgres

    return urlunsplit(urlsplit(postgres.url())._replace(path="/" + quote(name)))


def use_file_for_sqlite(folder: Path) -> None:
    """Django would test in memory, where journal modes and locks mean nothing."""
    for database in settings.DATABASES.values():
        if database["ENGINE"].endswith("sqlite"):
            database.setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")
