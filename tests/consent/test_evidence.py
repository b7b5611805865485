"""R11: what was written down stays as it was, whoever tries; what was forged is not believed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tenantline.consent.models import LedgerEvent, Particulars
from tenantline.kernel import walls
from tenantline.kernel.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db

TABLES = ["consent_ledgerevent", "consent_clearance", "consent_wording", "audit_entry"]


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def take_down(table):
    suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
    name = "no_change" if connection.vendor == "postgresql" else "no_update"
    run(f"DROP TRIGGER {table}_{name}{suffix}")


def refusal(who):
    with pytest.raises(Refused) as refused:
        cast.write(who)
    return refused.value.code


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_changed_with_sql(table):
    cast.opted_in(cast.site())
    with pytest.raises(DatabaseError, match="append-only"):
        run(f"UPDATE {table} SET id = id")  # noqa: S608 - our own names


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_deleted_with_sql(table):
    cast.opted_in(cast.site())
    with pytest.raises(DatabaseError, match="append-only"):
        run(f"DELETE FROM {table}")  # noqa: S608 - our own names


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_replaced_or_truncated(table):
    cast.opted_in(cast.site())
    how = "REPLACE INTO {0} SELECT * FROM {0}"
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may be pending, or it refuses for that
        how = "TRUNCATE {0} CASCADE"
    with pytest.raises(DatabaseError, match="append-only"):
        run(how.format(table))


def test_every_wall_stands():
    assert walls.missing(connection) == []


def test_a_wall_that_was_taken_down_is_missed_and_raised_again():
    take_down("consent_ledgerevent")
    assert len(walls.missing(connection)) == 1
    walls.raise_walls(connection)
    assert walls.missing(connection) == []


def test_an_event_that_was_changed_past_the_walls_closes_the_gate():
    who = cast.opted_in(cast.site(), "Olive", "notices")
    take_down("consent_ledgerevent")
    LedgerEvent.objects.filter(kind="started").update(body='{"services":["chat"],"form":1}')
    assert refusal(who) == "ledger_broken"


def test_an_event_that_was_made_past_the_ledger_closes_the_gate():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who))
    forged = LedgerEvent.objects.get(kind="form_submitted")
    forged.pk, forged.sequence, forged.kind = None, forged.sequence + 1, "started"
    forged.previous, forged.hash = forged.hash, "f" * 64
    forged.save(force_insert=True)
    assert refusal(who) == "ledger_broken"


def test_erasing_who_it_was_leaves_the_chain_whole():
    who = cast.opted_in(cast.site())
    Particulars.objects.all().delete()
    cast.write(who)


def test_the_words_shown_are_kept_with_the_form():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who), "chat")
    form = who.optinform_set.get()
    assert form.wording.words["button"] == "Opt in to Text/Messaging"
    assert LedgerEvent.objects.get(kind="form_submitted").body.count(form.wording.version) == 1
