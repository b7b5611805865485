"""A file as a sheet: its encoding, delimiter, header and what its columns show as a whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from tenantline.imports import reading
from tenantline.imports.columns import TENANTS
from tenantline.imports.dates import Order
from tenantline.imports.encoding import encoding_of
from tenantline.imports.errors import Unusable
from tenantline.imports.headers import Columns, Subject, places
from tenantline.imports.reading import Record
from tenantline.imports.values import text

LARGEST: Final = 200 * 1024 * 1024
_HEADER_WITHIN: Final = 40  # records: titles and blank lines may stand before the header
_FACILITIES_TOLD: Final = 2


@dataclass(frozen=True)
class Sheet:
    """What was found out about a file before any row of it is used.

    ``header_line`` is where the names of the columns stand. ``us_dates`` are the date columns
    that as a whole only make sense with the month first. ``several_facilities``: a facility
    column names more than one. ``rows`` counts the records after the header.
    """

    path: Path
    digest: str
    encoding: str
    delimiter: str
    header_line: int
    columns: Columns
    us_dates: frozenset[str] = frozenset()
    several_facilities: bool = False
    rows: int = 0

    def records(self) -> Iterator[Record]:
        """Yield the records after the header."""
        every = reading.records(reading.lines_of(self.path, self.encoding), self.delimiter)
        return (record for record in every if record.line > self.header_line)


@dataclass
class _Seen:
    """What a pass over the rows collects."""

    orders: dict[str, Order] = field(default_factory=dict)
    facilities: set[str] = field(default_factory=set)
    rows: int = 0


def open_sheet(
    path: Path, wanted: Mapping[str, str] | None = None, *, subject: Subject = TENANTS
) -> Sheet:
    """Find out how a file is to be read. ``wanted`` maps fields to columns, over the guess.

    Raises:
        Unusable: the file cannot be read, or its columns are not enough for the subject.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise Unusable("That is not a file.")
        if size > LARGEST:
            raise Unusable(f"The file is larger than {LARGEST // 1024**2} MB.")
        digest, encoding = _digest(path), encoding_of(path)
    except OSError as error:
        raise Unusable(f"The file {path.name} cannot be read: {error.strerror}.") from None
    delimiter, header, columns = _header(path, encoding, wanted or {}, subject)
    plain = Sheet(path, digest, encoding, delimiter, header.line, columns)
    seen = _look(plain, subject)
    return Sheet(
        path=path,
        digest=digest,
        encoding=encoding,
        delimiter=delimiter,
        header_line=header.line,
        columns=columns,
        us_dates=frozenset(name for name, order in seen.orders.items() if order.is_us),
        several_facilities=len(seen.facilities) >= _FACILITIES_TOLD,
        rows=seen.rows,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _header(
    path: Path, encoding: str, wanted: Mapping[str, str], subject: Subject
) -> tuple[str, Record, Columns]:
    """Return the delimiter, the header and its columns: those that most columns are known under."""
    best: tuple[int, str, Record, Columns] | None = None
    trouble: Unusable | None = None
    for delimiter in _delimiters(path, encoding):
        for record in _beginning(path, encoding, delimiter):
            columns = subject.guessed(record.cells)
            try:
                columns = columns.with_choices(places(record.cells, wanted))
            except Unusable as error:
                if subject.usable(columns) and len(columns.chosen) > 1:
                    trouble = trouble or error
                continue
            score = len(columns.chosen)
            if subject.usable(columns) and (best is None or score > best[0]):
                best = (score, delimiter, record, columns)
    if best is None:
        raise trouble or Unusable(subject.missing)
    return best[1:]


def _delimiters(path: Path, encoding: str) -> tuple[str, ...]:
    first = next(reading.lines_of(path, encoding), "")
    named = reading.named_delimiter(first)
    return (named,) if named else reading.DELIMITERS


def _beginning(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    lines = reading.lines_of(path, encoding)
    found = islice(reading.records(lines, delimiter), _HEADER_WITHIN)
    return (record for record in found if not record.fault)


def _look(sheet: Sheet, subject: Subject) -> _Seen:
    """Read all rows once for what only the whole column can say."""
    seen = _Seen({name: Order() for name in subject.dates if name in sheet.columns.chosen})
    chosen = sheet.columns.chosen
    for record in sheet.records():
        seen.rows += 1
        cells = record.cells
        for name, order in seen.orders.items():
            place = chosen[name]
            if place < len(cells) and cells[place]:
                order.see(text(cells[place]))
        place = chosen.get("facility", -1)
        if 0 <= place < len(cells) and len(seen.facilities) < _FACILITIES_TOLD and cells[place]:
            seen.facilities.add(re.sub(r"\s+", " ", text(cells[place])).lower())
    return seen
