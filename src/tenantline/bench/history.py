"""A long history, multiplied by SQL from one true example: the only way to a million in seconds.

It knows tables by name and copies whatever columns they have, so that a column more or less needs
no change here. Copies have ids of their own range, far from those that the product gives.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

PER_CHAT: Final = 20
_FIRST: Final = 1_000_000_000  # the first copied id
_NUMBERS: Final = (
    "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {end})"
)
_UNREAD: Final = "CASE WHEN (n.i % 50) = 0 THEN 1 ELSE 0 END"


@dataclass(frozen=True)
class Numbers:
    """For which ``n.i`` a row is copied: from ``first`` up to ``end``, where ``only`` holds."""

    first: int
    end: int
    only: str = "TRUE"


def count(table: str, where: str = "TRUE") -> int:
    """Return how many rows a table has."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}")  # noqa: S608 - our own names
        return int(cursor.fetchone()[0])


def put_off(until: datetime) -> int:
    """Let every text in the queue wait until then; return how many there are."""
    at = connection.ops.adapt_datetimefield_value(until)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_text SET next_at = %s WHERE state = 'queued'", [at])
        return int(cursor.rowcount)


def last_written(at: datetime) -> None:
    """Say of every conversation that its last text is of this instant."""
    adapted = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE conversations_conversation SET last_at = %s", [adapted])


def look_over() -> None:
    """Let PostgreSQL count what was written all at once, as it does by itself within minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def commits(seconds: float) -> float:
    """Insert copies of one stored inbound text, each with its commit; return how many a second."""
    columns, row = _example("intake_inboundcall")
    place = columns.index("message_sid")
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO intake_inboundcall ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
    done, began = 0, time.monotonic()
    with connection.cursor() as cursor:
        while time.monotonic() - began < seconds:
            row[place] = f"raw{done}"
            cursor.execute(statement, row)
            done += 1
    return done / (time.monotonic() - began)


def fill(total: int) -> int:
    """Have so many texts in all, half of them inbound; return a conversation of usual length."""
    have = count("conversations_message", f"id >= {_FIRST}")
    chats = have // PER_CHAT, total // PER_CHAT
    out, come = Numbers(have, total, "n.i % 2 = 0"), Numbers(have, total, "n.i % 2 = 1")
    sid, ago, same = "'SMcopy' || n.i", _ago("n.i / 20"), _id("n.i")
    chat = {"number": "'+1' || (2000000000 + n.i)", "last_at": _ago("n.i"), "unread": _UNREAD}
    _copy("conversations_conversation", Numbers(*chats), chat)
    _copy("consent_clearance", out, {})
    sent = {"clearance_id": same, "state": "'delivered'", "carrier_sid": sid, "created_at": ago}
    _copy("outbox_text", out, sent)
    _copy("intake_inboundcall", come, {"message_sid": sid, "worked_at": ago})
    place = {"conversation_id": _id("n.i / 20"), "at": ago}
    _copy("conversations_message", out, place | {"text_id": same}, "direction = 'out'")
    _copy("conversations_message", come, place | {"call_id": same}, "direction = 'in'")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return _FIRST + chats[1] - 1


def _copy(table: str, numbers: Numbers, changes: Mapping[str, str], example: str = "TRUE") -> None:
    """Copy a table's first row for each number, with these columns changed."""
    if numbers.first >= numbers.end:
        return
    columns = _columns(table)
    values = {"id": _id("n.i"), **changes}
    chosen = ", ".join(values.get(name, f"e.{name}") for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - our own names
            f"{_NUMBERS.format(first=numbers.first, end=numbers.end)} SELECT {chosen} FROM n, "
            f"(SELECT * FROM {table} WHERE {example} ORDER BY id LIMIT 1) AS e "
            f"WHERE {numbers.only}"
        )


def _id(number: str) -> str:
    return f"{_FIRST} + {number}"


def _ago(seconds: str) -> str:
    if connection.vendor == "sqlite":
        return f"datetime('now', '-' || ({seconds}) || ' seconds')"
    return f"now() - ({seconds}) * interval '1 second'"


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, table)
    return [column.name for column in found]


def _example(table: str) -> tuple[list[str], list[Any]]:
    """Return a table's columns without the id, and the first row's values."""
    columns = [name for name in _columns(table) if name != "id"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id LIMIT 1")  # noqa: S608
        return columns, list(cursor.fetchone())
