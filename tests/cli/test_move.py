"""A backup of one database is restored on the other: how to move from SQLite to PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from tests.support.databases import FreshDatabase
from tests.support.installation import Installation

pytestmark = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="it takes both databases, and so runs with PostgreSQL"
)


@pytest.fixture
def elsewhere(fresh_database: FreshDatabase, tmp_path: Path) -> Installation:
    """An installation on PostgreSQL."""
    return Installation(tmp_path / "elsewhere", {"DATABASE_URL": fresh_database.url})


def test_there_and_back_again(lamar: Installation, elsewhere: Installation, tmp_path: Path):
    lamar.must("staff", "add", "olive", "--role", "owner", given="correct horse battery\n")
    there, back = str(tmp_path / "there"), str(tmp_path / "back")
    lamar.must("backup", there)
    elsewhere.must("init")
    elsewhere.must("restore", there)
    assert "LAMAR" in elsewhere.run(*add_again()).stderr
    elsewhere.must("backup", back)
    lamar.must("restore", "--replace", back)
    assert "LAMAR" in lamar.run(*add_again()).stderr


def add_again() -> list[str]:
    """Return a command that is refused where the facility came along."""
    return [
        "facility",
        "add",
        "--code",
        "LAMAR",
        "--name",
        "Lamar",
        "--timezone",
        "America/Chicago",
    ]
