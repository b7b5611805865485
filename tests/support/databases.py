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
from django.test.utils import setup_databases, teardown_databases

from tests.support import once

_numbers = itertools.count(1)


@dataclass(frozen=True)
class FreshDatabase:
    """A database that one test has to itself; ``url`` is for processes that it starts."""

    name: str
    url: str


@contextmanager
def migrated(shared: Path) -> Iterator[None]:
    """Point Django at a migrated test database; of xdist's processes the first one migrates.

    ``shared`` is a folder that all of them see.
    """
    model = shared / "migrated.sqlite3"
    with once.alone(shared / "migrated.lock"):
        is_first = not model.exists()
        if not is_first:
            _take_copy(model)
        made = setup_databases(
            verbosity=0, interactive=False, keepdb=not is_first, serialized_aliases=[]
        )
        if is_first:
            _keep_copy(model)
        # Nobody may be connected to it: PostgreSQL copies no other.
        connections.close_all()
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)
        if is_first:
            _drop_copy(model)


def _keep_copy(model: Path) -> None:
    """Keep what was just migrated; for PostgreSQL the file holds the copy's name."""
    if connection.vendor == "sqlite":
        _vacuum_into(model)
        return
    name = str(connection.settings_dict["NAME"])
    copy = f"{name}_migrated"
    let_go()
    on_server(f'DROP DATABASE IF EXISTS "{copy}"')
    on_server(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    model.write_text(copy)


def _take_copy(model: Path) -> None:
    """Put a copy of it where Django will look for its test database."""
    name = str(connection.settings_dict["TEST"]["NAME"])
    if connection.vendor == "sqlite":
        shutil.copy(model, name)
        return
    on_server(f'DROP DATABASE IF EXISTS "{name}"')
    on_server(f'CREATE DATABASE "{name}" TEMPLATE "{model.read_text()}"')


def _drop_copy(model: Path) -> None:
    """Leave nothing on somebody's server; who comes later migrates again."""
    with once.alone(model.with_suffix(".lock")):
        if connection.vendor != "sqlite":
            on_server(f'DROP DATABASE "{model.read_text()}"')
        model.unlink()


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
        _vacuum_into(template)
    return str(shutil.copy(template, folder / f"fresh-{next(_numbers)}.sqlite3"))


def _vacuum_into(copy: Path) -> None:
    """Copy the database; unlike a file copy this takes along what lies in the write-ahead log."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])


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
