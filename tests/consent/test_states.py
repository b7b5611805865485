"""Every arrow of the drawing in docs/consent.md, walked as people walk it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.consent import actions, forms, queries
from tenantline.conversations.models import Message
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.phone import Number
from tenantline.tenants.models import NumberQuestion
from tests import cast

pytestmark = pytest.mark.django_db


def consent(who, *, later=timedelta()):
    return queries.of(tenant=who, scope=EVERYWHERE, now=clock.now() + later)


def status(who, *, later=timedelta()):
    return consent(who, later=later).status


def active(who):
    return {service for service, is_active in consent(who).services.items() if is_active}


def revoke(who):
    actions.record_revocation(
        tenant=who, medium="phone", note="called", by=cast.TESTER, now=clock.now()
    )


def start(who):
    cast.receive(cast.mobile_of(who), who.facility, "START")


def move_out(who):
    now = clock.now()
    actions.move_out(tenant=who, at=now, by=cast.TESTER, now=now)


def test_none_to_form_sent():
    who = cast.tenant(cast.site())
    assert status(who) == "none"
    cast.issue_form(who)
    assert status(who) == "form_sent"


def test_form_sent_lapses_after_thirty_days():
    who = cast.tenant(cast.site())
    cast.issue_form(who)
    assert status(who, later=timedelta(days=30)) == "none"


def test_form_sent_to_waiting_for_start():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who), "chat")
    assert status(who) == "waiting_for_start"
    assert consent(who).waiting == ("chat",)


def test_waiting_for_start_lapses_after_thirty_days():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who))
    assert status(who, later=timedelta(days=30)) == "none"


def test_waiting_for_start_to_opted_in():
    who = cast.opted_in(cast.site(), "Olive", "chat", "notices")
    assert status(who) == "opted_in"
    assert active(who) == {"chat", "notices"}


def test_opting_in_is_answered_by_one_confirmation():
    who = cast.opted_in(cast.site())
    [message] = Message.objects.filter(direction="out")
    assert message.text is not None
    assert message.text.clearance.purpose == "confirmation"
    assert message.text.clearance.number == cast.mobile_of(who)


def test_start_again_is_not_answered():
    who = cast.opted_in(cast.site())
    start(who)
    assert Message.objects.filter(direction="out").count() == 1


def test_a_new_form_ends_what_is_unticked_and_waits_for_what_is_new():
    who = cast.opted_in(cast.site(), "Olive", "chat", "notices")
    cast.submit_form(cast.issue_form(who), "chat", "statements")
    assert active(who) == {"chat"}
    assert consent(who).waiting == ("statements",)
    assert status(who) == "opted_in"


def test_opted_in_to_opted_out_by_stop():
    assert status(cast.stopped(cast.site())) == "opted_out"


@pytest.mark.parametrize("words", ["Stop please", "UNSUBSCRIBE", "opt out", "parar, gracias"])
def test_stop_in_other_words(words):
    who = cast.opted_in(cast.site())
    cast.receive(cast.mobile_of(who), who.facility, words)
    assert status(who) == "opted_out"


@pytest.mark.parametrize("words", ["I will stop by the office", "Can I end my lease?", "yes"])
def test_other_words_change_nothing(words):
    who = cast.opted_in(cast.site())
    cast.receive(cast.mobile_of(who), who.facility, words)
    assert status(who) == "opted_in"


def test_opted_in_to_opted_out_by_what_staff_record():
    who = cast.opted_in(cast.site())
    revoke(who)
    assert status(who) == "opted_out"


def test_a_recorded_revocation_ends_the_number_for_everyone_who_holds_it():
    here, there = cast.site("HERE"), cast.site("THERE")
    who = cast.opted_in(here)
    other = cast.opted_in(there, number=Number(cast.mobile_of(who)))
    revoke(who)
    assert status(other) == "opted_out"


def test_opted_out_to_opted_in_by_start_after_stop():
    who = cast.opted_in(cast.site(), "Olive", "chat", "notices")
    cast.receive(cast.mobile_of(who), who.facility, "STOP")
    start(who)
    assert active(who) == {"chat", "notices"}


def test_start_restores_one_facility_only():
    here, there = cast.site("HERE"), cast.site("THERE")
    who = cast.opted_in(here)
    other = cast.opted_in(there, number=Number(cast.mobile_of(who)))
    cast.receive(cast.mobile_of(who), here, "STOP")
    start(who)
    assert [status(who), status(other)] == ["opted_in", "opted_out"]


def test_start_does_not_undo_what_staff_recorded():
    who = cast.opted_in(cast.site())
    revoke(who)
    start(who)
    assert status(who) == "opted_out"


def test_opted_out_to_opted_in_by_a_new_form_and_start():
    who = cast.opted_in(cast.site())
    revoke(who)
    cast.opt_in(who)
    assert status(who) == "opted_in"


def test_any_to_number_changed():
    who = cast.opted_in(cast.site())
    cast.change_number(who, cast.mobile())
    assert status(who) == "number_changed"


def test_number_changed_to_opted_in_with_the_new_number():
    who = cast.opted_in(cast.site())
    cast.change_number(who, cast.mobile())
    cast.opt_in(who)
    assert status(who) == "opted_in"


def test_a_number_that_was_passed_on_is_closed_for_the_one_before():
    site = cast.site()
    before = cast.opted_in(site)
    cast.tenant(site, "Next", number=Number(cast.mobile_of(before)))
    question = NumberQuestion.objects.get()
    actions.answer_number_question(
        question=question, answer="passed_on", by=cast.TESTER, now=clock.now()
    )
    assert status(before) == "number_changed"


def test_moving_out_ends_all_but_chat():
    who = cast.opted_in(cast.site())
    move_out(who)
    assert active(who) == {"chat"}


def test_chat_ends_sixty_days_after_moving_out():
    who = cast.opted_in(cast.site())
    move_out(who)
    assert status(who, later=timedelta(days=60, minutes=1)) == "none"


def test_not_my_number_holds_automatic_texts_until_a_person_has_looked():
    who = cast.opted_in(cast.site())
    forms.disown(token=cast.issue_form(who), ip="", user_agent="", now=clock.now())
    assert consent(who).held
    actions.end_hold(tenant=who, by=cast.TESTER, now=clock.now())
    assert not consent(who).held


def test_start_ends_a_hold():
    who = cast.opted_in(cast.site())
    forms.disown(token=cast.issue_form(who), ip="", user_agent="", now=clock.now())
    start(who)
    assert not consent(who).held
