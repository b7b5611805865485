"""Many rows of one table written at once, without making an object of each.

``bulk_create`` asks every field of every row how it wants to be stored, which costs a hundred
microseconds a row; an import of a hundred thousand rows waits for little else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import DateField, Field, Model

AnyField: TypeAlias = "Field[Any, Any]"
_MOST_VALUES = 30_000  # in one statement, where the database itself sets no lower limit


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[int]:
    """Insert rows and return their ids, in order. Needs the caller's transaction.

    ``names`` are the model's attributes (``tenant_id``, not ``tenant``), all but the id; values
    are text, numbers, booleans, days, aware times or None, and are stored as they are: whoever
    calls this has checked them.
    """
    fields = _fields(model, names)
    table, columns = _quoted(model._meta.db_table), ", ".join(_column(field) for field in fields)
    ids: list[int] = []
    with connection.cursor() as cursor:
        for part, parameters in _in_parts(fields, rows):
            cursor.execute(
                f"INSERT INTO {table} ({columns}) {part} RETURNING {_quoted('id')}", parameters
            )
            ids += [found[0] for found in cursor.fetchall()]
    return ids


def update(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write these attributes of rows that exist; each row ends with its primary key.

    One statement for many rows: PostgreSQL plans each statement, and each is a way there and back.
    """
    fields, key = _fields(model, names), model._meta.pk
    table, new = _quoted(model._meta.db_table), [*fields, key]
    columns = ", ".join(_column(field) for field in new)
    changes = ", ".join(f"{_column(field)} = new.{_column(field)}" for field in fields)
    where = f"{table}.{_column(key)} = new.{_column(key)}"
    with connection.cursor() as cursor:
        for part, parameters in _in_parts(new, rows):
            cursor.execute(
                f"WITH new ({columns}) AS ({part})"  # noqa: S608 - our names
                f" UPDATE {table} SET {changes} FROM new WHERE {where}",
                parameters,
            )


def _fields(model: type[Model], names: Sequence[str]) -> list[AnyField]:
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    return [fields[name] for name in names]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _column(field: AnyField) -> str:
    return _quoted(str(field.column))


def _in_parts(
    fields: Sequence[AnyField], rows: Iterable[Sequence[Any]]
) -> Iterator[tuple[str, list[Any]]]:
    """Yield as many rows as one statement can take: the SQL that names them, and what is in it."""
    at_once = (connection.features.max_query_params or _MOST_VALUES) // len(fields)
    days = [place for place, field in enumerate(fields) if isinstance(field, DateField)]
    stored = [_stored(row, days) for row in rows]
    for place in range(0, len(stored), at_once):
        yield _part(fields, stored[place : place + at_once])


def _part(fields: Sequence[AnyField], rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    if connection.vendor == "postgresql":
        # A list for each column: typed, also where there is nothing but NULL in it, and quicker
        # written and read than a value for each cell. Without its length: a cast would cut text.
        types = [str(field.cast_db_type(connection)).partition("(")[0] for field in fields]
        lists = ", ".join(f"(%s)::{name}[]" for name in types)
        columns = [list(column) for column in zip(*rows, strict=True)]
        return f"SELECT * FROM UNNEST({lists})", columns  # noqa: S608 - our types
    holders = f"({', '.join(['%s'] * len(fields))})"
    return f"VALUES {', '.join([holders] * len(rows))}", [value for row in rows for value in row]


def _stored(row: Sequence[Any], days: Sequence[int]) -> Sequence[Any]:
    """Return a row with its days and times as this database takes them."""
    adapted = list(row)
    for place in days:
        if adapted[place] is not None:
            adapted[place] = _adapted(connection.vendor, adapted[place])
    return adapted


@lru_cache(maxsize=1024)
def _adapted(_vendor: str, value: date) -> Any:
    # The same few instants stand in thousands of rows.
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value)
