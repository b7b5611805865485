"""What stands in a file: nothing that a spreadsheet would run, and all of what was meant."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantline.exports import sheet
from tenantline.kernel.csv_safe import safe

STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.builds(
    str.__add__, st.sampled_from(STARTS), st.text("=A1()|'\",; \n", max_size=8)
)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


@given(rows=st.lists(st.lists(CELL, min_size=2, max_size=3), max_size=4))
def test_no_cell_begins_a_formula_and_none_is_lost(rows):
    found = read(b"".join(sheet.written(["a", "b"], [rows])))[1:]
    assert not [cell for row in found for cell in row if cell[:1] in set(STARTS)]
    assert found == [[safe(cell) for cell in row] for row in rows]


@given(cell=CELL)
def test_an_apostrophe_is_all_that_is_added(cell):
    assert safe(cell) == cell or (safe(cell) == f"'{cell}" and cell[0] in STARTS)


def test_the_file_begins_with_the_mark_that_excel_looks_for_and_has_its_line_ends():
    content = b"".join(sheet.written(["näme"], [[["Ünï"]]]))
    assert content == b"\xef\xbb\xbf" + "näme\r\nÜnï\r\n".encode()


def test_half_a_character_does_not_end_the_file():
    assert read(b"".join(sheet.written(["a"], [[["x\ud800y"]]]))) == [["a"], ["x?y"]]


@pytest.mark.parametrize(
    ("cents", "words"), [(0, "0.00"), (5, "0.05"), (123456, "1234.56"), (-1250, "(12.50)")]
)
def test_money_is_a_number_in_every_spreadsheet(cents, words):
    assert sheet.money(cents) == words == safe(words)


def test_a_time_is_that_of_the_facility():
    at = datetime(2026, 11, 22, 17, 2, 15, 910, tzinfo=UTC)
    assert sheet.moment(at, "America/Denver") == "2026-11-22T10:02:15-07:00"
    assert sheet.moment(None, "America/Denver") == ""
