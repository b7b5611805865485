"""What was backed up is what is restored, also when others wrote meanwhile (R7, R11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from django.db import connection, transaction

from tenantline.backups.manifest import Manifest
from tenantline.backups.restoring import Restored
from tenantline.carrier.models import SandboxText
from tenantline.consent import chain
from tenantline.consent.models import Clearance, LedgerEvent
from tenantline.conversations.models import Message
from tenantline.kernel import clock, walls
from tenantline.outbox.models import Attempt, Text
from tenantline.recovery import queries as recovery
from tenantline.tenants.models import Tenant
from tests import cast
from tests.backups.conftest import (
    CHANGED_BY_A_RESTORE,
    GROWN_BY_A_RESTORE,
    House,
    beside,
    built,
    contents,
)


@dataclass(frozen=True)
class Story:
    """A house, a backup while others wrote, more writing, a restore."""

    house: House
    before: dict[str, list[bytes]]
    made: Manifest
    meanwhile: int
    latest_id: int
    done: Restored


@pytest.fixture(scope="module")
def story(shared_database: Path) -> Story:
    house = built(shared_database)
    before = contents()
    words = iter(("The gate is open", "Unit ready", "See you soon"))

    def somebody_writes(_done: int, _total: int) -> None:
        if word := next(words, None):
            beside(lambda: cast.write(cast.opted_in(house.site, "Meanwhile"), word))

    made = house.back_up(somebody_writes)
    meanwhile = Tenant.objects.filter(name="Meanwhile").count()
    latest = cast.opted_in(house.site, "Later").pk
    taken_by_the_sandbox()
    return Story(house, before, made, meanwhile, latest, house.restore())


def taken_by_the_sandbox() -> None:
    """Let the sandbox carrier take a text."""
    numbers = {"sender": "+15125550100", "recipient": "+17375550100"}
    SandboxText.objects.create(sid="SM1", direction="out", at=clock.now(), status="sent", **numbers)


def test_what_the_sandbox_carrier_took_after_the_backup_it_still_has(story: Story):
    assert SandboxText.objects.filter(sid="SM1").exists()


def test_every_table_comes_back_as_it_was(story: Story):
    after = contents()
    for table, lines in story.before.items():
        if table in GROWN_BY_A_RESTORE:
            assert after[table][: len(lines)] == lines
        elif table not in CHANGED_BY_A_RESTORE:
            assert after[table] == lines


def test_writers_are_not_held_up_by_a_backup(story: Story):
    assert story.meanwhile == 3


def test_a_backup_shows_one_moment(story: Story):
    assert not Tenant.objects.filter(name__in=["Meanwhile", "Later"]).exists()
    assert_sound()


def assert_sound() -> None:
    """Every text has its one clearance, every message its text, the ledger its whole chain."""
    chain.verify()
    cleared = set(Clearance.objects.values_list("pk", flat=True))
    texts = list(Text.objects.values_list("clearance_id", flat=True))
    assert len(texts) == len(set(texts))
    assert set(texts) <= cleared
    outgoing = Message.objects.filter(direction="out")
    assert set(outgoing.values_list("text_id", flat=True)) == set(
        Text.objects.values_list("pk", flat=True)
    )


def test_a_restore_is_an_event_from_which_the_chain_goes_on(story: Story):
    last = LedgerEvent.objects.get(kind="restored")
    assert story.made.id in last.body
    assert last.previous == LedgerEvent.objects.get(sequence=last.sequence - 1).hash
    assert chain.verify().events >= last.sequence


def test_the_walls_stand_after_a_restore(story: Story):
    assert walls.missing(connection) == []
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        LedgerEvent.objects.update(kind="started")


def test_ids_that_were_given_out_after_the_backup_name_nobody_else(story: Story):
    with transaction.atomic():
        assert cast.tenant(story.house.site, "Somebody else").pk > story.latest_id
        transaction.set_rollback(True)


def test_texts_that_had_not_ended_are_unknown_and_have_an_attempt_to_look_for(story: Story):
    unknown = Text.objects.filter(state="unknown")
    assert story.done.texts == unknown.count() > 0
    assert not Text.objects.filter(state__in=["queued", "sending"]).exists()
    for text in unknown:
        assert text.line_id is not None
        assert Attempt.objects.filter(text=text, started_at=story.made.made_at).exists()


def test_the_installation_is_in_recovery(story: Story):
    found = recovery.current()
    assert found is not None
    assert (found.backup_id, found.confirmed_at) == (story.made.id, None)


def test_a_backup_that_was_restored_can_be_backed_up_and_restored_again(story: Story):
    again = replace(story.house, folder=story.house.folder / "again")
    again.folder.mkdir()
    made = again.back_up()
    assert made.rows > story.made.rows
    again.restore()
    assert_sound()
