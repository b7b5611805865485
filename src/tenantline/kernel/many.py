"""Many rows of one table written at once, without making an object of each.

``bulk_create`` asks every field of every row how it wants to be stored, which costs a hundred
microseconds a row; an import of a hundred thousand rows waits for little else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import DateField, Model

_MOST_VALUES = 30_000  # in one statement, where the database itself sets no lower limit


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[int]:
    """Insert rows and return their ids, in order. Needs the caller's transaction.

    ``names`` are the model's attributes (``tenant_id``, not ``tenant``), all but the id; values
    are text, numbers, booleans, days, aware times or None, and are stored as they are: whoever
    calls this has checked them.
    """
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(fields[name].column)) for name in names)
    start = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608 - our names
    holders = f"({', '.join(['%s'] * len(names))})"
    at_once = (connection.features.max_query_params or _MOST_VALUES) // len(names)
    days = [place for place, name in enumerate(names) if isinstance(fields[name], DateField)]
    stored = [_stored(row, days) for row in rows]
    ids: list[int] = []
    with connection.cursor() as cursor:
        for place in range(0, len(stored), at_once):
            some = stored[place : place + at_once]
            cursor.execute(
                f"{start}{', '.join([holders] * len(some))} RETURNING {quote('id')}",
                [value for row in some for value in row],
            )
            ids += [found[0] for found in cursor.fetchall()]
    return ids


def update(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write these attributes of rows that exist; each row ends with its primary key."""
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    quote = connection.ops.quote_name
    changes = ", ".join(f"{quote(str(fields[name].column))} = %s" for name in names)
    key = quote(str(model._meta.pk.column))
    words = f"UPDATE {quote(model._meta.db_table)} SET {changes} WHERE {key} = %s"  # noqa: S608 - our names
    days = [place for place, name in enumerate(names) if isinstance(fields[name], DateField)]
    with connection.cursor() as cursor:
        cursor.executemany(words, [_stored(row, days) for row in rows])


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
