"""Calls are worked on late, twice and out of order; the handset's last word still stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.consent import actions, forms, ledger, queries
from tenantline.consent.models import OptInForm
from tenantline.conversations import inbound
from tenantline.conversations.models import Message
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.outbox.models import Text
from tenantline.tenants import actions as tenants
from tenantline.tenants.models import NumberPeriod
from tests import cast

pytestmark = pytest.mark.django_db


def status(who):
    return queries.of(tenant=who, scope=EVERYWHERE, now=clock.now()).status


def waiting():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who))
    return who


def say(who, body, *, work=True):
    return cast.receive(cast.mobile_of(who), who.facility, body, work=work).call_id


def move_out(who):
    now = clock.now()
    actions.move_out(tenant=who, at=now, by=cast.TESTER, now=now)


def revoke(who):
    actions.record_revocation(tenant=who, medium="phone", note="", by=cast.TESTER, now=clock.now())


def test_a_start_that_came_before_a_stop_but_is_worked_on_after_it_gives_nothing():
    who = waiting()
    start = say(who, "START", work=False)
    say(who, "STOP")
    inbound.work(call_id=start, now=clock.now())
    assert status(who) == "opted_out"


def test_a_late_start_does_not_restore_what_a_later_stop_ended():
    who = cast.opted_in(cast.site())
    start = say(who, "START", work=False)
    say(who, "STOP")
    inbound.work(call_id=start, now=clock.now())
    assert status(who) == "opted_out"


def test_a_late_start_does_not_undo_a_revocation():
    who = waiting()
    start = say(who, "START", work=False)
    revoke(who)
    inbound.work(call_id=start, now=clock.now())
    assert status(who) == "opted_out"


def test_a_start_after_the_stop_restores_also_where_both_were_stored_at_once():
    who = cast.opted_in(cast.site())
    stop, start = say(who, "STOP", work=False), say(who, "START", work=False)
    inbound.work(call_id=stop, now=clock.now())
    inbound.work(call_id=start, now=clock.now())
    assert status(who) == "opted_in"


def test_a_second_start_at_once_does_not_cost_the_confirmation():
    who = waiting()
    calls = [say(who, "START", work=False), say(who, "START", work=False)]
    for call_id in calls:
        inbound.work(call_id=call_id, now=clock.now())
    assert Text.objects.filter(clearance__purpose="confirmation").count() == 1


def test_a_confirmation_is_withheld_when_a_stop_lies_unread_behind_the_start():
    who = waiting()
    calls = [say(who, "START", work=False), say(who, "STOP", work=False)]
    for call_id in calls:
        inbound.work(call_id=call_id, now=clock.now())
    assert set(Text.objects.values_list("state", flat=True)) == {"withheld"}


def test_help_reaches_the_one_of_two_on_a_phone_who_consented():
    site = cast.site()
    site.lines.update(answers_help=True)
    number = cast.mobile()
    cast.tenant(site, number=number)
    who = cast.opted_in(site, number=number)
    cast.receive(number, site, "HELP")
    [answer] = Message.objects.filter(text__clearance__purpose="help")
    assert list(answer.tenants.all()) == [who]


def test_a_link_dies_with_the_tenancy():
    who = cast.tenant(cast.site())
    link = cast.issue_form(who)
    move_out(who)
    with pytest.raises(forms.FormGone):
        cast.submit_form(link)
    assert OptInForm.objects.get().dead_because == "moved_out"


def test_moving_out_in_the_past_after_an_earlier_tenancy_ends_the_new_consent_too():
    site = cast.site()
    who = cast.opted_in(site)
    move_out(who)
    tenants.move_in(tenant=who, unit="B2", by=cast.TESTER, now=clock.now())
    cast.opt_in(who)
    earlier = clock.now() - timedelta(days=1)
    actions.move_out(tenant=who, at=earlier, by=cast.TESTER, now=clock.now())
    tenants.move_in(tenant=who, unit="C3", by=cast.TESTER, now=clock.now())
    services = queries.of(tenant=who, scope=EVERYWHERE, now=clock.now()).services
    assert services == {"chat": True, "statements": False, "notices": False}


def test_noting_the_end_of_a_tenancy_again_writes_nothing():
    who = cast.opted_in(cast.site())
    move_out(who)
    events = ledger.events_of(who.pk)
    actions.note_tenancy_end(tenant=who, now=clock.now() + timedelta(minutes=5))
    assert ledger.events_of(who.pk) == events


def test_a_number_altered_in_its_table_carries_no_consent():
    who = cast.opted_in(cast.site())
    NumberPeriod.objects.filter(tenant=who).update(number=cast.mobile())
    assert status(who) == "none"


def test_a_tenant_put_to_another_facility_carries_no_consent():
    who = cast.opted_in(cast.site("HERE"))
    who.facility = cast.site("THERE")
    who.save()
    assert status(who) == "none"


def test_a_stop_from_a_sender_longer_than_any_number_is_kept():
    site = cast.site()
    sender = "rcs:an_agent_with_a_rather_long_name"
    cast.receive(sender, site, "STOP")
    assert Message.objects.get().conversation.number == sender
