"""``tenantline bench``, tried whole in its quick form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tenantline.bench import NAMES, measures, report
from tenantline.bench.caller import at_share
from tenantline.bench.report import Sheet
from tests.support.installation import Installation

pytestmark = pytest.mark.once


@pytest.mark.process
@pytest.mark.slow
def test_the_quick_form_measures_everything_and_leaves_nothing(fresh: Installation, tmp_path: Path):
    figures, folder = tmp_path / "figures.json", tmp_path / "disk"
    folder.mkdir()
    done = fresh.run(
        "bench", "--quick", "--json", str(figures), "--folder", str(folder), seconds=800
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(figures.read_text())["measured"]["SQLite"]
    assert set(found) == {"webhooks", "memory", "dispatch", "live", "pages"}
    assert [row["refused"] for row in found["webhooks"]["rows"]] == [0] * 6 + [None]
    assert all(row["a second"] > 0 for row in found["dispatch"]["rows"])
    assert [row["stored texts"] for row in found["pages"]["rows"]] == ["1,000", "2,000"]
    assert all(ms > 0 for sheet in found.values() for ms in sheet["million_additions_ms"])
    assert list(folder.iterdir()) == []


def test_figures_are_never_written_over(fresh: Installation, tmp_path: Path):
    figures = tmp_path / "figures.json"
    figures.write_text("{}")
    done = fresh.run("bench", "--quick", "--json", str(figures))
    assert (done.returncode, figures.read_text()) == (1, "{}")
    assert "exists; name another file" in done.stderr


def test_what_is_measured_is_kept_before_the_next_begins(tmp_path: Path):
    figures = tmp_path / "figures.json"
    sheets = [Sheet(name, "SQLite", name, ("a second",), [(1,)]) for name in ("live", "pages")]
    measured = report.kept(sheets, figures)
    for sheet in ("live", "pages"):
        assert next(measured).name == sheet
        assert list(json.loads(figures.read_text())["measured"]["SQLite"])[-1] == sheet
    assert list(tmp_path.iterdir()) == [figures]


def test_every_name_is_measured():
    assert tuple(measures.ALL) == NAMES


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 3), (0.99, 4), (1.0, 4)])
def test_a_share_of_the_values_lies_below(share: float, value: float):
    assert at_share([1, 2, 3, 4], share) == value
