"""What became of every row, in a file that no spreadsheet runs anything of."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from tenantline.imports import report
from tenantline.kernel.csv_safe import safe
from tests import cast
from tests.imports.offices import imported, written


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_begins_as_a_formula_does(cell):
    assert safe(cell) == f"'{cell}"


def test_other_cells_stay_as_they_are():
    assert safe("a = b") == "a = b"


@pytest.mark.django_db
def test_every_row_stands_in_the_report_once(tmp_path):
    text = "Tenant ID,Name,Cell,Balance\nT1,Ana,,\nT1,Ana,,\n=T2,,,\nT3,=x(),12,=1\nTotal,,,9\n"
    lines = imported(written(tmp_path, text), cast.site())
    file = StringIO()
    report.write(file, lines)
    rows = list(csv.DictReader(StringIO(file.getvalue())))
    assert [row["line"] for row in rows] == ["2", "3", "4", "5", "6"]
    assert [row["outcome"] for row in rows] == ["added", "joined", "refused", "refused", "skipped"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
