"""What no webhook brought is read from the carrier's list; unclear sends are found (R7, R8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as project

from tenantline.carrier.client import Client
from tenantline.carrier.types import Unclear
from tenantline.conversations.models import Message
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.outbox import claiming
from tenantline.outbox.models import Attempt, Slot, Text
from tenantline.outbox.settle import settle
from tests import cast
from tests.conversations.conftest import Desk

pytestmark = pytest.mark.usefixtures("fresh_database")


def test_a_missed_text_is_fetched_once(desk):
    desk.text_in("+17375550190", "Is anybody there?")
    assert [desk.read(), desk.read()] == [1, 0]
    assert Message.objects.get().body == "Is anybody there?"


def test_a_missed_stop_is_honoured(desk):
    who = cast.opted_in(desk.site)
    desk.text_in(cast.mobile_of(who), "STOP")
    desk.read()
    with pytest.raises(Exception, match="opted out"):
        cast.write(who)


def test_a_missed_revocation_in_any_words_counts_before_what_came_with_it(desk):
    who = cast.opted_in(desk.site)
    desk.text_in(cast.mobile_of(who), "START")
    desk.text_in(cast.mobile_of(who), "Please don't text me any more")
    desk.read()
    with pytest.raises(Exception, match="opted out"):
        cast.write(who)


def test_a_reading_makes_a_line_known_and_a_failed_one_does_not(desk):
    hearing.beat(name="web", unbroken=False, now=clock.now())
    desk.twilio.fail_next(method="GET", status=503)
    assert desk.read() is None
    assert not hearing.knowledge(clock.now()).is_known(desk.line.pk)
    desk.read()
    assert hearing.knowledge(clock.now()).is_known(desk.line.pk)


def test_nothing_leaves_on_a_line_whose_inbound_is_unknown(desk):
    cast.write(cast.opted_in(desk.site))
    later = clock.now() + timedelta(seconds=1)
    assert claiming.claim(worker="w", limit=9, now=later) == []
    hearing.beat(name="web", unbroken=False, now=later)
    assert claiming.claim(worker="w", limit=9, now=later) == []
    assert cast.claim(now=later)


def test_without_a_reading_for_ten_minutes_only_people_write(desk):
    known = hearing.Knowledge(clock.now(), {desk.line.pk: clock.now()})
    later = clock.now() + hearing.FRESH_FOR + timedelta(seconds=1)
    assert known.is_known(desk.line.pk)
    assert not known.is_fresh(desk.line.pk, later)


def unknown_text(desk: Desk, body: str = "Your unit is ready.") -> Attempt:
    """Write a text whose sending ends without anybody knowing how."""
    who = cast.opted_in(desk.site)
    Text.objects.filter(state="queued").update(state="withheld")
    cast.write(who, body)
    Slot.objects.all().delete()  # however fast this machine is, the line has its turn
    [job] = cast.claim(now=clock.now() + timedelta(seconds=5))
    settle(attempt_id=job.attempt_id, outcome=Unclear("cut"), now=clock.now())
    return Attempt.objects.get(pk=job.attempt_id)


def due(attempt: Attempt) -> str:
    """Make the text's turn come; return its state."""
    Text.objects.filter(pk=attempt.text_id).update(next_at=clock.now())
    return Text.objects.get(pk=attempt.text_id).state


def test_an_unclear_text_that_twilio_holds_is_adopted(desk):
    attempt = unknown_text(desk)
    sent = desk.twilio.send(attempt.text.clearance.number, desk.line.number, attempt.text.body)
    desk.look_for_unknown()
    text = Text.objects.get(pk=attempt.text_id)
    assert (text.state, text.carrier_sid) == ("sent", sent.sid)


def test_an_unclear_text_waits_again_only_after_two_readings_far_enough_apart(desk):
    attempt = unknown_text(desk)
    desk.look_for_unknown()
    due(attempt)
    desk.look_for_unknown()
    assert due(attempt) == "unknown"
    long_ago = clock.now() - timedelta(seconds=project.SETTLE_SECONDS + 1)
    Attempt.objects.filter(pk=attempt.pk).update(absent_since=long_ago)
    desk.look_for_unknown()
    assert due(attempt) == "queued"


def test_another_body_in_the_window_is_for_a_person_to_decide(desk):
    attempt = unknown_text(desk)
    desk.twilio.send(attempt.text.clearance.number, desk.line.number, "Other words entirely")
    desk.look_for_unknown()
    attempt.refresh_from_db()
    assert attempt.doubtful_sid
    assert due(attempt) == "unknown"


def test_the_same_words_sent_twice_on_purpose_are_each_found_once(desk):
    attempt = unknown_text(desk, "Hello")
    who = attempt.text.clearance.tenant
    cast.write(who, "Hello")
    [job] = cast.claim(now=clock.now() + timedelta(seconds=20))
    settle(attempt_id=job.attempt_id, outcome=Unclear("cut"), now=clock.now())
    for _ in range(2):
        desk.twilio.send(attempt.text.clearance.number, desk.line.number, "Hello")
    desk.look_for_unknown()
    sids = set(Text.objects.filter(state="sent").values_list("carrier_sid", flat=True))
    assert len(sids) == 2


def test_a_line_whose_list_cannot_be_read_holds_up_no_other(desk):
    first, second = unknown_text(desk), unknown_text(desk, "Other words")
    other = cast.line(cast.facility("MESA"), token=desk.twilio.token)
    Text.objects.filter(pk=first.text_id).update(line=other, state="unknown")
    sent = desk.twilio.send(second.text.clearance.number, desk.line.number, second.text.body)
    desk.look_for_unknown()
    assert Text.objects.get(pk=second.text_id).carrier_sid == sent.sid
    first.text.refresh_from_db()
    assert first.text.state == "unknown"
    assert first.text.next_at > clock.now()


class AnHourAhead(Client):
    """A client that has noticed that our clock is an hour ahead of Twilio's."""

    @property
    def ahead(self) -> timedelta:
        return timedelta(hours=1)


def test_a_clock_that_was_ahead_does_not_make_a_text_seem_older_than_its_attempt(desk):
    attempt = unknown_text(desk)
    ours = Attempt.objects.filter(pk=attempt.pk)
    ours.update(started_at=attempt.started_at + timedelta(minutes=59))
    desk.twilio.send(attempt.text.clearance.number, desk.line.number, attempt.text.body)
    desk.look_for_unknown(AnHourAhead)
    assert due(attempt) == "sent"
