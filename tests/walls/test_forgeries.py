# ruff: noqa: S608 - the tables' names are our own
"""Rows written past the product, by raw SQL: the gate does not believe them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection

from tenantline.consent import queries
from tenantline.consent.models import Clearance, LedgerEvent, LedgerHead, Wording
from tenantline.facilities.models import Line
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.errors import Refused, TenantlineError
from tenantline.outbox.models import Text
from tests import cast

pytestmark = pytest.mark.django_db


def insert(model, **values):
    """Insert one row by raw SQL and return its id."""
    table = model._meta.db_table
    columns = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING id", [*values.values()]
        )
        return cursor.fetchone()[0]


def forge_start(who, **changed):
    """A `started` event as the product would write it, but without the chain's key."""
    period = who.periods.get(ended_at=None)
    last = LedgerEvent.objects.latest("sequence")
    head = LedgerHead.objects.get()
    values = {
        "sequence": head.sequence + 1,
        "kind": "started",
        "at": clock.now(),
        "facility_id": who.facility_id,
        "tenant_id": who.pk,
        "period_id": period.pk,
        "number_key": last.number_key,
        "body": json.dumps({"services": ["chat", "notices", "statements"], "form": 1}),
        "particulars_hash": "",
        "previous": head.hash,
        "hash": "f" * 64,
    }
    return insert(LedgerEvent, **(values | changed))


def submitted():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who))
    return who


def forge_text(who, event_id, purpose="chat", number=None):
    clearance = insert(
        Clearance,
        tenant_id=who.pk,
        period_id=who.periods.get(ended_at=None).pk,
        facility_id=who.facility_id,
        number=number or cast.mobile_of(who),
        purpose=purpose,
        event_id=event_id,
        wording_id=Wording.objects.earliest("id").pk,
        cleared_at=clock.now(),
        nonce="",
        seal="",
    )
    values = dict.fromkeys(
        (
            "cause",
            "withdrawn",
            "author_ref",
            "quiet_hours_reason",
            "reason_code",
            "reason",
            "waits_for",
        ),
        "",
    )
    values |= dict.fromkeys(("error_code", "error_words", "leased_by"), "")
    pk = insert(
        Text,
        clearance_id=clearance,
        facility_id=who.facility_id,
        line_id=Line.objects.get(facility_id=who.facility_id, sending=True).pk,
        body="Buy now!",
        segments=1,
        priority=1,
        automatic=False,
        author_kind="staff",
        author_name="mallory",
        wording_key="",
        alike_key="",
        wording="",
        wording_plain=True,
        counts_as_mass=False,
        state="queued",
        carrier_rank=0,
        tries=0,
        next_at=clock.now(),
        created_at=clock.now(),
        **values,
    )
    return Text.objects.get(pk=pk)


def fate(text):
    # Tomorrow, at an hour at which a text may leave.
    assert cast.claim(now=cast.at_noon() + timedelta(days=2)) == []
    text.refresh_from_db()
    return text.state, text.reason_code


def test_a_forged_start_is_not_believed():
    who = submitted()
    forge_start(who)
    with pytest.raises(Refused) as refused:
        cast.write(who)
    assert refused.value.code == "ledger_broken"


def test_a_forged_start_that_copies_a_true_hash_cannot_be_stored():
    who = cast.opted_in(cast.site())
    true = LedgerEvent.objects.filter(kind="started").latest("sequence")
    with pytest.raises(Exception, match=r"(?i)unique|append-only"):
        forge_start(who, hash=true.hash)


def test_a_start_that_was_true_for_another_tenant_is_not_believed():
    cast.opted_in(cast.site())
    who = cast.tenant(cast.site("THERE"))
    cast.submit_form(cast.issue_form(who))
    true = LedgerEvent.objects.filter(kind="started").latest("sequence")
    forge_start(who, body=true.body, at=true.at, hash=true.hash[::-1])
    with pytest.raises(Refused) as refused:
        cast.write(who)
    assert refused.value.code == "ledger_broken"


def test_a_forged_text_to_a_tenant_without_consent_is_withheld():
    who = submitted()
    text = forge_text(who, LedgerEvent.objects.latest("id").pk)
    assert fate(text) == ("withheld", "no_consent")


def test_a_forged_text_resting_on_a_forged_start_is_withheld():
    who = submitted()
    text = forge_text(who, forge_start(who))
    assert fate(text) == ("withheld", "ledger_broken")


def test_a_forged_text_to_another_number_than_the_tenants_is_withheld():
    who = cast.opted_in(cast.site())
    Text.objects.update(state="withheld")
    text = forge_text(who, LedgerEvent.objects.latest("id").pk, number=cast.mobile())
    assert fate(text) == ("withheld", "number_changed")


@pytest.mark.parametrize("purpose", ["", "marketing", "CHAT", "statements"])
def test_a_forged_text_of_an_unknown_purpose_is_withheld(purpose):
    who = cast.opted_in(cast.site())
    Text.objects.update(state="withheld")
    text = forge_text(who, LedgerEvent.objects.latest("id").pk, purpose=purpose)
    assert fate(text) == ("withheld", "no_consent")


def test_the_kept_fold_opens_nothing():
    who = submitted()
    who.standing.__class__.objects.filter(pk=who.pk).update(status="opted_in", chat=True)
    with pytest.raises(Refused) as refused:
        cast.write(who)
    assert refused.value.code == "no_consent"


def test_another_key_in_the_head_opens_nothing():
    who = cast.opted_in(cast.site())
    LedgerHead.objects.all().delete()
    with pytest.raises(Refused):
        cast.write(who)
    assert not Text.objects.filter(clearance__purpose="chat").exists()


def test_after_a_forgery_the_screens_fail_closed():
    who = submitted()
    forge_start(who)
    with pytest.raises(TenantlineError):
        queries.of(tenant=who, scope=EVERYWHERE, now=clock.now())
