"""Where Twilio's block list and our ledger differ, as far as Twilio lets us know."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.carrier import blocks
from tenantline.conversations import drift
from tenantline.facilities.models import Line
from tenantline.kernel import clock
from tests import cast

pytestmark = pytest.mark.django_db


def of(where) -> drift.Drift:
    return drift.of(Line.objects.get(facility=where, sending=True), clock.now())


def test_a_stop_and_a_start_to_the_same_line_leave_no_difference():
    who = cast.stopped(cast.site())
    assert (of(who.facility).known, of(who.facility).only_here) == (1, 0)
    cast.receive(cast.mobile_of(who), who.facility, "START")
    found = of(who.facility)
    assert (found.known, found.blocked_there, found.only_here) == (0, [], 0)


def test_a_start_to_the_line_before_does_not_lift_the_block_of_the_new_one():
    site = cast.site()
    who = cast.opted_in(site)
    old = cast.number_of(site)
    cast.line(site)
    cast.receive(cast.mobile_of(who), site, "STOP")
    new = Line.objects.get(facility=site, sending=True)
    Line.objects.update(sending=False)
    Line.objects.filter(number=old).update(sending=True)
    later = clock.now() + timedelta(seconds=1)
    cast.receive(cast.mobile_of(who), site, "START", now=later)
    [blocked] = drift.of(new, clock.now()).blocked_there
    assert (blocked.block.number, blocked.tenants) == (cast.mobile_of(who), [who])


def test_a_block_holds_for_the_whole_messaging_service():
    site = cast.site()
    who = cast.stopped(site)
    cast.line(site)
    assert of(site).known == 0
    Line.objects.update(messaging_service_sid="MG" + "1" * 32)
    assert cast.mobile_of(who) in blocks.blocked(Line.objects.get(sending=True))


def test_words_that_twilio_does_not_act_on_block_nobody_there():
    site = cast.site()
    who = cast.opted_in(site)
    cast.receive(cast.mobile_of(who), site, "stop please")
    assert (of(site).known, of(site).only_here) == (0, 1)


def test_yes_lifts_the_block_at_twilio_and_nothing_here():
    who = cast.stopped(cast.site())
    cast.receive(cast.mobile_of(who), who.facility, "YES", now=clock.now() + timedelta(seconds=1))
    assert (of(who.facility).known, of(who.facility).only_here) == (0, 1)


@pytest.mark.parametrize(("word", "known"), [("STOP", 1), ("CANCEL", 0)])
def test_on_toll_free_numbers_only_stop_blocks(word, known):
    site = cast.facility()
    cast.line(site, "+18885550100")
    cast.receive("+17375550111", site, word)
    assert of(site).known == known


def test_a_refused_text_tells_of_a_block_that_nothing_else_did():
    site = cast.site()
    who = cast.opted_in(site)
    line = Line.objects.get()
    number = cast.mobile_of(who)
    blocks.note_refusal(line=line, number=number, code=21610, at=clock.now())
    [refused] = of(site).refused
    assert (refused.number, refused.told_by) == (number, "21610")


def test_what_came_earlier_does_not_undo_what_came_later():
    site = cast.site()
    line = Line.objects.get()
    now = clock.now()
    blocks.note_keyword(line=line, number="+17375550111", body="STOP", at=now)
    earlier = now - timedelta(minutes=1)
    blocks.note_keyword(line=line, number="+17375550111", body="START", at=earlier)
    assert of(site).known == 1
