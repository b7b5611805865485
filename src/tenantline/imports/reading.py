"""A file as records, one at a time, each with its line number. Nothing is lost silently.

The records come from Python's ``csv``, which takes a stray quotation mark for the beginning of a
cell and would swallow the rest of the file into it. So the lines are put together here first: a
record ends where its quotation marks are even, and one that does not end soon is broken.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tenantline.imports.errors import Unusable

DELIMITERS: Final = (",", ";", "\t", "|")
MOST_LINES: Final = 60  # that a quoted cell may run over
LONGEST: Final = 200_000  # characters of a record
_SEPARATOR: Final = re.compile(r"""["']?sep=(.)["']?""", re.IGNORECASE)
_UNREADABLE: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class Record:
    """One record. ``line``: where it begins, from 1; ``fault``: why it cannot be read."""

    line: int
    cells: list[str]
    fault: str = ""


def lines_of(path: Path, encoding: str) -> Iterator[str]:
    """Yield a file's lines, without NULs, each ending in a plain line break.

    What is no character of the encoding becomes U+FFFD, which refuses its row.
    """
    try:
        with path.open(encoding=encoding, errors="replace", newline=None) as file:
            for line in file:
                yield line.replace("\x00", "") if "\x00" in line else line
    except OSError as error:
        raise Unusable(f"The file cannot be read: {error.strerror}.") from None


def named_delimiter(line: str) -> str | None:
    """Return the delimiter that a first line ``sep=;`` names, as Excel writes it."""
    found = _SEPARATOR.fullmatch(
        line.strip("\ufeff \r\n") if "\t" not in line else line.strip("\n")
    )
    return found[1] if found else None


def records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Yield the records of these lines; blank ones are left out.

    A record whose quotation marks do not add up is yielded with a fault, as its first line
    alone, and reading goes on with the next line.
    """
    csv.field_size_limit(LONGEST)
    source, blank = _Lines(lines), f"{delimiter} \t\r\n"
    while (line := source.next()) is not None:
        if '"' not in line:
            if line.strip(blank):
                yield _parsed([line], delimiter, source.number)[0]
            continue
        first = source.number
        whole = source.until_even(line)
        found = _parsed(whole, delimiter, first) if whole else []
        if found:
            yield from (record for record in found if any(map(str.strip, record.cells)))
            continue
        yield _broken(line, delimiter, first)
        source.back_to(first)


def _parsed(whole: list[str], delimiter: str, first: int) -> list[Record]:
    """Parse lines that belong together; nothing if they are no good CSV."""
    reader = csv.reader(whole, delimiter=delimiter, strict=True)
    found, line = [], first
    try:
        for cells in reader:
            found.append(Record(line, cells, _fault(cells)))
            line = first + reader.line_num
    except csv.Error:
        if len(whole) == 1 and '"' not in whole[0]:
            return [
                Record(first, [whole[0][:100]], f"A cell is longer than {LONGEST:,} characters.")
            ]
        return []
    return found


def _fault(cells: list[str]) -> str:
    if any(_UNREADABLE in cell for cell in cells):
        return "The row holds characters that cannot be read in the file's encoding."
    return ""


def _broken(line: str, delimiter: str, number: int) -> Record:
    cells = [cell.strip(' "\n') for cell in line.split(delimiter)]
    return Record(number, cells, "A quotation mark in this row is not closed, or stands wrong.")


class _Lines:
    """Lines that one can go back in, as far as a record may be long."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._ahead: deque[str] = deque()
        self._taken: list[str] = []
        self.number = 0

    def next(self) -> str | None:
        """Return the next line, None at the end."""
        line = self._ahead.popleft() if self._ahead else next(self._source, None)
        if line is not None:
            self.number += 1
        return line

    def until_even(self, line: str) -> list[str]:
        """Return the lines of a record that begins with ``line``; none if it does not end soon."""
        self._taken = [line]
        odd, size = line.count('"') % 2, len(line)
        while odd:
            more = self.next()
            if more is None:
                return []
            self._taken.append(more)
            odd, size = (odd + more.count('"')) % 2, size + len(more)
            if len(self._taken) > MOST_LINES or size > LONGEST:
                return []
        return self._taken

    def back_to(self, first: int) -> None:
        """Go back to the line after ``first``."""
        self._ahead.extendleft(reversed(self._taken[1:]))
        self.number = first
