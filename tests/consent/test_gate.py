"""Every way past the gate that anybody could think of, tried and refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.consent import forms, queries
from tenantline.conversations import inbound
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, NotFound, Refused
from tenantline.outbox import actions as outbox
from tenantline.outbox.models import Text
from tests import cast

pytestmark = pytest.mark.django_db


def status(who):
    return queries.of(tenant=who, scope=EVERYWHERE, now=clock.now()).status


def refusal(who, **wanted):
    with pytest.raises(Refused) as refused:
        cast.write(who, **wanted)
    return refused.value.code


def leave(*, later=1):
    return cast.claim(now=clock.now() + timedelta(seconds=later))


def queued(who) -> Text:
    """Write to somebody; return what waits in the outbox."""
    return Text.objects.get(message=cast.write(who))


def test_form_and_start_open_the_gate():
    who = cast.opted_in(cast.site())
    assert status(who) == "opted_in"
    cast.write(who)
    assert {job.cleared.number for job in leave()} == {cast.mobile_of(who)}


def test_nobody_is_texted_without_anything():
    assert refusal(cast.tenant(cast.site())) == "no_consent"


def test_the_form_alone_opens_nothing():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who))
    assert status(who) == "waiting_for_start"
    assert refusal(who) == "no_consent"


def test_start_alone_opens_nothing():
    site = cast.site()
    who = cast.tenant(site)
    cast.receive(cast.mobile_of(who), site, "START")
    assert status(who) == "none"
    assert refusal(who) == "no_consent"


def test_start_before_the_form_does_not_count():
    site = cast.site()
    who = cast.tenant(site)
    link = cast.issue_form(who)
    cast.receive(cast.mobile_of(who), site, "START")
    cast.submit_form(link)
    assert status(who) == "waiting_for_start"
    assert refusal(who) == "no_consent"


def test_start_stored_before_the_form_but_worked_on_after_it_does_not_count():
    site = cast.site()
    who = cast.tenant(site)
    link = cast.issue_form(who)
    call = cast.receive(cast.mobile_of(who), site, "START", work=False)
    cast.submit_form(link)
    inbound.work(call_id=call.call_id, now=clock.now())
    assert status(who) == "waiting_for_start"


def test_start_from_another_phone_does_not_count():
    site = cast.site()
    who = cast.tenant(site)
    cast.submit_form(cast.issue_form(who))
    cast.receive(cast.mobile(), site, "START")
    assert refusal(who) == "no_consent"


def test_start_to_another_facilitys_line_does_not_count():
    here, there = cast.site("HERE"), cast.site("THERE")
    who = cast.tenant(here)
    cast.submit_form(cast.issue_form(who))
    cast.receive(cast.mobile_of(who), there, "START")
    assert refusal(who) == "no_consent"


@pytest.mark.parametrize("body", ["YES", "yes", "Y", "start please", "START my lease", "restart"])
def test_other_words_than_start_do_not_count(body):
    site = cast.site()
    who = cast.tenant(site)
    cast.submit_form(cast.issue_form(who))
    cast.receive(cast.mobile_of(who), site, body)
    assert refusal(who) == "no_consent"


@pytest.mark.parametrize("body", ["START", "start", " Start. ", '"START"', "“start”!", "UNSTOP"])
def test_start_counts_in_any_case_and_between_quotes(body):
    site = cast.site()
    who = cast.tenant(site)
    cast.submit_form(cast.issue_form(who))
    cast.receive(cast.mobile_of(who), site, body)
    assert status(who) == "opted_in"


def test_a_form_waits_thirty_days_for_start():
    site = cast.site()
    who = cast.tenant(site)
    long_ago = clock.now() - timedelta(days=31)
    link = cast.issue_form(who, now=long_ago)
    cast.submit_form(link, now=long_ago)
    assert status(who) == "none"
    cast.receive(cast.mobile_of(who), site, "START")
    assert refusal(who) == "no_consent"


def test_an_old_link_is_dead_after_a_newer_one():
    who = cast.tenant(cast.site())
    old = cast.issue_form(who)
    cast.issue_form(who)
    with pytest.raises(forms.FormGone, match="no longer works"):
        cast.submit_form(old)


def test_a_link_is_dead_after_the_number_changed():
    who = cast.tenant(cast.site())
    link = cast.issue_form(who)
    cast.change_number(who, cast.mobile())
    with pytest.raises(forms.FormGone):
        cast.submit_form(link)


def test_a_link_is_dead_after_thirty_days():
    who = cast.tenant(cast.site())
    link = cast.issue_form(who, now=clock.now() - timedelta(days=31))
    with pytest.raises(forms.FormGone):
        cast.submit_form(link)


def test_an_invented_link_is_not_found():
    with pytest.raises(NotFound):
        forms.peek("invented", now=clock.now())


def test_a_form_without_a_tick_or_without_agreement_changes_nothing():
    who = cast.tenant(cast.site())
    link = cast.issue_form(who)
    for services, agreed in (([], True), (["chat"], False), (["everything"], True)):
        with pytest.raises(BadInput):
            forms.submit(
                token=link,
                services=services,
                agreed=agreed,
                language="en",
                ip="",
                user_agent="",
                now=clock.now(),
            )
    assert status(who) == "form_sent"


def test_a_service_not_ticked_is_not_agreed_to():
    who = cast.opted_in(cast.site(), "Nora Notices", "notices")
    assert refusal(who) == "service_not_agreed"


def test_consent_at_one_facility_is_not_consent_at_another():
    here, there = cast.site("HERE"), cast.site("THERE")
    who = cast.opted_in(here)
    same_phone = cast.tenant(there, number=cast.mobile_of(who))
    assert refusal(same_phone) == "no_consent"


def test_two_who_share_a_phone_have_each_their_own_consent():
    site = cast.site()
    who = cast.opted_in(site)
    other = cast.tenant(site, number=cast.mobile_of(who))
    assert refusal(other) == "no_consent"
    cast.write(who)


def test_stop_ends_every_consent_of_the_number_everywhere():
    here, there = cast.site("HERE"), cast.site("THERE")
    who = cast.opted_in(here)
    other = cast.opted_in(there, number=cast.mobile_of(who))
    cast.receive(cast.mobile_of(who), here, "Stop.")
    assert [refusal(who), refusal(other)] == ["opted_out", "opted_out"]


def test_a_queued_text_is_withheld_when_stop_comes_in():
    site = cast.site()
    who = cast.opted_in(site)
    leave()
    text = queued(who)
    cast.receive(cast.mobile_of(who), site, "STOP")
    assert leave(later=60) == []
    text.refresh_from_db()
    assert (text.state, text.reason_code) == ("withheld", "opted_out")


def test_a_queued_text_waits_while_an_inbound_call_is_unread():
    site = cast.site()
    who = cast.opted_in(site)
    leave()
    text = queued(who)
    cast.receive(cast.mobile_of(who), site, "STOP", work=False)
    assert leave(later=60) == []
    text.refresh_from_db()
    assert text.state == "queued"


def test_a_queued_text_is_withheld_when_the_number_changes():
    who = cast.opted_in(cast.site())
    leave()
    text = queued(who)
    cast.change_number(who, cast.mobile())
    assert leave(later=60) == []
    text.refresh_from_db()
    assert (text.state, text.reason_code) == ("withheld", "number_changed")


def test_going_back_to_an_old_number_revives_nothing():
    who = cast.opted_in(cast.site())
    old = cast.mobile_of(who)
    cast.change_number(who, cast.mobile())
    cast.change_number(who, old)
    assert status(who) == "number_changed"
    assert refusal(who) == "number_changed"


def test_rechecking_withholds_early_what_may_not_leave():
    who = cast.opted_in(cast.site())
    leave()
    cast.write(who)
    cast.change_number(who, None)
    assert outbox.recheck(number=who.periods.get().number, now=clock.now()) == 1
