"""A payment that was thanked for by text comes back: the correction follows, once, by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.automations import actions, corrections, queries, working
from tenantline.billing import returns
from tenantline.kernel import clock
from tenantline.letters import actions as letters
from tenantline.letters import returned
from tenantline.letters.models import Letter, Notice
from tenantline.outbox.models import Text
from tenantline.recovery.models import Recovery
from tenantline.tenants import actions as tenants
from tests import cast
from tests.billing.returnfile import Back, written
from tests.runs.batches import reworded

pytestmark = pytest.mark.django_db
NOON = cast.at_noon()
TRACE = "071000300000001"
_SHOWN = ("letter__name", "method", "message__text__state")


@pytest.fixture(autouse=True)
def moved(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


@pytest.fixture
def dana():
    """Dana, who has agreed to texts and gets letters by them."""
    where = cast.site()
    dana = cast.opted_in(where, "Dana Whitfield", now=NOON)
    left()  # the confirmation
    tenants.change_details(tenant=dana, delivery_method="sms", by=cast.TESTER, now=NOON)
    cast.entry(dana)
    return dana


def later(moved, **span):
    """Let time go by, and everything that waits to leave leave."""
    moved.move_to(clock.now() + timedelta(**(span or {"minutes": 2})), tick=False)
    shift = working.Shift()
    while shift.step():
        pass
    corrections.step()


def left():
    """Let the texts that wait be sent."""
    Text.objects.filter(state="queued").update(state="sent", sent_at=clock.now())


def automation(when, name, sms="Thank you. You owe {{account.balance}} now."):
    letter = cast.letter(name, category="payment_received", sms=sms)
    made = actions.add(
        when=when, days=0, letter=letter, facility=None, by=cast.TESTER, now=clock.now()
    )
    return actions.switch(automation=made, mode="on", by=cast.TESTER, now=clock.now())


def thanked(moved, dana):
    """Thank Dana for a payment, by a text that leaves; return the payment."""
    automation("payment_received", "Thanks")
    payment = cast.entry(dana, "payment", external_id=TRACE)
    later(moved)
    assert Notice.objects.get().message is not None
    left()
    return payment


def came_back(dana):
    """Take in the bank's file in which Dana's payment comes back."""
    content = written([Back(who="", original=TRACE)])
    content = content.replace(b"261120", f"{clock.now():%y%m%d}".encode())  # when it was made
    file = returns.upload(
        facility=dana.facility, name="r.ach", content=content, by=cast.TESTER, now=clock.now()
    )
    returns.apply(file=file, by=cast.TESTER, now=clock.now())


def told():
    """Return by what and in which state each notice of a return went."""
    rows = Notice.objects.filter(occasion__startswith="payment_returned").order_by("pk")
    return [(name, how, state or "") for name, how, state in rows.values_list(*_SHOWN)]


def test_a_text_of_thanks_is_corrected_by_text_once(moved, dana):
    thanked(moved, dana)
    came_back(dana)
    for _ in range(3):
        later(moved)
    assert told() == [("Payment returned", "sms", "queued")]
    body = Notice.objects.latest("pk").words["sms"]
    assert "has come back unpaid" in body
    assert "$129.00" in body


def test_the_correction_is_withheld_when_consent_is_gone(moved, dana):
    thanked(moved, dana)
    came_back(dana)
    later(moved)
    cast.receive(cast.mobile_of(dana), dana.facility, "STOP")
    assert cast.claim() == []
    assert told() == [("Payment returned", "sms", "withheld")]


def test_without_consent_it_goes_by_the_next_method(moved, dana):
    thanked(moved, dana)
    cast.receive(cast.mobile_of(dana), dana.facility, "STOP")
    came_back(dana)
    later(moved)
    assert told() == [("Payment returned", "email", "")]


def test_an_automation_for_returns_is_the_correction_and_never_both(moved, dana):
    automation("payment_returned", "It came back")
    thanked(moved, dana)
    came_back(dana)
    corrections.step()
    assert told() == []  # left to the automation, which looks within a minute
    for _ in range(3):
        later(moved)
    assert [name for name, *_ in told()] == ["It came back"]


def test_where_the_automations_letter_fails_the_correction_follows_all_the_same(moved, dana):
    automation("payment_returned", "Broken", sms="Paid through {{account.paid_through}}.")
    thanked(moved, dana)
    came_back(dana)
    for _ in range(3):
        later(moved)
    assert [name for name, *_ in told()] == ["Payment returned"]


def test_thanks_that_never_left_need_no_correction(moved, dana):
    automation("payment_received", "Thanks")
    payment = cast.entry(dana, "payment")
    later(moved)
    returns.record(payment=payment, code="R01", by=cast.TESTER, now=clock.now())
    assert cast.claim() == []
    why = Notice.objects.values_list("message__text__reason", flat=True).get()
    assert why == "The payment was returned or reversed."
    later(moved)
    assert told() == []


def test_a_payment_nobody_thanked_for_is_told_of_by_automations_alone(moved, dana):
    returns.record(payment=cast.entry(dana, "payment"), code="R01", by=cast.TESTER, now=clock.now())
    later(moved)
    assert told() == []


def test_thanks_by_hand_are_corrected_too(moved, dana):
    payment = cast.entry(dana, "payment")
    letter = cast.letter("Receipt", category="payment_received", sms="{{account.balance}}: thanks")
    moved.shift(60)
    letters.issue(letter=letter, tenant=dana, by=cast.TESTER, now=clock.now())
    left()
    moved.shift(60)
    returns.record(payment=payment, code="R01", by=cast.TESTER, now=clock.now())
    later(moved)
    assert [name for name, *_ in told()] == ["Payment returned"]


def test_the_offices_own_letter_is_taken(moved, dana):
    cast.letter(returned.NAME, category="payment_returned", facility=dana.facility)
    payment = thanked(moved, dana)
    returns.record(payment=payment, code="R01", by=cast.TESTER, now=clock.now())
    later(moved)
    assert Notice.objects.latest("pk").letter.facility == dana.facility


def test_a_letter_on_something_else_of_that_name_is_left_alone(dana):
    cast.letter(returned.NAME, category="fee")
    for _ in range(2):
        made = returned.letter_for(dana.facility, by=cast.TESTER, now=NOON)
        assert made.name == "Payment returned, correction"
    assert Letter.objects.count() == 2


def test_after_a_restore_nothing_is_corrected_that_may_have_been(moved, dana):
    thanked(moved, dana)
    came_back(dana)
    recovery = Recovery.objects.create(
        backup_id="b", made_at=NOON, restored_at=clock.now(), texts=0
    )
    later(moved)
    recovery.ended_at = clock.now()
    recovery.save()
    later(moved)
    assert told() == []


def test_a_correction_that_cannot_be_issued_is_shown_until_a_letter_by_hand_has_told(moved, dana):
    words = "Paid through {{account.paid_through}}."
    cast.letter(returned.NAME, category="payment_returned", text=words, sms=words)
    payment = thanked(moved, dana)
    back = returns.record(payment=payment, code="R01", by=cast.TESTER, now=clock.now())
    later(moved)
    assert list(queries.failed_corrections([back.pk])) == [back.pk]
    other = cast.letter("By hand", category="payment_returned", sms="Unpaid: {{account.balance}}")
    letters.issue(letter=other, tenant=dana, by=cast.TESTER, now=clock.now())
    later(moved)
    assert (told(), queries.failed_corrections([back.pk])) == ([], {})


def test_once_its_letter_is_mended_the_correction_follows(moved, dana):
    words = "Paid through {{account.paid_through}}."
    broken = cast.letter(returned.NAME, category="payment_returned", text=words, sms=words)
    payment = thanked(moved, dana)
    back = returns.record(payment=payment, code="R01", by=cast.TESTER, now=clock.now())
    later(moved)
    reworded(broken)
    later(moved)
    assert [name for name, *_ in told()] == ["Payment returned"]
    assert queries.failed_corrections([back.pk]) == {}
