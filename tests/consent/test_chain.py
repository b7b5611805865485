"""Whoever tampers with the ledger is found out: the first link that does not hold is named."""

from __future__ import annotations

from itertools import product

import pytest
from django.conf import settings
from django.db import connection

from tenantline.consent import chain, ledger
from tenantline.consent.models import Clearance, LedgerEvent, LedgerHead, Particulars, Wording
from tenantline.kernel import walls
from tests import cast

pytestmark = pytest.mark.django_db


TABLES = [*settings.APPEND_ONLY_TABLES, *settings.ERASABLE_TABLES]


@pytest.fixture
def opened(db: None) -> list[LedgerEvent]:
    """A ledger of some events whose walls somebody has taken down."""
    cast.stopped(cast.site())
    with connection.cursor() as cursor:
        for table, name in product(TABLES, walls._wall_names(connection.vendor)):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {table}_{name}{on}")
    return list(LedgerEvent.objects.order_by("sequence"))


def broken() -> str:
    with pytest.raises(ledger.LedgerBroken) as found:
        chain.verify()
    return found.value.sentence


def test_an_untouched_chain_holds():
    cast.stopped(cast.site())
    events = LedgerEvent.objects.order_by("sequence")
    assert chain.verify() == chain.Chain(len(events), events[len(events) - 1].hash)


def test_an_empty_ledger_holds():
    assert chain.verify().events == 0


@pytest.mark.parametrize(
    "change",
    [
        {"body": "{}"}, {"kind": "held"}, {"number_key": "0" * 64}, {"particulars_hash": "0" * 64},
        {"hash": "0" * 64},
    ],
)  # fmt: skip
def test_an_edited_event_is_named(opened: list[LedgerEvent], change: dict[str, str]):
    LedgerEvent.objects.filter(pk=opened[1].pk).update(**change)
    assert broken() == "Consent event 2 was not written by this ledger."


def test_a_deleted_event_is_named(opened: list[LedgerEvent]):
    LedgerEvent.objects.filter(pk=opened[1].pk).delete()
    assert broken() == "Consent event 2 is missing or out of its place."


def test_a_ledger_cut_off_at_its_end_is_named(opened: list[LedgerEvent]):
    LedgerEvent.objects.filter(pk=opened[-1].pk).delete()
    last = len(opened)
    assert broken() == f"The consent ledger ends at event {last - 1}, not at {last}."


def test_events_that_changed_places_are_named(opened: list[LedgerEvent]):
    first, second = opened[0], opened[1]
    LedgerEvent.objects.filter(pk=first.pk).update(sequence=999)
    LedgerEvent.objects.filter(pk=second.pk).update(sequence=1)
    LedgerEvent.objects.filter(pk=first.pk).update(sequence=2)
    assert broken() == "Consent event 1 is missing or out of its place."


def test_an_inserted_event_is_named(opened: list[LedgerEvent]):
    head = LedgerHead.objects.get()
    LedgerEvent.objects.create(
        sequence=head.sequence + 1,
        kind="started",
        at=opened[-1].at,
        number_key=opened[-1].number_key,
        body='{"services":["chat"]}',
        previous=opened[-1].hash,
        hash="f" * 64,
    )
    assert broken() == f"Consent event {head.sequence + 1} was not written by this ledger."


def test_what_stood_beside_an_event_and_is_gone_is_named_though_the_chain_holds(
    opened: list[LedgerEvent],
):
    second = opened[1].particulars
    assert second is not None
    second.delete()
    with pytest.raises(ledger.LedgerBroken, match="beside consent event 2 is missing, and no"):
        chain.verify_all()
    assert chain.verify().events == 4  # so that a restore gives back what is left


def test_what_cannot_even_be_hashed_was_not_written_by_the_ledger(opened: list[LedgerEvent]):
    LedgerEvent.objects.filter(sequence=2).update(hash="é" * 64)
    assert broken() == "Consent event 2 was not written by this ledger."
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE consent_ledgerevent SET at = 'never' WHERE sequence = 1")
        assert broken() == "Consent event 1 was not written by this ledger."


def test_what_stands_beside_an_event_may_not_be_altered(opened: list[LedgerEvent]):
    second = opened[1].particulars
    assert second is not None
    Particulars.objects.filter(pk=second.pk).update(number="+15125550000")
    assert broken() == "What stands beside consent event 2 was altered."


def test_altered_words_are_named_by_the_first_event_that_rests_on_them(opened: list[LedgerEvent]):
    wording = Wording.objects.get(kind="form", language="en")
    Wording.objects.filter(pk=wording.pk).update(words=wording.words | {"agree": "I agree."})
    assert broken() == "The words that consent event 1 rests on were altered."


@pytest.mark.parametrize("change", [{"number": "+15125559999"}, {"purpose": "notice"}])
def test_an_altered_clearance_is_named(opened: list[LedgerEvent], change: dict[str, str]):
    row = Clearance.objects.latest("pk")
    Clearance.objects.filter(pk=row.pk).update(**change)
    assert broken().startswith(f"Clearance {row.pk}, which rests on a consent event, was altered")
