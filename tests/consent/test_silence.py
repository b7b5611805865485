"""R15: a consent without a text either way for 18 months waits for START; chat goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.carrier.types import Accepted
from tenantline.consent import queries as consent
from tenantline.consent.models import LedgerEvent
from tenantline.consent.rules import SILENCE_HOLDS_AFTER
from tenantline.conversations import actions as conversations
from tenantline.conversations import inbound
from tenantline.conversations.actions import Draft
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel.errors import Refused
from tenantline.outbox import actions as outbox
from tenantline.outbox import settle
from tests import cast

pytestmark = pytest.mark.django_db

NOON = cast.at_noon()
LATER = NOON + SILENCE_HOLDS_AFTER


@pytest.fixture
def who():
    """A tenant whose START came at NOON; the confirmation never left."""
    return cast.opted_in(cast.site(), now=NOON)


def send(who, purpose, now):
    draft = Draft(
        body="Your unit.", purpose=purpose, automatic=purpose != "chat", quiet_hours_reason="test"
    )
    return conversations.send(tenant=who, draft=draft, by=cast.TESTER, now=now)


def may(who, purpose="statement", *, now=LATER):
    try:
        send(who, purpose, now)
    except Refused as refused:
        return refused.code
    return "yes"


def standing(who, now=LATER):
    return consent.of(tenant=who, scope=EVERYWHERE, now=now)


def test_automatic_texts_wait_after_18_months_without_a_text(who):
    assert may(who, now=LATER - timedelta(minutes=1)) == "yes"
    assert may(who) == "held"


def test_chat_goes_on_and_does_not_end_the_wait(who):
    assert may(who, "chat") == "yes"
    later = LATER + timedelta(days=3)
    for job in cast.claim(now=LATER):
        settle.settle(attempt_id=job.attempt_id, outcome=Accepted("SM1", "sent", 1), now=LATER)
    assert may(who, now=later) == "held"


def test_a_text_that_comes_in_begins_the_time_anew(who):
    cast.receive(cast.mobile_of(who), who.facility, "hello", now=NOON + timedelta(days=90))
    assert may(who) == "yes"
    assert may(who, now=LATER + timedelta(days=91)) == "held"


def test_a_text_that_left_begins_the_time_anew(who):
    sent_at = NOON + timedelta(days=90)
    send(who, "chat", sent_at)
    [job] = cast.claim(now=sent_at)
    settle.settle(attempt_id=job.attempt_id, outcome=Accepted("SM1", "sent", 1), now=sent_at)
    assert may(who) == "yes"


def test_a_text_that_never_left_does_not(who):
    send(who, "chat", NOON + timedelta(days=90))
    assert may(who) == "held"


def test_a_text_after_the_silence_does_not_end_it(who):
    after = LATER + timedelta(days=1)
    cast.receive(cast.mobile_of(who), who.facility, "hello again", now=after)
    assert may(who, now=after + timedelta(minutes=1)) == "held"


def test_a_text_that_was_read_late_does_not_end_it_either(who):
    after = LATER + timedelta(days=1)
    calls = [
        cast.receive(cast.mobile_of(who), who.facility, body, now=after, work=False).call_id
        for body in ("hello", "anybody there?")
    ]
    outbox.note_silence(now=after)
    for call_id in reversed(calls):
        inbound.work(call_id=call_id, now=after + timedelta(minutes=1))
    assert may(who, now=after + timedelta(minutes=2)) == "held"


def test_start_ends_it_and_the_time_begins_anew(who):
    cast.receive(cast.mobile_of(who), who.facility, "hello", now=LATER)
    start = LATER + timedelta(hours=1)
    cast.receive(cast.mobile_of(who), who.facility, "START", now=start)
    assert may(who, now=start + timedelta(minutes=1)) == "yes"
    assert may(who, now=start + SILENCE_HOLDS_AFTER) == "held"


def test_the_sweep_writes_it_down_once_and_lists_show_it(who):
    assert (standing(who).held, standing(who).silent) == (False, False)
    assert [outbox.note_silence(now=LATER) for _ in range(2)] == [1, 0]
    assert (standing(who).held, standing(who).silent, standing(who).status) == (
        *(True, True),
        "opted_in",
    )
    assert LedgerEvent.objects.filter(kind="fell_silent").count() == 1


def test_the_sweep_looks_again_only_when_the_last_text_is_old_enough(who):
    spoke = NOON + timedelta(days=90)
    cast.receive(cast.mobile_of(who), who.facility, "hello", now=spoke)
    looked = [
        outbox.note_silence(now=at)
        for at in (LATER, LATER + timedelta(days=1), spoke + SILENCE_HOLDS_AFTER)
    ]
    assert looked == [1, 0, 1]
    assert standing(who, spoke + SILENCE_HOLDS_AFTER).silent


def test_what_was_written_before_waits_when_the_silence_falls(who):
    send(who, "chat", LATER - timedelta(seconds=30))
    assert cast.claim(now=LATER) == []
    outbox.note_silence(now=LATER)
    assert len(cast.claim(now=LATER + timedelta(minutes=1))) == 1


def test_the_silence_of_one_facility_is_not_broken_at_another(who):
    there = cast.site("MESA")
    cast.receive(cast.mobile_of(who), there, "hello", now=NOON + timedelta(days=300))
    assert may(who) == "held"
