"""The chain's end is noted outside the database: what is cut off at the end is found out."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from tenantline.consent import anchor, chain, ledger
from tenantline.consent.models import LedgerEvent, LedgerHead
from tenantline.kernel import clock
from tests import cast
from tests.consent.test_chain import opened  # noqa: F401 - a ledger without walls

pytestmark = pytest.mark.django_db
Committing = Callable[..., AbstractContextManager[list[Callable[[], None]]]]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    """A data directory of the test's own."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def noted(opened: list[LedgerEvent]) -> list[LedgerEvent]:  # noqa: F811
    """A ledger without walls, whose end is noted."""
    ledger.note_end()
    return opened


def append() -> LedgerEvent:
    evidence = ledger.Evidence(number="+15125550143")
    with transaction.atomic():
        return ledger.append(kind="stopped", at=clock.now(), evidence=evidence, body={})


def cut_off(events: list[LedgerEvent]) -> None:
    """Delete the last event and edit the head to fit, as whoever holds the database can."""
    LedgerEvent.objects.filter(pk=events[-1].pk).delete()
    before = events[-2]
    LedgerHead.objects.update(sequence=before.sequence, hash=before.hash)


def broken() -> str:
    with pytest.raises(ledger.LedgerBroken) as found:
        chain.verify_all()
    return found.value.sentence


def test_each_commit_notes_the_end(django_capture_on_commit_callbacks: Committing):
    with django_capture_on_commit_callbacks(execute=True):
        cast.stopped(cast.site())
    found = chain.verify_all()
    assert found.anchor.marks == found.chain.events == 4
    assert found.anchor.last is not None
    assert found.anchor.last.hash == found.chain.last_hash


def test_nothing_is_noted_before_the_commit(django_capture_on_commit_callbacks: Committing):
    with django_capture_on_commit_callbacks(execute=False):
        append()
        assert chain.verify_all().anchor.marks == 0


def test_an_end_cut_off_with_a_head_that_fits_is_named(noted: list[LedgerEvent]):
    cut_off(noted)
    assert chain.verify().events == 3
    assert broken().startswith("Consent event 4 is missing: the ledger ends at event 3, but on ")


def test_an_end_cut_off_and_written_over_is_named(noted: list[LedgerEvent]):
    cut_off(noted)
    append()
    assert broken().startswith("Consent event 4 is not the one that stood there on ")


def test_events_behind_what_was_noted_raise_no_alarm(noted: list[LedgerEvent]):
    append()
    found = chain.verify_all()
    assert found.anchor.last is not None
    assert (found.anchor.last.sequence, found.chain.events) == (4, 5)


def test_a_restore_explains_what_was_noted_before_it(noted: list[LedgerEvent]):
    cut_off(noted)
    now = clock.now()
    with transaction.atomic():
        chain.go_on_after_restore(backup_id="b1", made_at=now - timedelta(days=1), now=now)
    ledger.note_end()
    assert chain.verify_all().anchor.marks == 2


def test_what_is_cut_off_after_a_restore_is_named(noted: list[LedgerEvent]):
    now = clock.now()
    with transaction.atomic():
        chain.go_on_after_restore(backup_id="b1", made_at=now, now=now)
    events = [*noted, append()]
    ledger.note_end()
    cut_off([*events[:-1], LedgerEvent.objects.get(kind="restored"), events[-1]])
    assert broken().startswith("Consent event 6 is missing")


def test_a_ledger_without_a_note_verifies_and_is_told_so(noted: list[LedgerEvent], folder: Path):
    for file in folder.glob("*.anchor"):
        file.unlink()
    assert chain.verify_all().anchor == anchor.Anchor()


def test_another_ledgers_note_means_that_the_ledger_was_exchanged(noted: list[LedgerEvent]):
    anchor.note(sequence=1, digest="a" * 64, key=b"the key of the ledger before")
    assert "belongs to another consent ledger" in broken()


def test_a_ledger_that_vanished_is_missed(folder: Path):
    anchor.note(sequence=1, digest="a" * 64, key=b"the key of the ledger before")
    assert "belongs to another consent ledger" in broken()


def test_a_line_that_a_full_disk_cut_off_spoils_no_other(noted: list[LedgerEvent], folder: Path):
    [file] = folder.glob("*.anchor")
    os.truncate(file, file.stat().st_size - 20)
    ledger.note_end()
    found = chain.verify_all().anchor
    assert (found.marks, found.unreadable) == (1, 1)


def test_a_line_that_somebody_wrote_without_the_key_says_nothing(
    noted: list[LedgerEvent], folder: Path
):
    [file] = folder.glob("*.anchor")
    with file.open("a") as added:
        added.write(f"\n99 {'f' * 64} {clock.now().isoformat()} {'0' * 64}\nélan\n")
    assert chain.verify_all().anchor.unreadable == 2


def test_a_folder_that_takes_nothing_stops_nobody(
    settings, folder: Path, django_capture_on_commit_callbacks: Committing
):
    settings.DATA_DIR = folder / "gone"
    with django_capture_on_commit_callbacks(execute=True):
        append()
    assert chain.verify_all().anchor.marks == 0


def test_only_its_own_user_can_read_the_note(noted: list[LedgerEvent], folder: Path):
    [file] = folder.glob("*.anchor")
    assert file.stat().st_mode & 0o077 == 0
