"""Append-only tables: triggers that refuse what code, raw SQL and the shell must not do.

An erasable table is one whose rows may be deleted, but only where a row of an append-only table
names them (ADR 19).

Both databases need more than the obvious pair of triggers. On SQLite ``INSERT OR REPLACE``
deletes without firing delete triggers, and a later ``AlterField`` rebuilds the table and drops
its triggers silently; on PostgreSQL ``TRUNCATE`` passes row triggers. So replacing inserts and
truncation are refused too, and the walls are raised again after every migrate.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_PG_FUNCTION = """
CREATE OR REPLACE FUNCTION tenantline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only: % cannot be changed', TG_TABLE_NAME; END $$
"""
_PG_ERASABLE = """
CREATE OR REPLACE FUNCTION tenantline_erasable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE named boolean := false;
BEGIN
    IF TG_OP = 'DELETE' THEN
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE particulars_id = $1)', TG_ARGV[0])
            INTO named USING OLD.id;
    END IF;
    IF named THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'append-only: % cannot be changed', TG_TABLE_NAME;
END $$
"""


def raise_after_migrate(*, using: str, **_signal: Any) -> None:
    """Raise every wall whose table exists by now."""
    raise_walls(connections[using])


def raise_walls(connection: BaseDatabaseWrapper) -> None:
    """(Re)make the walls of every append-only table. Safe to repeat."""
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            cursor.execute(_PG_FUNCTION)
            cursor.execute(_PG_ERASABLE)
        for table in _walled():
            if table in present and settings.ERASABLE_TABLES.get(table, table) in present:
                for statement in _statements(connection, table):
                    cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of walls that do not stand, as ``table: wall``."""
    expected = {
        f"{table}: {name}" for table in _walled() for name in _wall_names(connection.vendor)
    }
    return sorted(expected - _standing(connection))


def _walled() -> list[str]:
    return [*settings.APPEND_ONLY_TABLES, *settings.ERASABLE_TABLES]


def _wall_names(vendor: str) -> tuple[str, ...]:
    if vendor == "postgresql":
        return ("no_change", "no_truncate")
    return ("no_update", "no_delete", "no_replace")


def _standing(connection: BaseDatabaseWrapper) -> set[str]:
    if connection.vendor == "postgresql":
        query = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
        )
    else:
        query = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {f"{table}: {name.removeprefix(table + '_')}" for table, name in cursor.fetchall()}


def _statements(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    if connection.vendor == "postgresql":
        return _postgres_walls(table)
    return _sqlite_walls(connection, table)


def _postgres_walls(table: str) -> list[str]:
    call = "EXECUTE FUNCTION tenantline_append_only()"
    names = settings.ERASABLE_TABLES.get(table)
    change = f"EXECUTE FUNCTION tenantline_erasable('{names}')" if names else call
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW {change}",
        f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}",
    ]


def _sqlite_walls(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    refuse = f"SELECT RAISE(ABORT, 'append-only: {table} cannot be changed');"
    exists = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {columns})"  # noqa: S608 - our own names
        for columns in _unique_matches(connection, table)
    )
    names = settings.ERASABLE_TABLES.get(table)
    unnamed = (
        f"WHEN NOT EXISTS (SELECT 1 FROM {names} WHERE particulars_id = OLD.id)"  # noqa: S608
        if names
        else ""
    )
    walls = {
        "no_update": f"BEFORE UPDATE ON {table} BEGIN {refuse} END",
        "no_delete": f"BEFORE DELETE ON {table} {unnamed} BEGIN {refuse} END",
        "no_replace": f"BEFORE INSERT ON {table} WHEN {exists} BEGIN {refuse} END",
    }
    statements = []
    for name, definition in walls.items():
        statements.append(f"DROP TRIGGER IF EXISTS {table}_{name}")
        statements.append(f"CREATE TRIGGER {table}_{name} {definition}")
    return statements


def _unique_matches(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """Return one SQL condition per unique key that a replacing insert could collide on."""
    # Asked of SQLite itself: Django's introspection parses every table's SQL, which takes seconds.
    keys: list[list[str]] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pragma_table_info(%s) WHERE pk > 0 ORDER BY pk", [table])
        keys.append([name for (name,) in cursor.fetchall()])
        cursor.execute('SELECT name FROM pragma_index_list(%s) WHERE "unique"', [table])
        for (index,) in cursor.fetchall():
            cursor.execute("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [index])
            keys.append([name for (name,) in cursor.fetchall()])
    return [" AND ".join(f'"{column}" = NEW."{column}"' for column in key) for key in keys]
