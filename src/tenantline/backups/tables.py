"""Which tables a backup holds, and how a row is written so that either database can take it.

A row is a JSON array of its columns' values in the order that the manifest names. Times are
ISO 8601 in UTC, bytes are base64; all else is as JSON has it. The one place that looks at every
room's tables at once (ADR 17): a copy that had to be told of each new table would forget one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

# Signs of life of processes: of no use to anybody but those processes.
LEFT_OUT: Final = frozenset({"intake_listener", "outbox_workerbeat"})
_ROWS: Final = 500
_ROWS_WITH_BYTES: Final = 4  # each may hold a picture
Model = type[models.Model]
if TYPE_CHECKING:
    Field = models.Field[Any, Any]


def kept() -> list[Model]:
    """Return the models whose rows a backup holds, by table: all of our rooms', few left out.

    Not Django's own: sessions (everybody signs in anew), failed sign-ins, content types.
    """
    rooms = [room for room in apps.get_app_configs() if room.name.startswith("tenantline.")]
    found = [model for room in rooms for model in room.get_models(include_auto_created=True)]
    return sorted((model for model in found if model._meta.db_table not in LEFT_OUT), key=table_of)


def table_of(model: Model) -> str:
    """Return the name of a model's table."""
    return model._meta.db_table


def columns_of(model: Model) -> list[str]:
    """Return the names of a table's columns, in the order of its rows in a backup."""
    return [str(field.column) for field in _fields(model)]


def rows_at_once(model: Model) -> int:
    """Return how many rows of this table may be in memory together."""
    has_bytes = any(isinstance(field, models.BinaryField) for field in _fields(model))
    return _ROWS_WITH_BYTES if has_bytes else _ROWS


def written(model: Model, *, using: str) -> Iterator[bytes]:
    """Yield the rows of a table as lines, in the order of its key, in bounded memory."""
    names = [field.attname for field in _fields(model)]
    rows = model._base_manager.using(using).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=rows_at_once(model)):
        line = json.dumps(row, default=_plain, ensure_ascii=False, separators=(",", ":"))
        yield line.encode() + b"\n"


def read(line: bytes) -> list[Any]:
    """Return the values of a line, as ``stored`` takes them."""
    values: list[Any] = json.loads(line)
    return values


def insert(connection: BaseDatabaseWrapper, model: Model, rows: Sequence[list[Any]]) -> None:
    """Write rows with the ids they had. Needs the caller's transaction."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(name) for name in columns_of(model))
    holders = ", ".join(["%s"] * len(_fields(model)))
    into = f"INSERT INTO {quote(table_of(model))} ({columns}) VALUES ({holders})"  # noqa: S608
    takers = [_taker(field, connection) for field in _fields(model)]
    with connection.cursor() as cursor:
        cursor.executemany(
            into,
            [
                [
                    value if take is None else take(value)
                    for take, value in zip(takers, row, strict=True)
                ]
                for row in rows
            ],
        )


def skip_ids(connection: BaseDatabaseWrapper, model: Model, *, gap: int) -> None:
    """Let new rows begin ``gap`` behind the last one, if the database numbers this table's rows."""
    key = model._meta.pk
    if not isinstance(key, models.AutoField | models.BigAutoField):
        return
    table = table_of(model)
    last = model._base_manager.using(connection.alias).aggregate(last=models.Max("pk"))["last"]
    next_to = (last or 0) + gap
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "pg_get_serial_sequence(%s, %s)"
            cursor.execute(
                f"SELECT setval({sequence}, %s)",
                [connection.ops.quote_name(table), key.column, next_to],
            )
            return
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, next_to])


def migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the applied migrations of our rooms, as ``room.name``."""
    rooms = {model._meta.app_label for model in kept()}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in rooms)


def _fields(model: Model) -> list[Field]:
    return list(model._meta.local_concrete_fields)


def _plain(value: Any) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(bytes(value)).decode("ascii")
        case Decimal():
            return str(value)
    raise TypeError(f"a backup cannot hold a {type(value).__name__}")


def _taker(field: Field, connection: BaseDatabaseWrapper) -> Callable[[Any], Any] | None:
    """Return what turns a column's JSON value into what the database takes, None: it stays."""
    ops = connection.ops
    match field:
        case models.DateTimeField():
            return lambda v: (
                None if v is None else ops.adapt_datetimefield_value(datetime.fromisoformat(v))
            )
        case models.DateField():
            return lambda v: None if v is None else ops.adapt_datefield_value(date.fromisoformat(v))
        case models.TimeField():
            return lambda v: None if v is None else ops.adapt_timefield_value(time.fromisoformat(v))
        case models.BinaryField():
            return lambda v: None if v is None else base64.b64decode(v)
        case models.JSONField() | models.DecimalField():
            return lambda v: field.get_db_prep_save(v, connection)
    return None
