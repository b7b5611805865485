"""Catching up on command: what came in, what is unclear, what was never heard of; and deafness."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tenantline.carrier.types import Accepted
from tenantline.conversations import catching_up
from tenantline.conversations.catching_up import CaughtUp
from tenantline.conversations.models import Message
from tenantline.intake import actions as intake
from tenantline.intake import hearing, queries
from tenantline.intake.models import InboundCall, Listener
from tenantline.kernel import clock
from tenantline.outbox.models import Text
from tenantline.outbox.settle import settle
from tests import cast
from tests.conversations.conftest import Desk
from tests.conversations.test_reading import unknown_text
from tests.intake.test_store import call

pytestmark = pytest.mark.usefixtures("fresh_database")


def catch_up(desk: Desk) -> CaughtUp:
    return desk.with_client(lambda client: catching_up.catch_up(client, desk.line))


def missed(desk: Desk) -> int:
    found = queries.missed([desk.line.pk], clock.now()).get(desk.line.pk)
    return found.count if found else 0


def listen(since: timedelta = timedelta(minutes=5)) -> None:
    """Let a web process listen, for so long already."""
    hearing.beat(name="web", unbroken=False, now=clock.now() - since)
    Listener.objects.update(beat_at=clock.now())


def test_what_came_in_is_counted_and_heard(desk):
    desk.text_in("+17375550190", "Is anybody there?")
    assert catch_up(desk).found == 1
    assert catch_up(desk).found == 0
    assert Message.objects.count() == 1


def test_an_unclear_text_is_looked_for_although_it_is_not_its_turn(desk):
    attempt = unknown_text(desk)
    Text.objects.filter(pk=attempt.text_id).update(next_at=clock.now() + timedelta(hours=1))
    desk.twilio.send(attempt.text.clearance.number, desk.line.number, attempt.text.body)
    done = catch_up(desk)
    assert (done.settled, done.unknown) == (1, 0)


def test_what_stays_unclear_is_counted(desk):
    unknown_text(desk)
    done = catch_up(desk)
    assert (done.settled, done.unknown) == (0, 1)


def test_a_status_that_nobody_told_is_asked_for(desk):
    who = cast.opted_in(desk.site)
    Text.objects.update(state="withheld")
    cast.write(who)
    [job] = cast.claim(now=clock.now() + timedelta(seconds=5))
    sent = desk.twilio.send(cast.mobile_of(who), desk.line.number, "Your unit is ready.")
    settle(attempt_id=job.attempt_id, outcome=Accepted(sent.sid, "queued", 1), now=clock.now())
    sent.status = "delivered"
    assert catch_up(desk).refreshed == 1
    assert Text.objects.get(carrier_sid=sent.sid).state == "delivered"


def test_a_list_that_cannot_be_read_is_a_problem_in_words(desk):
    desk.twilio.fail_next(method="GET", status=401)
    assert "does not accept this Account SID" in catch_up(desk).problem


def test_two_readings_at_once_take_a_text_once(desk):
    desk.text_in("+17375550190", "Hello")

    async def both(client):
        one, two = await asyncio.gather(
            catching_up.catch_up(client, desk.line), catching_up.catch_up(client, desk.line)
        )
        return one.found + two.found

    assert desk.with_client(both) == 1
    assert Message.objects.count() == 1


def test_a_reading_that_began_earlier_does_not_take_back_a_later_one(desk):
    now = clock.now()
    hearing.note_reading(line_id=desk.line.pk, began_at=now, now=now)
    hearing.note_reading(line_id=desk.line.pk, began_at=now - timedelta(minutes=1), now=now)
    assert hearing.knowledge(now).readings[desk.line.pk] == now


def test_a_text_that_nobody_handed_over_while_we_listened_makes_the_webhook_deaf(desk):
    listen()
    desk.text_in("+17375550190", "Hello")
    catch_up(desk)
    assert missed(desk) == 1


def test_a_text_of_an_outage_does_not(desk):
    desk.text_in("+17375550190", "Hello")
    hearing.beat(name="web", unbroken=False, now=clock.now() + timedelta(seconds=2))
    catch_up(desk)
    assert missed(desk) == 0
    assert queries.found_only([desk.line.pk], clock.now()) == 1


def test_a_webhook_that_comes_after_all_takes_the_alarm_back(desk):
    listen()
    message = desk.twilio.receive(from_="+17375550190", to=desk.line.number, body="Hello")
    catch_up(desk)
    late = call(
        message.sid,
        "Hello",
        sender="+17375550190",
        recipient=desk.line.number,
        line_id=desk.line.pk,
    )
    intake.store([late], now=clock.now())
    assert missed(desk) == 0
    assert not InboundCall.objects.get().differs


def test_a_reading_from_before_the_clock_was_set_back_says_nothing(desk):
    now = clock.now()
    ahead = now + timedelta(hours=1)
    hearing.beat(name="web", unbroken=False, now=now)
    hearing.note_reading(line_id=desk.line.pk, began_at=ahead, now=ahead)
    assert not hearing.knowledge(now).is_known(desk.line.pk)
    assert hearing.to_read([desk.line.pk], now) == [desk.line.pk]
    hearing.note_reading(line_id=desk.line.pk, began_at=now, now=now)
    assert hearing.knowledge(now).is_fresh(desk.line.pk, now)
