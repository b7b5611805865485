"""Every arrow of the drawing in docs/consent.md, walked as people walk it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tenantline.consent import actions, forms, ledger, people, queries, unclear
from tenantline.conversations.models import Message
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.phone import Number
from tenantline.tenants.models import NumberQuestion, Tenant
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


def test_not_my_number_parks_the_number_until_a_person_has_said_whose_it_is():
    who = cast.tenant(cast.site())
    forms.disown(token=cast.issue_form(who), ip="", user_agent="", now=clock.now())
    assert (status(who), consent(who).parked) == ("none", True)
    asked = unclear.question(tenant=who)
    assert asked is not None
    unclear.answer(tenant=who, source=asked.source, said="same", by=cast.TESTER, now=clock.now())
    assert not consent(who).held


def test_start_ends_a_hold():
    who = cast.opted_in(cast.site())
    cast.receive(cast.mobile_of(who), who.facility, "only text me about my bill")
    start(who)
    assert not consent(who).held


def test_a_second_form_before_the_first_was_submitted_is_the_one_that_counts():
    who = cast.tenant(cast.site())
    cast.issue_form(who)
    cast.submit_form(cast.issue_form(who), "chat")
    start(who)
    assert active(who) == {"chat"}


def test_a_form_issued_while_another_waits_for_start_leaves_that_one_waiting():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who), "chat")
    cast.issue_form(who)
    assert (status(who), consent(who).waiting) == ("form_sent", ("chat",))
    start(who)
    assert active(who) == {"chat"}


def test_a_form_submitted_twice_states_the_last_wish():
    who = cast.tenant(cast.site())
    link = cast.issue_form(who)
    cast.submit_form(link, "chat", "notices")
    cast.submit_form(link, "statements")
    start(who)
    assert active(who) == {"statements"}


def test_a_second_start_finds_nothing_to_do():
    who = cast.opted_in(cast.site(), "Olive", "chat")
    start(who)
    kept = json.loads(ledger.events_of(who.pk)[-1].body)
    assert (active(who), kept["services"], kept["ended"]) == ({"chat"}, [], [])
    assert Message.objects.filter(direction="out").count() == 1  # the first START's confirmation


def test_what_a_new_form_ticks_anew_begins_with_the_next_start():
    who = cast.opted_in(cast.site(), "Olive", "chat")
    cast.submit_form(cast.issue_form(who), "chat", "statements")
    start(who)
    assert active(who) == {"chat", "statements"}


def test_a_stop_between_form_and_start_leaves_the_form_waiting():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who), "chat")
    cast.receive(cast.mobile_of(who), who.facility, "STOP")
    assert (status(who), consent(who).waiting) == ("opted_out", ("chat",))
    start(who)
    assert active(who) == {"chat"}


def test_a_revocation_by_staff_between_form_and_start_ends_the_form_too():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who), "chat")
    revoke(who)
    start(who)
    assert (status(who), consent(who).waiting) == ("opted_out", ())


def test_one_start_activates_the_forms_of_both_who_share_a_phone():
    site = cast.site()
    who = cast.tenant(site)
    other = cast.tenant(site, "Sue Second", number=Number(cast.mobile_of(who)))
    cast.submit_form(cast.issue_form(who), "chat")
    cast.submit_form(cast.issue_form(other), "notices")
    start(who)
    assert (active(who), active(other)) == ({"chat"}, {"notices"})


def test_a_form_that_waits_when_the_last_rental_ends_has_died():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who), "chat")
    move_out(who)
    assert status(who) == "none"
    start(who)
    assert active(who) == set()


def planned(who, at):
    actions.move_out(tenant=who, at=at, by=cast.TESTER, now=clock.now())


def test_a_tenancy_that_ends_by_date_ends_statements_and_notices_at_that_moment():
    who = cast.opted_in(cast.site())
    planned(who, clock.now() + timedelta(days=5))
    seen = [consent(who, later=timedelta(days=day)).services for day in (4, 5, 65)]
    assert seen == [
        {"chat": True, "statements": True, "notices": True},
        {"chat": True, "statements": False, "notices": False},
        {"chat": False, "statements": False, "notices": False},
    ]


def test_a_start_after_the_day_of_moving_out_opens_no_form_of_before():
    who = cast.tenant(cast.site())
    link = cast.issue_form(who)
    cast.submit_form(link, "chat")
    leaves = clock.now() + timedelta(days=5)
    planned(who, leaves)
    with pytest.raises(forms.FormGone):
        cast.submit_form(link, "chat", now=leaves)
    cast.receive(cast.mobile_of(who), who.facility, "START", now=leaves + timedelta(seconds=1))
    assert active(who) == set()


def test_a_facility_can_let_chat_end_sooner():
    site = cast.site()
    site.chat_days_after_move_out = 10
    site.save()
    who = cast.opted_in(site)
    move_out(who)
    assert status(who, later=timedelta(days=9)) == "opted_in"
    assert status(who, later=timedelta(days=10, minutes=1)) == "none"


def test_a_program_and_an_import_end_a_tenancy_by_the_same_rules():
    who = cast.opted_in(cast.site())
    wanted = people.Wanted(moved_out_at=clock.now())
    people.change(tenant=who, wanted=wanted, by=cast.TESTER, now=clock.now())
    assert active(who) == {"chat"}


def test_a_new_rental_needs_a_new_form_and_its_start():
    who = cast.opted_in(cast.site())
    move_out(who)
    actions.move_in(tenant=who, unit="NEW", by=cast.TESTER, now=clock.now())
    assert active(who) == {"chat"}
    cast.opt_in(who)
    assert active(who) == {"chat", "statements", "notices"}
    assert status(who, later=timedelta(days=90)) == "opted_in"


def test_a_form_of_a_new_rental_waits_beneath_the_old_chat():
    who = cast.opted_in(cast.site())
    move_out(who)
    actions.move_in(tenant=who, unit="NEW", by=cast.TESTER, now=clock.now())
    later = clock.now() + timedelta(days=50)
    cast.submit_form(cast.issue_form(who, now=later), now=later)
    days = [status(who, later=timedelta(days=day)) for day in (55, 61, 81)]
    assert days == ["opted_in", "waiting_for_start", "none"]


def test_the_list_of_tenants_says_the_same_when_the_old_chat_has_ended():
    who = cast.opted_in(cast.site())
    move_out(who)
    actions.move_in(tenant=who, unit="NEW", by=cast.TESTER, now=clock.now())
    later = clock.now() + timedelta(days=50)
    cast.submit_form(cast.issue_form(who, now=later), now=later)
    rows = queries.with_status(Tenant.objects.all(), clock.now() + timedelta(days=61))
    assert vars(rows.get())["consent_status"] == "waiting_for_start"
