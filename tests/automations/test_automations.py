"""Automations on a database: each occasion, once, withheld when its cause is gone, simulated."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.audit.models import Entry as AuditEntry
from tenantline.automations import actions, facts, queries, working
from tenantline.automations.models import Firing
from tenantline.billing import actions as billing
from tenantline.billing import autopay, returns
from tenantline.consent import actions as consent
from tenantline.facilities.scope import EVERYWHERE, Scope
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, Conflict, Forbidden, NotFound
from tenantline.letters import actions as letters
from tenantline.letters.models import Notice
from tenantline.outbox.models import Text
from tenantline.recovery.models import Recovery
from tenantline.tenants import actions as tenants
from tests import cast

pytestmark = pytest.mark.django_db
NOON = cast.at_noon()
PLAIN = "Dear {{tenant.name}}, about your account."


@pytest.fixture(autouse=True)
def moved(time_machine):
    """It is noon; the clock stands still until moved."""
    time_machine.move_to(NOON, tick=False)
    return time_machine


@pytest.fixture
def where(moved):
    return cast.site()


def automation(when, days=0, *, mode="on", facility=None, text=PLAIN, **letter):
    made = actions.add(
        when=when,
        days=days,
        letter=cast.letter(f"On {when} {days}", text=text, **letter),
        facility=facility,
        by=cast.TESTER,
        now=NOON,
    )
    return actions.switch(automation=made, mode=mode, by=cast.TESTER, now=NOON)


def scan():
    """Let a worker go on until no automation is due."""
    shift = working.Shift()
    for _ in range(100):
        if not shift.step():
            return
    raise AssertionError("a scan does not end")


def later(moved, **span):
    moved.move_to(clock.now() + timedelta(**span), tick=False)
    scan()


def done():
    rows = Firing.objects.order_by("pk")
    return [(one.tenant.name, one.state, one.method or one.why) for one in rows]


def owing(where, *, in_days=0, name="Olive"):
    who = cast.tenant(where, name)
    day = (NOON + timedelta(days=in_days)).date()
    return who, cast.entry(who, due_on=day)


def test_a_charge_is_reminded_of_once_for_its_due_date(where, moved):
    automation("charge_due", 3)
    who, _ = owing(where, in_days=4)
    cast.entry(who, cents=1_000, due_on=(NOON + timedelta(days=4)).date())  # insurance
    scan()
    assert done() == []
    for _ in range(3):
        later(moved, days=1)
    assert done() == [("Olive", "issued", "print")]


def test_a_paid_charge_is_not_reminded_of(where, moved):
    automation("charge_late", 2)
    who, charge = owing(where)
    owing(where, name="Lena Late")
    cast.entry(who, "payment", charge.amount_cents)
    later(moved, days=2)
    assert done() == [("Lena Late", "issued", "print")]


def test_a_cause_that_goes_between_scan_and_issue_withholds(where):
    made = automation("charge_due", 3)
    who, charge = owing(where, in_days=1)
    fact = next(facts.to_deal_with(made, now=NOON))
    billing.reverse(entry=charge, memo="a slip", by=cast.TESTER, now=NOON)
    working.fire(automation_id=made.pk, fact=fact, now=NOON)
    assert done() == [(who.name, "withheld", "The charge was reversed.")]
    assert not Notice.objects.exists()


def test_a_text_is_withheld_that_is_paid_before_it_leaves(where, moved):
    moved.move_to(NOON - timedelta(hours=2), tick=False)
    who = cast.opted_in(where, "Tess Texted", now=clock.now())
    tenants.change_details(tenant=who, delivery_method="sms", by=cast.TESTER, now=clock.now())
    Text.objects.update(state="withheld")
    moved.move_to(NOON, tick=False)
    automation("charge_due", 3)
    charge = cast.entry(who, due_on=(NOON + timedelta(days=1)).date())
    scan()
    assert done() == [("Tess Texted", "issued", "sms")]
    cast.entry(who, "payment", charge.amount_cents)
    assert cast.claim() == []
    assert Text.objects.get(clearance__purpose="notice").reason == "It has been paid meanwhile."


def test_who_has_moved_out_gets_nothing(where, moved):
    automation("charge_late", 1)
    who, _ = owing(where)
    consent.move_out(tenant=who, at=NOON, by=cast.TESTER, now=NOON)
    later(moved, days=1)
    assert done() == [("Olive", "withheld", "The tenant has moved out.")]


def test_rentals_payments_returns_and_drafts_are_occasions_too(where, moved):
    for when in ("rental_begins", "payment_received", "payment_returned", "autopay_draws"):
        automation(when, 2)
    who = cast.tenant(where, "Rita Rents")
    payment = cast.entry(who, "payment", 5_000)
    cast.draft(who, in_days=2)
    later(moved, minutes=2)
    returns.record(payment=payment, code="R01", by=cast.TESTER, now=clock.now())
    for _ in range(3):
        later(moved, days=1)
    causes = [one.cause.partition(":")[0] for one in Firing.objects.filter(state="issued")]
    assert sorted(causes) == ["draft", "payment", "rental", "return"]
    assert Firing.objects.count() == Notice.objects.count() == 4


def test_a_cancelled_draft_is_not_announced(where, moved):
    automation("autopay_draws", 2)
    draft = cast.draft(cast.tenant(where), in_days=4)
    autopay.settle(draft=draft, state="cancelled", by=cast.TESTER, now=NOON)
    later(moved, days=2)
    assert done() == []


def test_what_a_worker_comes_too_late_for_is_noted_and_not_sent(where, moved):
    automation("charge_late", 1)
    owing(where)
    later(moved, days=6)
    assert [(state, why[:11]) for _, state, why in done()] == [("withheld", "Out of date")]
    assert not Notice.objects.exists()


def test_simulated_lists_who_would_get_it_and_issues_nothing_then_or_later(where, moved):
    made = automation("charge_due", 3, mode="simulated")
    owing(where, in_days=1)
    scan()
    assert done() == [("Olive", "simulated", "print")]
    actions.switch(automation=made, mode="on", by=cast.TESTER, now=clock.now())
    later(moved, minutes=5)
    assert not Notice.objects.exists()


def test_off_is_at_once_even_in_the_middle_of_a_scan(where):
    made = automation("charge_due", 3)
    owing(where, in_days=1)
    fact = next(facts.to_deal_with(made, now=NOON))
    actions.switch(automation=made, mode="off", by=cast.TESTER, now=NOON)
    assert working.fire(automation_id=made.pk, fact=fact, now=NOON) is None
    assert done() == []


def test_two_workers_with_the_same_fact_issue_once(where):
    made = automation("charge_due", 3)
    owing(where, in_days=1)
    fact = next(facts.to_deal_with(made, now=NOON))
    for _ in range(2):
        working.fire(automation_id=made.pk, fact=fact, now=NOON)
    assert Notice.objects.count() == Firing.objects.count() == 1


def test_a_letter_with_an_empty_field_fails_and_stops_no_other(where):
    automation("charge_due", 3, text="Paid through {{account.paid_through}}.")
    owing(where, in_days=1)
    paid = cast.tenant(where, "Paula", paid_through=NOON.date())
    cast.entry(paid, due_on=NOON.date())
    scan()
    assert {(name, state) for name, state, _ in done()} == {
        ("Olive", "failed"),
        ("Paula", "issued"),
    }


def test_nothing_is_done_in_a_recovery_nor_afterwards_for_what_came_before(where, moved):
    automation("charge_due", 3)
    recovery = Recovery.objects.create(backup_id="b", made_at=NOON, restored_at=NOON, texts=0)
    owing(where, in_days=1)
    scan()
    assert done() == []
    recovery.ended_at = NOON + timedelta(days=1)
    recovery.save()
    later(moved, hours=25)
    assert done() == []


def test_an_automation_of_a_facility_leaves_others_alone(where):
    elsewhere = cast.facility("MESA")
    made = automation("charge_due", 3, facility=where)
    owing(elsewhere, in_days=1)
    scan()
    assert done() == []
    assert not queries.automations(scope=Scope(frozenset({elsewhere.pk}))).exists()
    with pytest.raises(BadInput, match="Choose a letter"):
        actions.add(
            when="charge_due",
            days=3,
            letter=cast.letter("Own", facility=where),
            facility=elsewhere,
            by=cast.TESTER,
            now=NOON,
        )
    assert queries.automation(scope=EVERYWHERE, automation_id=made.pk) == made


def test_one_for_all_facilities_is_an_owners_of_all():
    with pytest.raises(Forbidden, match="owner of all"):
        queries.demand_may_change(scope=Scope(frozenset({1})), facility_id=None)


def test_the_same_automation_twice_is_refused_and_acts_are_kept(where):
    made = automation("charge_due", 3)
    again = {"when": "charge_due", "days": 3, "letter": made.letter, "facility": None}
    with pytest.raises(Conflict):
        actions.add(**again, by=cast.TESTER, now=NOON)
    actions.end(automation=made, by=cast.TESTER, now=NOON)
    acts = AuditEntry.objects.filter(act__startswith="automation.").values_list("act", flat=True)
    assert list(acts.order_by("pk")) == [f"automation.{n}" for n in ("added", "switched", "ended")]


def changed(made, days, *, leave_alone=False, letter=None):
    how = {"days": days, "letter": letter or made.letter, "leave_alone": leave_alone}
    return actions.change(automation=made, **how, by=cast.TESTER, now=clock.now())


def test_other_days_write_to_whom_they_newly_concern_and_to_nobody_again(where, moved):
    made = automation("charge_due", 1)
    owing(where, in_days=1, name="Una Soon")
    owing(where, in_days=4, name="Lena Later")
    later(moved, hours=1)
    assert changed(made, 5, letter=cast.letter("Other words", text=PLAIN)) == 0
    later(moved, minutes=2)
    assert done() == [("Una Soon", "issued", "print"), ("Lena Later", "issued", "print")]
    assert Notice.objects.latest("pk").letter.name == "Other words"


def test_a_change_may_leave_alone_whom_it_would_newly_concern(where, moved):
    made = automation("charge_due", 1)
    owing(where, in_days=4)
    later(moved, hours=1)
    said = {"letter": made.letter, "scope": EVERYWHERE, "now": clock.now(), "most": 9}
    assert len(queries.would_do_changed(automation=made, days=5, **said)) == 1
    assert changed(made, 5, leave_alone=True) == 1
    for _ in range(4):
        later(moved, days=1)
    assert done() == [("Olive", "withheld", "Left alone when the automation was changed.")]
    owing(where, in_days=8, name="Nora New")
    later(moved, minutes=2)
    assert done()[1:] == [("Nora New", "issued", "print")]


def test_a_change_is_held_to_what_adding_one_is(where):
    made, other = automation("charge_due", 1), automation("charge_due", 2)
    with pytest.raises(Conflict):
        changed(other, 1, letter=made.letter)
    with pytest.raises(BadInput):
        changed(made, 61)
    actions.end(automation=made, by=cast.TESTER, now=NOON)
    with pytest.raises(NotFound):
        changed(made, 4)


def test_the_preview_says_who_would_get_it_now_by_which_method(where):
    made = automation("charge_due", 3, mode="off")
    who, _ = owing(where, in_days=1)
    listed = queries.would_do(automation=made, scope=EVERYWHERE, now=NOON, most=10)
    assert [(one.tenant, one.method) for one in listed] == [(who, "print")]
    letters.retire(letter=made.letter, by=cast.TESTER, now=NOON)
    made.letter.refresh_from_db()
    listed = queries.would_do(automation=made, scope=EVERYWHERE, now=NOON, most=10)
    assert [one.why for one in listed] == ["The letter is no longer in use."]
