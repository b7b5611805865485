"""A CSV file piece by piece: as spreadsheets want it, and safe to open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tenantline.kernel.csv_safe import safe

_BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it Excel does not read UTF-8


def written(header: Sequence[str], slices: Iterable[Iterable[Sequence[str]]]) -> Iterator[bytes]:
    """Yield the file: the header at once, then each slice of rows when it has been read."""
    yield (_BOM + _lines([header])).encode()
    for rows in slices:
        # A half of a surrogate pair cannot be UTF-8; no room lets one in, but a carrier might.
        yield _lines(rows).encode(errors="replace")


def moment(at: datetime | None, zone: str) -> str:
    """Write an instant in an IANA zone, to the second: ``2026-11-22T11:02:15-06:00``."""
    return "" if at is None else at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def money(cents: int) -> str:
    """Write cents as dollars, less than nothing in brackets: ``129.00``, ``(12.50)``.

    A minus in front would need the apostrophe, and no longer be a number.
    """
    dollars, rest = divmod(abs(cents), 100)
    amount = f"{dollars}.{rest:02d}"
    return f"({amount})" if cents < 0 else amount


def yes(value: bool) -> str:
    """Write ``yes`` or ``no``."""
    return "yes" if value else "no"


def _lines(rows: Iterable[Sequence[str]]) -> str:
    written_to = io.StringIO(newline="")
    csv.writer(written_to).writerows([safe(cell) for cell in row] for row in rows)
    return written_to.getvalue()
