"""The columns of any file: their names as plain words, which of them holds which field. Pure.

What a file can be about (``Subject``) says which fields there are and how their columns are called.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tenantline.imports.errors import Unusable
from tenantline.imports.values import text
from tenantline.kernel.digits import whole_number

Guess = Callable[[str], tuple[str, int] | None]
"""The field that a column's name suggests, with a rank (lower is surer)."""

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TYPE_PREFIX: Final = re.compile(r"^(?:s|d|dc|b|i|n|str|dt|txt|int) (?=[a-z])")


def words_of(header: str) -> str:
    """Return a header as plain words: ``sHomePhone#`` is ``home phone no``."""
    split = _CAMEL.sub(" ", text(header))
    plain = unicodedata.normalize("NFKD", split.replace("#", " no ").replace("'", "").lower())
    plain = "".join(part for part in plain if not unicodedata.combining(part))
    words = re.sub(r"[^a-z0-9]+", " ", plain).strip()
    return _TYPE_PREFIX.sub("", words)


@dataclass(frozen=True)
class Columns:
    """Which column holds which field. ``chosen`` maps a field to a column's place, from 0.

    ``fields`` are all that there are, with their words. ``rivals`` are further columns that would
    fit a field; ``unused`` are the rest.
    """

    fields: Mapping[str, str]
    headers: tuple[str, ...]
    chosen: Mapping[str, int]
    rivals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def unused(self) -> list[str]:
        """Return the names of the columns that are not read."""
        taken = set(self.chosen.values())
        return [name for place, name in enumerate(self.headers) if place not in taken and name]

    def shown(self) -> list[tuple[str, str, list[str]]]:
        """Return (field's words, column, rival columns) in the order of the screens."""
        return [
            (
                words,
                self.label(self.chosen[name]),
                [self.label(p) for p in self.rivals.get(name, ())],
            )
            for name, words in self.fields.items()
            if name in self.chosen
        ]

    def label(self, place: int) -> str:
        """Return a column's name, or its number where it has none of its own."""
        name = self.headers[place].strip()
        if name and self.headers.count(self.headers[place]) == 1:
            return name[:60]
        return f"{name[:50]} (column {place + 1})".strip()

    def with_choices(self, choices: Mapping[str, int | None]) -> Columns:
        """Return these columns with some fields put elsewhere; None reads no column for a field."""
        chosen = dict(self.chosen)
        taken = {place for place in choices.values() if place is not None}
        chosen = {name: place for name, place in chosen.items() if place not in taken}
        for name, place in choices.items():
            chosen.pop(name, None)
            if place is not None:
                chosen[name] = place
        rivals = {name: also for name, also in self.rivals.items() if name not in choices}
        return Columns(self.fields, self.headers, chosen, rivals)


@dataclass(frozen=True)
class Subject:
    """What a file is about.

    ``fields`` are in the order of the screens, ``other_names`` are what else ``--map`` may call
    them, ``dates`` are those that hold days. ``guessed`` guesses the columns; ``usable`` tells
    whether they are enough to read a row, ``missing`` says what is not.
    """

    fields: Mapping[str, str]
    other_names: Mapping[str, str]
    dates: tuple[str, ...]
    guessed: Callable[[Sequence[str]], Columns]
    usable: Callable[[Columns], bool]
    missing: str


def found_by(
    guess: Guess, headers: Sequence[str]
) -> tuple[dict[str, int], dict[str, list[tuple[int, int]]]]:
    """Return the surest and leftmost column of each field, and all that would fit, surest first."""
    found: dict[str, list[tuple[int, int]]] = {}
    for place, header in enumerate(headers):
        if (fits := guess(header)) is not None:
            found.setdefault(fits[0], []).append((fits[1], place))
    for places_ in found.values():
        places_.sort()
    return {name: fits[0][1] for name, fits in found.items()}, found


def rivals_in(found: Mapping[str, list[tuple[int, int]]]) -> dict[str, tuple[int, ...]]:
    """Return the further columns that would fit a field."""
    several = {name: fits for name, fits in found.items() if len(fits) > 1}
    return {name: tuple(place for _, place in fits[1:]) for name, fits in several.items()}


def read_map(given: Sequence[str], subject: Subject) -> dict[str, str]:
    """Read ``--map field="Column"``. An empty column means: read none for this field.

    Raises:
        Unusable: a word is not of that form, or names no field.
    """
    wanted: dict[str, str] = {}
    for word in given:
        name, equals, column = word.partition("=")
        key = re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")
        key = subject.other_names.get(key, key)
        if not equals or key not in subject.fields:
            known = ", ".join(subject.fields)
            raise Unusable(f"--map takes field=Column; {name[:30]} is none of {known}.")
        wanted[key] = column.strip()
    return wanted


def places(headers: Sequence[str], wanted: Mapping[str, str]) -> dict[str, int | None]:
    """Find the named columns (by name, or by number from 1) among the headers.

    Raises:
        Unusable: there is no such column, or there are several of that name.
    """
    found: dict[str, int | None] = {}
    for name, column in wanted.items():
        found[name] = _place(headers, column) if column else None
    return found


def _place(headers: Sequence[str], column: str) -> int:
    for alike in (str.strip, words_of):
        hits = [place for place, header in enumerate(headers) if alike(header) == alike(column)]
        if len(hits) > 1:
            raise Unusable(
                f"Several columns are called {column[:40]}; give the number of one, such as "
                f"{hits[0] + 1}."
            )
        if hits:
            return hits[0]
    nth = whole_number(column)
    if nth is not None and 0 < nth <= len(headers):
        return nth - 1
    raise Unusable(f"The file has no column {column[:40]}.")
