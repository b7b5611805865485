"""Where WAL is unsafe, a reader would hold writers up: the file is copied in small steps first."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, connections

from tenantline.backups.snapshot import one_moment
from tenantline.facilities.models import Facility
from tests import cast
from tests.backups.conftest import beside

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="it is about SQLite's journals"),
]


@pytest.fixture
def rollback_journal(fresh_database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run SQLite as where no safe version of it is to be had."""
    options = connection.settings_dict["OPTIONS"]
    slow = str(options["init_command"]).replace("journal_mode=WAL", "journal_mode=DELETE")
    monkeypatch.setitem(options, "init_command", slow)
    connection.close()


def test_a_copy_shows_one_moment_while_others_write(rollback_journal, tmp_path: Path):
    cast.facility("LAMAR")
    with one_moment(tmp_path) as alias:
        assert alias != connection.alias
        beside(lambda: cast.facility("MESA"))
        seen = list(Facility.objects.using(alias).values_list("code", flat=True))
    assert seen == ["LAMAR"]
    assert Facility.objects.count() == 2


def test_nothing_is_left_of_the_copy(rollback_journal, tmp_path: Path):
    before = set(tmp_path.iterdir())
    with one_moment(tmp_path) as alias:
        assert set(tmp_path.iterdir()) != before
    assert {path.name for path in tmp_path.iterdir() if "copy" in path.name} == set()
    assert alias not in connections.settings
