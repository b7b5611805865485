"""Files as they come: encodings, delimiters, broken quotes, junk."""

from __future__ import annotations

import pytest

from tenantline.imports.errors import Unusable
from tenantline.imports.rows import Accepted, Refused, Skipped
from tenantline.imports.sheet import open_sheet
from tests.imports.offices import rows_of, written

HEAD = "Tenant ID,Name,Cell,Notes\n"


def names(rows):
    return [row.name for row in rows if isinstance(row, Accepted)]


def reasons(rows):
    return [row.reason for row in rows if isinstance(row, Refused)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_usual_encoding_and_line_end_is_read(tmp_path, encoding, end):
    text = "Tenant ID,Name\nT1,José Ñúñez\nT2,Plain Person\n".replace("\n", end)
    rows = rows_of(written(tmp_path, text.encode(encoding)))
    assert names(rows) == ["José Ñúñez", "Plain Person"]


def test_one_broken_byte_refuses_its_row_and_spoils_no_other(tmp_path):
    text = HEAD.encode() + "T1,José,,\nT2,Zoë,,\n".encode() + b"T3,Bro\xffken,,\nT4,Ana,,\n"
    rows = rows_of(written(tmp_path, text))
    assert names(rows) == ["José", "Zoë", "Ana"]
    assert "cannot be read" in reasons(rows)[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    text = "Tenant ID,Name,Cell\nT1,Dana,5125550143\n".replace(",", delimiter)
    [row] = rows_of(written(tmp_path, text))
    assert (row.name, row.mobile) == ("Dana", "+15125550143")


def test_excels_first_line_names_the_delimiter(tmp_path):
    [row] = rows_of(written(tmp_path, "sep=;\r\nName;Unit\r\nDana;A1\r\n"))
    assert row.units == ("A1",)


def test_quoted_cells_may_hold_line_breaks_commas_and_quotes(tmp_path):
    text = HEAD + 'T1,"Whitfield, Dana ""D""",,"line one\nline two, still"\nT2,Ana,,\n'
    first, second = rows_of(written(tmp_path, text))
    assert first.name == 'Whitfield, Dana "D"'
    assert first.notes == "line one\nline two, still"
    assert (second.name, second.line) == ("Ana", 4)


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path):
    text = HEAD + 'T1,"Broken,5125550143,\n' + "".join(f"T{n},Name {n},,\n" for n in range(2, 200))
    rows = rows_of(written(tmp_path, text))
    assert len(names(rows)) == 198
    assert [row.line for row in rows if isinstance(row, Refused)] == [2]


def test_two_stray_quotes_do_not_swallow_the_rows_between(tmp_path):
    text = HEAD + 'T1,"Broken,,\nT2,Ana,,\nT3,"Also,,\nT4,Bea,,\n'
    rows = rows_of(written(tmp_path, text))
    assert names(rows) == ["Ana", "Bea"]
    assert len(reasons(rows)) == 2


def test_an_inch_mark_inside_a_cell_is_text(tmp_path):
    rows = rows_of(written(tmp_path, HEAD + 'T1,Ana,,5" pipe\nT2,Bea,,\nT3,Cy,,6" pipe\n'))
    assert names(rows) == ["Ana", "Bea", "Cy"]


def test_titles_blank_lines_totals_and_repeated_headings_are_no_tenants(tmp_path):
    text = (
        "Lamar Storage - Tenant List,,,\nPrinted 11/22/2026,,,\n\n" + HEAD + "T1,Ana,,\n,,,\n\n"
        + HEAD + "T2,Bea,,\nTotal: 2,,,\nPage 1 of 1,,,\n"
    )  # fmt: skip
    rows = rows_of(written(tmp_path, text))
    assert names(rows) == ["Ana", "Bea"]
    assert [row.reason for row in rows if isinstance(row, Skipped)] == [
        "the names of the columns again", "a line of totals", "a line of totals",
    ]  # fmt: skip


def test_a_company_called_total_is_a_tenant(tmp_path):
    rows = rows_of(written(tmp_path, "Name,Unit\nTotal Storage Solutions,A1\nTotals,\n"))
    assert names(rows) == ["Total Storage Solutions"]


def test_nul_bytes_are_dropped(tmp_path):
    [row] = rows_of(written(tmp_path, HEAD.encode() + b"T1,Da\x00na,,\n" + b"x" * 0))
    assert row.name == "Dana"


@pytest.mark.parametrize("row", ["T1,Ana", "T1,Ana,,note,extra", "T1,Ana,5125550143,a,b"])
def test_a_row_with_too_few_or_too_many_cells_is_refused(tmp_path, row):
    rows = rows_of(written(tmp_path, HEAD + row + "\n"))
    assert len(reasons(rows)) == 1
    assert "cells" in reasons(rows)[0]


def test_empty_cells_at_the_end_do_not_matter(tmp_path):
    assert names(rows_of(written(tmp_path, HEAD + "T1,Ana,,,,,\n"))) == ["Ana"]


def test_a_name_of_ten_thousand_characters_is_refused(tmp_path):
    rows = rows_of(written(tmp_path, HEAD + f"T1,{'x' * 10_000},,\nT2,Ana,,\n"))
    assert names(rows) == ["Ana"]
    assert "longer than 200" in reasons(rows)[0]


def test_a_cell_beyond_all_measure_is_refused(tmp_path):
    rows = rows_of(written(tmp_path, HEAD + f"T1,{'x' * 300_000},,\nT2,Ana,,\n"))
    assert names(rows) == ["Ana"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"), (b"\n\n\n", "empty"), (b"PK\x03\x04rest", "Excel"), (b"%PDF-1.7", "PDF"),
        (b"\x00\x00\x01\x02" * 900, "not text"), (b"a,b,c\n1,2,3\n", "name"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_of_tenants_cannot_be_used(tmp_path, content, words):
    with pytest.raises(Unusable, match=words):
        open_sheet(written(tmp_path, content))


def test_a_formula_is_kept_as_the_text_that_it_is(tmp_path):
    [row] = rows_of(written(tmp_path, 'Tenant ID,Name\n"=""007""",=cmd|x\n'))
    assert (row.external_id, row.name) == ("007", "=cmd|x")
