"""``tenantline backup`` and ``restore`` as an installer uses them and the document shows them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.architecture import tree
from tests.cli.sentences import the_sentence
from tests.support.installation import Installation

pytestmark = pytest.mark.once
DOCUMENT = tree.ROOT / "docs" / "operate" / "backup.md"


@pytest.fixture
def house(lamar: Installation) -> Installation:
    """An installation with a facility and an owner."""
    lamar.must("staff", "add", "olive", "--role", "owner", given="correct horse battery\n")
    return lamar


def transcript() -> list[tuple[list[str], str]]:
    """Return the document's commands, each with what it prints."""
    block = re.search(r"compares what they print\. -->\n```\n(.*?)```", DOCUMENT.read_text(), re.S)
    assert block is not None
    parts = block[1].removeprefix("$ ").split("\n$ ")
    return [(shlex.split(c)[1:], said) for c, _, said in (p.partition("\n") for p in parts)]


def alike(words: str) -> str:
    """Return words without what differs from one installation to the next."""
    words = re.sub(r"\S*/(?=[\w.-]+\.sqlite3)", "", words.strip())
    return re.sub(r"\d+", "9", words)


def test_the_documents_restore_goes_as_it_says(house: Installation, monkeypatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    for words, said in transcript():
        done = house.run(*words)
        assert alike(done.stdout + done.stderr) == alike(said)
    assert "an owner to confirm the list" in house.run("doctor", "--json").stdout


def test_a_backup_restores_on_a_machine_on_which_nothing_was_run(
    house: Installation, tmp_path: Path
):
    file = str(tmp_path / "monday.backup")
    house.must("backup", file)
    other = Installation(tmp_path / "other")
    other.must("restore", file)
    said = the_sentence(other.run("facility", "add", "--code", "LAMAR", "--name", "Again",
                                  "--timezone", "America/Chicago"))  # fmt: skip
    assert "LAMAR" in said


def test_errors_are_one_sentence(house: Installation, tmp_path: Path):
    file = tmp_path / "monday.backup"
    house.must("backup", str(file))
    assert "exists already" in the_sentence(house.run("backup", str(file)))
    house.settings["TENANTLINE_SECRET_KEY"] = "a key that this installation never had"
    said = the_sentence(house.run("restore", "--replace", str(file)))
    assert "TENANTLINE_SECRET_KEY" in said


@pytest.mark.process
def test_a_running_installation_is_not_replaced(house: Installation, tmp_path: Path):
    file = str(tmp_path / "monday.backup")
    with house.serving():
        house.must("backup", file)
        assert "stop" in the_sentence(house.run("restore", "--replace", file))
