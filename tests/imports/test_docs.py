"""What docs/import.md says of columns and cells is so."""

from __future__ import annotations

import re

import pytest

from tenantline.imports import values
from tenantline.imports.columns import FIELDS, guess
from tenantline.imports.dates import day
from tenantline.imports.errors import Unreadable
from tests.architecture import tree

DOC = (tree.ROOT / "docs" / "import.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")


def rows(title: str) -> list[list[str]]:
    part = DOC.split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ") and "---" not in line]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[1:]]


CELLS = [(cell, row[1]) for row in rows("How cells are read") for cell in CODE.findall(row[0])]


def read(cell: str) -> str:
    """Read a cell as whichever field understands it; the first that does not refuse it."""
    if values.says_nothing(cell):
        return "nothing"
    for understood in (_answer, _phone, _day, _money):
        try:
            return understood(cell)
        except Unreadable:
            continue
    return "refused"


def _answer(cell: str) -> str:
    return "yes" if values.yes_or_no(cell) else "no"


def _phone(cell: str) -> str:
    found = values.phone_number(cell)
    return found.number or "a home phone"


def _day(cell: str) -> str:
    return str(day(cell, is_us=False, this_year=2026))


def _money(cell: str) -> str:
    return f"{values.cents(cell) / 100:.2f}"


@pytest.mark.parametrize(("cell", "said"), CELLS)
def test_a_cell_is_read_as_the_page_says(cell, said):
    found = read(cell)
    assert said.startswith(found), f"{cell} is read as {found}"


def test_every_field_stands_in_the_page():
    named = {name for row in rows("Columns") for name in CODE.findall(row[0])}
    assert named == set(FIELDS)


@pytest.mark.parametrize("row", rows("Columns"), ids=lambda row: row[0])
def test_the_examples_of_column_names_are_recognised(row):
    fields = set(CODE.findall(row[0]))
    for example in row[1].split(", "):
        guessed = guess(example)
        assert guessed is not None
        assert guessed[0] in fields, example
