"""``tenantline import tenants`` as an installer runs it."""

from __future__ import annotations

import csv
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.installation import Installation, wait_for

pytestmark = pytest.mark.process
HEAD = "Tenant ID,Name,Unit,Cell,Balance,SMS OK?\n"


def export(folder: Path, count: int, *, extra: str = "") -> Path:
    rows = (f"T{n},Name {n},U{n},512-555-{n % 10000:04d},${n}.50,\n" for n in range(count))
    path = folder / "export.csv"
    path.write_text(HEAD + "".join(rows) + extra)
    return path


def asked(home: Installation, question: str) -> int:
    with closing(sqlite3.connect(home.folder / "tenantline.sqlite3")) as database:
        return int(database.execute(question).fetchone()[0])


def test_five_thousand_rows_go_in_and_again_change_nothing(lamar, tmp_path):
    path = export(tmp_path, 5000)
    first = lamar.run("import", "tenants", str(path), "--facility", "LAMAR")
    assert first.returncode == 0, first.stderr
    assert "5,000 rows; 5,000 added." in first.stdout
    again = lamar.run("import", "tenants", str(path), "--facility", "lamar")
    assert "5,000 rows; 5,000 unchanged." in again.stdout
    assert asked(lamar, "SELECT count(*) FROM tenants_tenant") == 5000


def test_an_import_that_was_killed_goes_on_where_it_stopped(lamar, tmp_path):
    path, report = export(tmp_path, 4000), tmp_path / "report.csv"
    words = ("import", "tenants", str(path), "--facility", "LAMAR", "--report", str(report))
    with lamar.process(*words) as running:
        wait_for(lambda: asked(lamar, "SELECT coalesce(max(position), 0) FROM imports_importjob"))
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    done = asked(lamar, "SELECT max(position) FROM imports_importjob")
    assert 0 < done < 4001
    assert asked(lamar, "SELECT count(*) FROM tenants_tenant") == done - 1
    again = lamar.run(*words)
    assert f"Going on behind line {done}" in again.stderr
    assert asked(lamar, "SELECT count(*) FROM tenants_tenant") == 4000
    assert asked(lamar, "SELECT count(DISTINCT name) FROM tenants_tenant") == 4000
    lines = [row["line"] for row in csv.DictReader(report.read_text().splitlines())]
    assert lines == [str(line) for line in range(2, 4002)]


def test_refused_rows_are_told_and_the_others_are_in(lamar, tmp_path):
    path = export(tmp_path, 2, extra="T9,,U9,,,\nT10,Ana,U10,555-0143,,\n")
    done = lamar.run("import", "tenants", str(path), "--facility", "LAMAR")
    assert done.returncode == 3
    assert "Line 4 refused: A tenant needs a name." in done.stdout
    assert "4 rows; 2 added, 2 refused." in done.stdout


def test_a_dry_run_changes_nothing(lamar, tmp_path):
    path = export(tmp_path, 3)
    done = lamar.run("import", "tenants", str(path), "--facility", "LAMAR", "--dry-run")
    assert done.returncode == 0
    assert "Nothing was changed" in done.stdout
    assert asked(lamar, "SELECT count(*) FROM tenants_tenant") == 0
    assert asked(lamar, "SELECT count(*) FROM imports_importjob") == 0


def test_a_column_is_put_elsewhere_with_map(lamar, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("Who,Ring\nAna,5125550143\n")
    words = ["import", "tenants", str(path), "--facility", "LAMAR"]
    assert lamar.run(*words).returncode == 1
    done = lamar.run(*words, "--map", "name=Who", "--map", 'mobile="Ring"'.replace('"', ""))
    assert done.returncode == 0, done.stderr
    assert asked(lamar, "SELECT count(*) FROM tenants_numberperiod") == 1


@pytest.mark.parametrize(
    ("content", "facility", "sentence"),
    [
        ("Name\nAna\n", "NOWHERE", "There is no facility"),
        ("", "LAMAR", "The file is empty."),
        ("a,b\n1,2\n", "LAMAR", "No column of this file can be a tenant's name"),
        (None, "LAMAR", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence(
    lamar, tmp_path, content, facility, sentence
):
    path = tmp_path / "export.csv"
    if content is not None:
        path.write_text(content)
    done = lamar.run("import", "tenants", str(path), "--facility", facility)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_ledger_goes_in_once_and_says_of_every_row_what_became_of_it(lamar, tmp_path):
    lamar.run("import", "tenants", str(export(tmp_path, 2)), "--facility", "LAMAR")
    path, report = tmp_path / "ledger.csv", tmp_path / "report.csv"
    path.write_text(
        "Trans ID,Tenant ID,Type,Amount,Date\n1,T0,Charge,129.00,2026-11-01\n"
        "2,=1+1,Charge,5,2026-11-01\n"
    )
    words = ("import", "ledger", str(path), "--facility", "LAMAR", "--report", str(report))
    assert lamar.run(*words, "--dry-run").returncode == 3
    assert asked(lamar, "SELECT count(*) FROM billing_entry WHERE source = 'import'") == 0
    first, again = lamar.run(*words), lamar.run(*words)
    assert (first.returncode, again.returncode) == (3, 3), first.stderr
    assert "2 rows; 1 added, 1 refused." in first.stdout
    assert "2 rows; 1 unchanged, 1 refused." in again.stdout
    assert asked(lamar, "SELECT balance_cents FROM tenants_tenant WHERE external_id = 'T0'") == (
        12_950
    )
    outcomes = [row["outcome"] for row in csv.DictReader(report.read_text().splitlines())]
    assert outcomes == ["unchanged", "refused"]
    nothing = lamar.run("import", "ledger", str(tmp_path / "none.csv"), "--facility", "LAMAR")
    assert (nothing.returncode, nothing.stdout) == (1, "")
