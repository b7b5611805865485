"""A pass over all rows before any is used: which belong together, how many can be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tenantline.imports.groups import MOST_HOLDERS, Groups, Key, grouped, key_of
from tenantline.imports.kept import Kept
from tenantline.imports.rows import Accepted, Reader, Refused, Row

Progress = Callable[[int], None]
"""Told how many rows have been read so far."""
_TELL_EVERY = 500


@dataclass(frozen=True)
class Together:
    """One tenant of the file: what all of the rows say, the rows' lines, and refusals if any."""

    row: Accepted
    lines: tuple[int, ...]


def no_progress(_done: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Scanned:
    """All rows of a file as they were read, and which of them belong together."""

    rows: Kept
    groups: Groups


def scan(reader: Reader, progress: Progress = no_progress) -> Scanned:
    """Read all rows; find those that speak of one tenant, and numbers that too many have."""
    rows = Kept()
    first_lines: dict[Key, int] = {}
    repeated: set[int] = set()
    people: _People | None = None
    holders: dict[str, int] = {}
    for done, record in enumerate(reader.sheet.records(), 1):
        row = reader.read(record)
        rows.put(row)
        if done % _TELL_EVERY == 0:
            progress(done)
        if not isinstance(row, Accepted):
            continue
        key = key_of(row)
        if key in first_lines:
            repeated |= {first_lines[key], row.line}
            continue
        first_lines[key] = row.line
        if people is None and not row.external_id:
            # Where every row has an id nobody need ask who else a row might be.
            people = _met(rows, first_lines)
        elif people is not None and people.meet(row):
            continue
        if row.mobile:
            holders[row.mobile] = holders.get(row.mobile, 0) + 1
    del first_lines
    again = (row for row in rows if isinstance(row, Accepted) and row.line in repeated)
    groups = grouped(again, holders)
    groups.refused |= people.refused if people else {}
    return Scanned(rows, groups)


def _met(rows: Kept, first_lines: dict[Key, int]) -> _People:
    people = _People()
    for row in rows:
        if isinstance(row, Accepted) and first_lines.get(key_of(row)) == row.line:
            people.meet(row)
    return people


class _People:
    """R15's question within a file: rows with another key that may be the same person.

    Without a tenant id nobody can say whether two rows with the same name and number, address or
    unit are one person. Hashes stand for the words: a hundred thousand rows shall fit.
    """

    def __init__(self) -> None:
        self.refused: dict[int, str] = {}
        self._lines: dict[int, int] = {}  # negative: a row without a tenant id

    def meet(self, row: Accepted) -> bool:
        """Tell whether the row may be somebody who stands before it, and refuse it then."""
        signs = [hash(sign) for sign in _signs(row)]
        for sign in signs:
            before = self._lines.get(sign, 0)
            if before and (before < 0 or not row.external_id):
                self.refused[row.line] = (
                    f"This may be the person on line {abs(before)}: the name is the same, and so "
                    "is the number, e-mail or unit; give both rows their tenant ids."
                )
                return True
        for sign in signs:
            self._lines.setdefault(sign, row.line if row.external_id else -row.line)
        return False


def _signs(row: Accepted) -> Iterator[tuple[str, str, str]]:
    name = row.name.casefold()
    if row.mobile:
        yield name, "mobile", row.mobile
    if row.email:
        yield name, "email", row.email.casefold()
    for unit in row.units:
        yield name, "unit", unit


def tenants_in(scanned: Scanned) -> Iterator[Together | Row]:
    """Yield each tenant of the file once, where the first row stands; what is no tenant as it is.

    A row that follows another of its tenant yields nothing of its own, unless it is refused.
    """
    groups = scanned.groups
    for row in scanned.rows:
        if not isinstance(row, Accepted):
            yield row
        elif row.line in groups.refused:
            yield Refused(row.line, groups.refused[row.line], row.name[:60])
        elif row.line not in groups.following:
            yield _whole(row, groups)


def _whole(first: Accepted, groups: Groups) -> Together | Refused:
    lines = (first.line, *(row.line for row in groups.followers.get(first.line, ())))
    row = groups.whole(first)
    return Together(row, lines)


def why_too_common(row: Accepted, groups: Groups) -> str:
    """Return why a tenant's number cannot be anybody's own, empty if it may be."""
    if not groups.too_common(row):
        return ""
    return (
        f"More than {MOST_HOLDERS} tenants of this file have this mobile number, so it is nobody's "
        "own; correct it or leave it empty."
    )
