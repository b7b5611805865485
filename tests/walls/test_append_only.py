# ruff: noqa: S608 - the tables' names are our own
"""Append-only tables: what raw SQL tries, and what the gate makes of what it finds there."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tenantline.consent import chain, erasure, ledger
from tenantline.consent.models import Clearance, LedgerEvent, LedgerHead, Particulars
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock, walls
from tests import cast
from tests.statements import people

TABLES = settings.APPEND_ONLY_TABLES
sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'")
postgres_only = pytest.mark.skipif("connection.vendor != 'postgresql'")


def execute(sql: str, *values: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def refused(sql: str, *values: str) -> None:
    with pytest.raises(DatabaseError):
        execute(sql, *values)


@pytest.fixture
def filled(db):
    """A row in every append-only table."""
    where = cast.site()
    gone = cast.mobile_of(cast.stopped(where))
    erasure.erase(
        number=gone, why="their wish", early=True, scope=EVERYWHERE, by=cast.TESTER, now=clock.now()
    )
    who = cast.opted_in(where)
    cast.entry(who)
    cast.letter()
    people.issue(who, clock.now())
    for table in TABLES:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] > 0
    return who


@pytest.mark.parametrize("table", TABLES)
def test_no_row_can_be_changed(filled, table):
    refused(f"UPDATE {table} SET id = id")


@pytest.mark.parametrize("table", TABLES)
def test_no_row_can_be_deleted(filled, table):
    refused(f"DELETE FROM {table}")


@postgres_only
@pytest.mark.parametrize("table", TABLES)
def test_no_table_can_be_emptied(filled, table):
    refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", TABLES)
def test_no_row_can_be_replaced_by_another(filled, table):
    columns = column_names(table)
    clause = ", ".join(f'"{c}"' for c in columns)
    copy = f"INTO {table} ({clause}) SELECT {clause} FROM {table}"
    if connection.vendor == "sqlite":
        refused(f"INSERT OR REPLACE {copy}")
        refused(f"REPLACE {copy}")
        refused(f"UPDATE OR REPLACE {table} SET id = id + 1")
    refused(f"INSERT {copy} WHERE true ON CONFLICT (id) DO UPDATE SET id = excluded.id")


def column_names(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [c.name for c in connection.introspection.get_table_description(cursor, table)]


@sqlite_only
@pytest.mark.parametrize("unique", ["sequence", "hash", "previous"])
def test_a_replacing_insert_that_meets_another_unique_key_is_refused(filled, unique):
    columns = [c for c in column_names("consent_ledgerevent") if c != "id"]
    others = {"sequence": "-sequence", "hash": "'x' || hash", "previous": "'x' || previous"}
    values = ", ".join(c if c == unique else others.get(c, c) for c in columns)
    refused(
        f"INSERT OR REPLACE INTO consent_ledgerevent ({', '.join(columns)}) "
        f"SELECT {values} FROM consent_ledgerevent"
    )


def test_every_wall_stands(db):
    assert walls.missing(connection) == []


def drop_one_wall() -> str:
    table, wall = TABLES[0], walls._wall_names(connection.vendor)[0]
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    execute(f"DROP TRIGGER {table}_{wall}{on}")
    return f"{table}: {wall}"


def test_a_missing_wall_is_noticed(db):
    dropped = drop_one_wall()
    assert walls.missing(connection) == [dropped]


@postgres_only
def test_a_disabled_wall_is_noticed(db):
    execute(f"ALTER TABLE {TABLES[0]} DISABLE TRIGGER ALL")
    assert f"{TABLES[0]}: no_change" in walls.missing(connection)


def test_migrating_raises_the_walls_again(fresh_database):
    drop_one_wall()
    call_command("migrate", verbosity=0)
    assert walls.missing(connection) == []


def test_raising_walls_twice_changes_nothing(db):
    walls.raise_walls(connection)
    assert walls.missing(connection) == []


# --- the chain ---


def chain_is_whole() -> bool:
    previous, sequence = ledger.GENESIS, 0
    for event in LedgerEvent.objects.order_by("sequence"):
        ledger.to_fact(event)
        if (event.previous, event.sequence) != (previous, sequence + 1):
            return False
        previous, sequence = event.hash, event.sequence
    head = LedgerHead.objects.get()
    return (head.hash, head.sequence) == (previous, sequence)


def test_parallel_appends_never_fork(fresh_database, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    number = cast.mobile()
    ledger.prepare()

    def append_some():
        for _ in range(6):
            with transaction.atomic():
                ledger.append(
                    kind="stopped",
                    at=clock.now(),
                    evidence=ledger.Evidence(number=number),
                    body={"source": "SM1"},
                )
        connection.close()

    threads = [threading.Thread(target=append_some) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert LedgerEvent.objects.count() == 30
    assert chain_is_whole()
    assert chain.verify_all().anchor.marks == 30


def test_a_failed_act_leaves_no_gap_in_the_chain(filled):
    with transaction.atomic():
        ledger.append(
            kind="stopped", at=clock.now(), evidence=ledger.Evidence(number="+1"), body={}
        )
        transaction.set_rollback(True)
    cast.receive(cast.mobile_of(filled), filled.facility, "STOP")
    assert chain_is_whole()


def test_particulars_can_be_changed_or_deleted_by_nobody_whom_no_erasure_names(filled):
    refused("UPDATE consent_particulars SET number = '+15125550000'")
    refused("DELETE FROM consent_particulars")
    assert chain_is_whole()


@postgres_only
def test_particulars_cannot_be_emptied(filled):
    refused("TRUNCATE consent_particulars CASCADE")


def test_an_erasure_lets_go_of_the_rows_that_it_names_and_of_no_other(filled):
    number = cast.mobile_of(cast.stopped(filled.facility))
    before, others = LedgerEvent.objects.count(), Particulars.objects.exclude(number=number)
    kept = others.count()
    erasure.erase(
        number=number,
        why="their wish",
        early=True,
        scope=EVERYWHERE,
        by=cast.TESTER,
        now=clock.now(),
    )
    assert not Particulars.objects.filter(number=number).exists()
    assert (others.count(), LedgerEvent.objects.count()) == (kept, before + 1)
    assert chain_is_whole()


def test_altered_particulars_show(filled):
    event = LedgerEvent.objects.latest("sequence")
    row = Particulars.objects.latest("id")
    assert ledger.particulars_hash(row) == event.particulars_hash
    row.text = "I never wrote this"
    assert ledger.particulars_hash(row) != event.particulars_hash


def test_an_event_keeps_no_number_in_the_clear(filled):
    number = cast.mobile_of(filled)
    for event in LedgerEvent.objects.all():
        assert number not in event.body
        assert number not in event.number_key


def test_a_clearance_names_the_event_and_wording_it_relied_on(filled):
    clearance = Clearance.objects.latest("id")
    assert clearance.event.kind == "started"
    assert clearance.wording.kind == "form"
