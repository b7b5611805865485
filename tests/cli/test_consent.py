"""``tenantline consent``."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.sentences import the_sentence
from tests.support.installation import Installation

CSV = "name,unit,mobile,sms allowed\nAnn Lee,A1,512-555-0143,no\nBo Ray,A2,512-555-0144,no\n"


@pytest.fixture(scope="module")
def _told(_with_facility: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("told") / "data"
    made = Installation(Path(shutil.copytree(_with_facility, folder)))
    file = folder.parent / "tenants.csv"
    file.write_text(CSV)
    made.must("import", "tenants", str(file), "--facility", "LAMAR")
    return folder


@pytest.fixture
def told(_told: Path, tmp_path: Path) -> Installation:
    """An installation whose ledger has two events."""
    return Installation(Path(shutil.copytree(_told, tmp_path / "data")))


def cut_off(where: Installation) -> None:
    """Delete the last event past all walls and edit the head to fit."""
    with sqlite3.connect(where.folder / "tenantline.sqlite3") as database:
        walls = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in database.execute(walls).fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("DELETE FROM consent_ledgerevent WHERE sequence = 2")
        database.execute(
            "UPDATE consent_ledgerhead SET sequence = 1, hash = "
            "(SELECT hash FROM consent_ledgerevent WHERE sequence = 1)"
        )


def test_a_new_ledger_verifies(home: Installation):
    assert home.must("consent", "verify") == "The consent ledger is empty; it verifies."


def test_a_ledger_verifies_until_its_end_is_cut_off(told: Installation):
    said = told.must("consent", "verify")
    assert said.startswith("All 2 events verify; the chain ends with ")
    cut_off(told)
    assert the_sentence(told.run("consent", "verify")).startswith("Consent event 2 is missing")


def test_a_packet_is_written_once_and_its_path_printed(told: Installation, tmp_path: Path):
    file = tmp_path / "ann.pdf"
    words = ("consent", "export", "(512) 555-0143", "--output", str(file))
    assert told.must(*words) == str(file)
    assert file.read_bytes().startswith(b"%PDF-1.7")
    assert file.stat().st_mode & 0o077 == 0
    assert "File exists" in the_sentence(told.run(*words))


def test_the_facts_as_json_name_the_end_that_verify_finds(told: Installation):
    found = json.loads(told.must("consent", "export", "+15125550143", "--json"))
    assert found["holders"][0]["name"] == "Ann Lee"
    assert [event["kind"] for event in found["events"]] == ["revoked"]
    head = found["check"]["head"]
    assert told.must("consent", "verify", "--contains", head).endswith("Event 2 bears that hash.")


def test_a_number_nobody_knows_is_one_sentence(told: Installation):
    done = told.run("consent", "export", "(512) 555-0199")
    assert the_sentence(done) == "Nothing is known here about this number."
    assert done.returncode == 1


def test_an_erasure_stands_in_the_ledger(told: Installation):
    done = told.must("consent", "erase", "5125550143", "--why", "the person's wish", "--early")
    assert done == "Erased beside 1 event; event 3 of the ledger says so."
    assert "What stood beside 1 of them was erased" in told.must("consent", "verify")
