"""Accounts: entries, reversals, balances that others state, and what the schema refuses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tenantline.billing import actions, autopay, queries
from tenantline.billing.actions import NewEntry
from tenantline.billing.models import Entry
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, Conflict, Refused
from tenantline.tenants.models import Tenant
from tests import cast

pytestmark = pytest.mark.django_db


def post(tenant, kind="charge", cents=100, key="", **more):
    new = NewEntry(kind=kind, amount_cents=cents, **more)
    return actions.record(
        tenant=tenant, new=new, by=cast.TESTER, now=clock.now(), request_key=key
    ).entry


@pytest.fixture
def dana():
    return cast.tenant(cast.facility(), "Dana")


def state(tenant, cents):
    return actions.state_balance(tenant=tenant, cents=cents, by=cast.TESTER, now=clock.now())


def kept(tenant):
    return Tenant.objects.get(pk=tenant.pk).balance_cents


def test_the_balance_is_what_the_entries_add_up_to(dana):
    post(dana, "charge", 12_900)
    post(dana, "payment", 10_000)
    post(dana, "credit", 400)
    assert queries.balance_of(dana.pk) == kept(dana) == 2_500


def test_a_reversal_has_the_amount_of_what_it_undoes_and_stands_beside_it(dana):
    paid = post(dana, "payment", 700)
    undone = actions.reverse(entry=paid, by=cast.TESTER, now=clock.now())
    assert (undone.amount_cents, undone.effect_cents, undone.reverses) == (700, 700, paid)
    assert kept(dana) == 0


def test_an_entry_is_reversed_once_and_a_reversal_never(dana):
    undone = actions.reverse(entry=post(dana), by=cast.TESTER, now=clock.now())
    for again, code in (
        (cast.known(undone.reverses), "already_reversed"),
        (undone, "not_reversible"),
    ):
        with pytest.raises(Refused) as refused:
            actions.reverse(entry=again, by=cast.TESTER, now=clock.now())
        assert refused.value.code == code


def test_a_reversal_names_an_entry_of_the_same_account_and_its_amount(dana):
    other = post(cast.tenant(dana.facility, "Other"))
    own = post(dana, cents=100)
    for cents, reverses in ((None, other.pk), (None, None), (99, own.pk), (None, 2**70)):
        with pytest.raises(BadInput):
            post(dana, "reversal", cents, reverses=reverses)


def test_a_charge_is_due_on_its_day_unless_it_says_when(dana):
    post(dana, day=date(2026, 5, 1))
    later = post(dana, day=date(2026, 5, 1), due_on=date(2026, 5, 9))
    assert later.due_on == date(2026, 5, 9)
    assert queries.oldest_due(dana.pk) == date(2026, 5, 1)
    post(dana, "payment", 100)
    assert queries.oldest_due(dana.pk) == date(2026, 5, 9)


def test_a_reversed_payment_makes_its_charge_due_again(dana):
    post(dana, day=date(2026, 5, 1))
    paid = post(dana, "payment", 100)
    assert queries.oldest_due(dana.pk) is None
    actions.reverse(entry=paid, by=cast.TESTER, now=clock.now())
    assert queries.oldest_dues([dana.pk]) == {dana.pk: date(2026, 5, 1)}


def test_a_repeated_request_gives_the_same_entry_and_another_under_its_key_is_refused(dana):
    first = post(dana, key="token:1\x1fa")
    assert post(dana, key="token:1\x1fa") == first
    with pytest.raises(BadInput) as refused:
        post(dana, cents=101, key="token:1\x1fa")
    assert refused.value.code == "idempotency_mismatch"
    assert kept(dana) == 100


def test_an_external_id_is_taken_once_at_a_facility(dana):
    first = post(dana, external_id="P-1")
    with pytest.raises(Conflict) as refused:
        post(dana, external_id="P-1")
    assert refused.value.existing == str(first.pk)


def test_a_stated_balance_becomes_one_entry_of_the_difference(dana):
    post(dana, "charge", 5_000)
    entry = cast.known(state(dana, -200))
    assert (entry.kind, entry.effect_cents, kept(dana)) == ("credit", -5_200, -200)
    assert state(dana, -200) is None


@pytest.mark.parametrize("cents", ["12", True, 1.5, 10**16])
def test_a_stated_balance_is_a_whole_number_of_cents(dana, cents):
    with pytest.raises(BadInput):
        actions.state_balance(tenant=dana, cents=cents, by=cast.TESTER, now=clock.now())


@pytest.mark.parametrize("wrong", [{"method": "gold"}, {"day": 0}, {"day": 32}, {"day": True}])
def test_autopay_has_a_known_method_and_a_day_of_the_month(dana, wrong):
    with pytest.raises(BadInput):
        autopay.change_method(tenant=dana, by=cast.TESTER, now=clock.now(), **wrong)
    assert Tenant.objects.get(pk=dana.pk).autopay_method == "NET"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_entry SET amount_cents = 1, effect_cents = 1",
        "DELETE FROM billing_entry",
    ],
)
def test_no_entry_can_be_changed_or_deleted(dana, statement):
    post(dana)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.get().amount_cents == 100


def test_a_period_opens_with_what_was_owed_and_closes_with_what_its_entries_leave(dana):
    post(dana, "charge", 300, day=date(2026, 4, 30))
    post(dana, "charge", 200, day=date(2026, 5, 1))
    post(dana, "payment", 450, day=date(2026, 5, 31))
    post(dana, "charge", 999, day=date(2026, 6, 1))
    may = queries.period(dana.pk, first=date(2026, 5, 1), last=date(2026, 5, 31))
    assert (may.opening_cents, len(may.entries), may.closing_cents) == (300, 2, 50)
    assert queries.periods([dana.pk], first=may.first, last=may.last)[dana.pk] == may


def test_an_entry_without_a_day_is_dated_where_the_facility_is(dana):
    just_after = clock.now().replace(hour=3, minute=0)
    new = NewEntry(kind="charge", amount_cents=1)
    entry = actions.record(tenant=dana, new=new, by=cast.TESTER, now=just_after).entry
    assert entry.date == (just_after - timedelta(days=1)).date()
