"""Payments that come back: reversed, the fee charged, dead authorisations ended, each once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenantline.billing import actions, autopay, queries, returned, returns
from tenantline.billing.models import Entry, ReturnedPayment, ReturnFile
from tenantline.billing.nacha import Damaged
from tenantline.billing.reasons import REASONS, may_retry
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, Refused
from tenantline.tenants.models import Tenant
from tests import cast
from tests.billing.returnfile import Back, written

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 16)


def who():
    return {"by": cast.TESTER, "now": clock.now()}


@pytest.fixture
def dana(db):
    where = cast.facility()
    actions.set_returned_fee(facility=where, cents=2_500, **who())
    dana = cast.tenant(where, "Dana Whitfield", external_id="T-1")
    cast.entry(dana, cents=12_900, day=date(2026, 11, 1))
    return dana


def paid(tenant, cents=12_900, **more):
    return cast.entry(tenant, "payment", cents, day=DAY, **more)


def taken(facility, content):
    file = returns.upload(facility=facility, name="r.ach", content=content, **who())
    if file.state == "checked":
        returns.apply(file=file, **who())
    return file


def balance(tenant):
    assert queries.balance_of(tenant.pk) == Tenant.objects.get(pk=tenant.pk).balance_cents
    return queries.balance_of(tenant.pk)


def test_a_return_reverses_the_payment_and_charges_the_fee(dana):
    payment = paid(dana)
    row = returns.record(payment=payment, code="R01", **who())
    reversal, fee = cast.known(row.reversal), cast.known(row.fee)
    assert (balance(dana), reversal.reverses, fee.amount_cents) == (15_400, payment, 2_500)
    assert "not enough money" in reversal.memo
    assert queries.oldest_due(dana.pk) == date(2026, 11, 1)


def test_what_the_office_or_a_bank_did_wrong_costs_the_tenant_nothing(dana):
    row = returns.record(payment=paid(dana), code="R24", **who())
    assert (row.fee, balance(dana)) == (None, 12_900)


@pytest.mark.parametrize(("code", "ends"), [("R02", True), ("R29", True), ("R01", False)])
def test_a_dead_authorisation_ends_autopay_and_its_pending_draft(dana, code, ends):
    draft = cast.draft(dana)
    row = returns.record(payment=paid(dana), code=code, **who())
    draft.refresh_from_db()
    method = Tenant.objects.get(pk=dana.pk).autopay_method
    assert (row.autopay_ended, method, draft.state) == (
        (True, "NET", "cancelled") if ends else (False, "bank", "pending")
    )


def test_a_payment_comes_back_once_and_only_payments_do(dana):
    payment = paid(dana)
    returns.record(payment=payment, code="R01", **who())
    charge = Entry.objects.filter(tenant=dana, kind="charge").earliest("pk")
    for entry, code in ((payment, "already_reversed"), (charge, "not_a_payment")):
        with pytest.raises(Refused) as refused:
            returns.record(payment=entry, code="R01", **who())
        assert refused.value.code == code
    with pytest.raises(BadInput, match="R99 is no reason"):
        returns.record(payment=paid(dana), code="R99", **who())


def test_a_file_is_looked_at_before_it_does_anything(dana):
    payment = paid(dana)
    content = written([Back("R02"), Back(who="T-9", trace="091000010000002")])
    file = returns.upload(facility=dana.facility, name="r.ach", content=content, **who())
    looked, _ = returns.looked_at(file)
    assert [one.payment for one in looked] == [payment, None]
    assert (cast.known(looked[0].follows).fee_cents, balance(dana)) == (2_500, 0)
    assert "123456789" not in file.content_sealed


def test_a_file_is_applied_once_whatever_file_a_return_comes_in(dana):
    paid(dana)
    taken(dana.facility, written([Back()]))
    taken(dana.facility, written([Back()]))
    again = written([Back("R09", who="T-8", trace="091000010000008")], [Back()])
    taken(dana.facility, again)
    assert balance(dana) == 15_400
    assert ReturnedPayment.objects.filter(state="applied").count() == 1
    assert ReturnFile.objects.filter(state="applied", content_sealed="").count() == 2


def test_a_payment_booked_after_the_files_day_is_found_by_its_trace_number(dana):
    later = cast.entry(dana, "payment", day=date(2026, 12, 20), external_id=Back().original)
    taken(dana.facility, written([Back()]))
    assert returned.of_tenant(dana)[0].payment == later


def test_a_file_for_several_facilities_leaves_nothing_waiting_that_was_found_at_one(dana):
    other = cast.facility("HARBOR")
    cast.entry(cast.tenant(other, "Nora Pelletier", external_id="H-1"), "payment", 700, day=DAY)
    nora = Back(who="H-1", cents=700, name="NORA PELLETIER", trace="091000010000002")
    paid(dana)
    for where in (dana.facility, other):
        taken(where, written([Back(), nora]))
    states = returned.of_facilities(EVERYWHERE).values_list("facility__code", "state")
    assert set(states) == {
        (dana.facility.code, "applied"),
        (dana.facility.code, "dismissed"),
        ("HARBOR", "applied"),
    }
    assert not returned.waiting(EVERYWHERE)


def test_what_matches_no_payment_waits_until_a_person_says(dana):
    payment = paid(dana)
    taken(dana.facility, written([Back(who="", name="")]))
    row = returned.waiting(EVERYWHERE).get()
    assert (row.state, balance(dana), returned.fitting(row)) == ("open", 0, [payment])
    returns.assign(returned=row, payment=payment, **who())
    assert balance(dana) == 15_400
    with pytest.raises(Refused):
        returns.set_aside(returned=row, **who())


def test_a_return_told_twice_reverses_one_payment_and_not_the_month_before(dana):
    cast.entry(dana, "payment", 12_900, day=date(2026, 10, 16))
    named = paid(dana)
    twice = written([Back(), Back("R09", trace="091000010000002")])
    file = returns.upload(facility=dana.facility, name="r.ach", content=twice, **who())
    looked, _ = returns.looked_at(file)
    assert [one.payment and one.payment.pk for one in looked] == [named.pk, None]
    returns.apply(file=file, **who())
    states = ReturnedPayment.objects.order_by("pk").values_list("state", "payment")
    assert list(states) == [("applied", named.pk), ("open", None)]


def test_what_was_recorded_by_hand_is_not_taken_from_the_file_again(dana):
    cast.entry(dana, "payment", 12_900, day=date(2026, 10, 16))
    returns.record(payment=paid(dana), code="R01", **who())
    owed = balance(dana)
    taken(dana.facility, written([Back()]))
    assert balance(dana) == owed
    assert "already" in ReturnedPayment.objects.latest("pk").why_open


def test_a_damaged_file_is_kept_nowhere(dana):
    with pytest.raises(Damaged):
        taken(dana.facility, written([Back()])[:-95])
    assert not ReturnFile.objects.exists()


def test_a_change_is_shown_until_it_was_passed_on_and_then_forgotten(dana):
    for where in (dana.facility, cast.facility("HARBOR")):
        taken(where, written([Back("C01", more="987654321")]))
    there, row = returned.waiting(EVERYWHERE)
    assert (row.state, returned.corrected(row)) == ("change", "987654321")
    assert "987654321" not in row.corrected_sealed
    returns.set_aside(returned=row, **who())
    for pk in (row.pk, there.pk):
        one = returned.get(scope=EVERYWHERE, returned_id=pk)
        assert (one.state, returned.corrected(one)) == ("noted", "")


def test_a_lack_of_money_is_tried_again_twice_at_most(dana):
    row, tries = returns.record(payment=paid(dana), code="R01", **who()), 0
    cast.on_autopay(dana)
    day = queries.today(dana.facility, clock.now())
    while not returned.why_no_retry(row, today=day):
        draft = returns.retry(returned=row, draws_on=day, **who())
        draft, tries = autopay.settle(draft=draft, state="done", **who()), tries + 1
        row = returns.record(payment=cast.known(draft.payment), code="R01", **who())
        draft.refresh_from_db()
        assert (draft.state, draft.tries) == ("returned", tries)
    assert tries == 2
    with pytest.raises(Refused):
        returns.retry(returned=row, draws_on=day, **who())


def test_one_return_is_tried_again_once_and_never_for_who_is_on_net(dana):
    row, day = cast.came_back(dana), queries.today(dana.facility, clock.now())
    with pytest.raises(Refused, match="NET"):
        returns.retry(returned=row, draws_on=day, **who())
    cast.on_autopay(dana)
    with pytest.raises(BadInput, match="today or a later day"):
        returns.retry(returned=row, draws_on=day - timedelta(days=1), **who())
    draft = returns.retry(returned=row, draws_on=day, **who())
    autopay.settle(draft=draft, state="done", **who())
    with pytest.raises(Refused, match="already"):
        returns.retry(returned=row, draws_on=day, **who())


@pytest.mark.parametrize("code", sorted(REASONS))
def test_only_a_lack_of_money_is_tried_again(code):
    why_not = may_retry(code, tries=0, first_paid_on=DAY, on=DAY)
    assert (why_not == "") == (code in {"R01", "R09"})
    assert may_retry(code, tries=0, first_paid_on=DAY, on=DAY + timedelta(days=181))
    assert not (REASONS[code].may_retry and REASONS[code].ends_autopay)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_one_wrong_byte_never_reverses_somebody_elses_payment(dana, data):
    if not Entry.objects.filter(kind="payment").exists():
        paid(cast.tenant(dana.facility, "Ana Diaz", external_id="T-2"))
        paid(dana, external_id="71000300000001")
    sound = written([Back()])
    place = data.draw(st.integers(94 * 2, 94 * 4 + 3))
    byte = data.draw(st.sampled_from(b"0123456789 TR"))
    damaged = sound[:place] + bytes([byte]) + sound[place + 1 :]
    try:
        file = returns.upload(facility=dana.facility, name="r", content=damaged, **who())
    except Damaged:
        return
    looked, _ = returns.looked_at(file)
    assert {one.payment.tenant_id for one in looked if one.payment} <= {dana.pk}
