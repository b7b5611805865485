"""A backup is taken in whole or not at all."""

from __future__ import annotations

import random
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from tenantline.backups import restoring, tables
from tenantline.backups.manifest import Damaged
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.kernel.crypto import WrongKey
from tenantline.kernel.errors import BadInput, Refused
from tests.backups.conftest import House, built, contents, nobody


@pytest.fixture(scope="module")
def whole(shared_database: Path) -> House:
    """A house and a good backup of it. What is refused changes nothing, so one will do for all."""
    house = built(shared_database)
    house.back_up()
    return house


@pytest.fixture
def house(whole: House, tmp_path: Path) -> House:
    """The same house, without a backup yet."""
    return House(whole.site, tmp_path)


@pytest.fixture
def saved(whole: House, house: House) -> House:
    """The same house with a backup of its own."""
    shutil.copy(whole.file, house.file)
    return house


def test_a_file_that_is_there_is_never_overwritten(house: House):
    house.file.write_bytes(b"something dear")
    with pytest.raises(Refused, match="exists already"):
        house.back_up()
    assert house.file.read_bytes() == b"something dear"


def test_only_its_owner_can_read_a_backup(house: House):
    house.back_up()
    assert stat.S_IMODE(house.file.stat().st_mode) == 0o600


def test_a_backup_that_fails_leaves_nothing_behind(house: House):
    def fails(done: int, _total: int) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        house.back_up(fails)
    assert not house.file.exists()
    assert [path.name for path in house.folder.glob(".house*")] == []


def test_what_a_killed_backup_left_is_in_nobodys_way(house: House):
    left = house.folder / f".{house.file.name}.unfinished"
    left.write_bytes(b"half of it" * 100_000)
    house.back_up()
    assert not left.exists()
    assert house.file.stat().st_size < 900_000


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_refused_whole(saved: House, seed: int):
    before = contents()
    raw = bytearray(saved.file.read_bytes())
    with zipfile.ZipFile(saved.file) as archive:
        member = archive.getinfo("tables/tenants_tenant.jsonl")
    if seed % 2:
        del raw[random.Random(seed).randrange(len(raw)) :]
    else:
        raw[member.header_offset + 100 + seed] ^= 0x55
    saved.file.write_bytes(raw)
    with pytest.raises(Damaged):
        saved.restore()
    assert contents() == before


def test_a_member_that_was_changed_is_refused(saved: House):
    with zipfile.ZipFile(saved.file) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members["tables/tenants_tenant.jsonl"] = members["tables/tenants_tenant.jsonl"][:-1]
    with zipfile.ZipFile(saved.file, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)
    before = contents()
    with pytest.raises(Damaged):
        saved.restore()
    assert contents() == before


def test_another_key_is_refused(saved: House, settings):
    before = contents()
    settings.SECRET_KEY = "another key that has never opened anything"
    with pytest.raises(WrongKey, match="TENANTLINE_SECRET_KEY"):
        saved.restore()
    assert contents() == before


def test_a_key_that_has_been_exchanged_since_still_opens_a_backup(saved: House, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the key that took its place"
    assert restoring.check(file=saved.file, tell=nobody).rows > 0


def test_a_key_that_opens_the_file_but_not_what_an_earlier_one_sealed_is_refused(
    house: House, settings
):
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "a newer key that has sealed nothing yet"
    settings.SECRET_KEY_FALLBACKS = [earlier]
    house.back_up()
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(WrongKey, match="TENANTLINE_SECRET_KEY_OLD"):
        house.restore()


def test_data_are_replaced_only_where_that_is_said(saved: House):
    with pytest.raises(Refused, match="--replace"):
        saved.restore(replace=False)


def test_a_running_installation_is_not_replaced(saved: House):
    hearing.beat(name="web", unbroken=True, now=clock.now())
    with pytest.raises(Refused, match="is running"):
        saved.restore()
    hearing.end(name="web")


def test_a_backup_of_other_tables_is_for_the_version_that_made_it(house: House, monkeypatch):
    other = ["consent.0002_something_else"]
    monkeypatch.setattr(tables, "migrations", lambda connection: other)
    house.back_up()
    with pytest.raises(BadInput, match="restore it with that version"):
        house.restore()


def test_something_else_is_no_backup(house: House):
    for data in (b"", b"PK\x03\x04 no more", b"x" * 5_000):
        house.file.write_bytes(data)
        with pytest.raises(Damaged, match="not a backup"):
            house.restore()
