"""Wrong person: nothing leaves to a number until a person has said whose it is."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tenantline.audit.models import Entry
from tenantline.consent import forms, parking, unclear
from tenantline.consent import queries as consent
from tenantline.consent.models import LedgerEvent
from tenantline.consent.parking import Sign
from tenantline.conversations import inbound
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, Conflict, Refused
from tenantline.kernel.phone import Number
from tenantline.outbox.models import Text
from tests import cast

pytestmark = pytest.mark.django_db


def standing(who):
    return consent.of(tenant=who, scope=EVERYWHERE, now=clock.now())


def say(who, words: str, where=None) -> None:
    cast.receive(cast.mobile_of(who), where or who.facility, words)


def answer(who, said: str) -> None:
    asked = unclear.question(tenant=who)
    source = asked.source if asked else "SM0"
    unclear.answer(tenant=who, source=source, said=said, by=cast.TESTER, now=clock.now())


def refusal(who):
    with pytest.raises(Refused) as refused:
        cast.write(who)
    return refused.value.code


def queued(who) -> Text:
    """A text in the queue, alone: the confirmation has left."""
    cast.claim(now=clock.now() + timedelta(seconds=1))
    return cast.outgoing(cast.write(who))


def leave(*, later=60):
    return cast.claim(now=clock.now() + timedelta(seconds=later))


def state(text: Text):
    text.refresh_from_db()
    return text.state, text.reason_code


@pytest.mark.parametrize("words", ["wrong number", "who is this?", "Sorry, this isn't Maria"])
def test_who_seems_to_be_somebody_else_is_not_texted_at_all(words):
    who = cast.opted_in(cast.site())
    say(who, words)
    assert (standing(who).status, standing(who).held, standing(who).parked) == (
        *("opted_in", True),
        True,
    )
    assert refusal(who) == "held"


def test_a_number_is_parked_wherever_it_is_held():
    who = cast.opted_in(cast.site())
    elsewhere = cast.opted_in(cast.site("MESA"), "Ann Other", number=cast.mobile_of(who))
    say(who, "wrong number")
    assert refusal(elsewhere) == "held"


def test_what_waits_leaves_after_a_person_has_confirmed():
    who = cast.opted_in(cast.site())
    text = queued(who)
    say(who, "wrong number")
    assert leave() == []
    assert state(text) == ("queued", "")
    answer(who, "same")
    assert [job.cleared.clearance_id for job in leave(later=120)] == [text.clearance_id]


def test_what_has_waited_too_long_is_withheld():
    who = cast.opted_in(cast.site())
    text = queued(who)
    say(who, "wrong number")
    leave()
    answer(who, "same")
    assert leave(later=3 * 24 * 3600) == []
    assert state(text) == ("withheld", "out_of_date")


def test_what_waits_is_withheld_where_the_number_is_not_theirs():
    who = cast.opted_in(cast.site())
    text = queued(who)
    say(who, "wrong number")
    answer(who, "not_theirs")
    assert leave() == []
    assert state(text)[0] == "withheld"


def test_not_theirs_closes_the_number_and_its_consent():
    who = cast.opted_in(cast.site())
    number = cast.mobile_of(who)
    say(who, "wrong number")
    answer(who, "not_theirs")
    assert (standing(who).status, standing(who).number) == ("number_changed", "")
    cast.change_number(who, number)
    assert refusal(who) == "number_changed"


def test_whose_number_it_is_is_said_for_each_tenant():
    who = cast.opted_in(cast.site())
    other = cast.opted_in(cast.site("MESA"), "Ann Other", number=cast.mobile_of(who))
    say(who, "who is this?")
    answer(who, "not_theirs")
    assert standing(other).parked
    answer(other, "same")
    assert (standing(other).status, standing(other).parked) == ("opted_in", False)


def test_no_more_texts_answers_for_all_on_the_phone():
    who = cast.opted_in(cast.site())
    other = cast.opted_in(cast.site("MESA"), "Ann Other", number=cast.mobile_of(who))
    say(who, "wrong number")
    answer(who, "revoked")
    assert [(standing(one).status, standing(one).held) for one in (who, other)] == [
        *[("opted_out", False)] * 2
    ]


def test_start_answers_the_question():
    who = cast.opted_in(cast.site())
    say(who, "who is this?")
    say(who, "START")
    assert unclear.question(tenant=who) is None
    assert not standing(who).held


def test_a_start_that_came_before_the_doubt_does_not_end_it():
    who = cast.opted_in(cast.site())
    call = cast.receive(cast.mobile_of(who), who.facility, "START", work=False)
    say(who, "wrong number")
    inbound.work(call_id=call.call_id, now=clock.now())
    assert standing(who).parked


def test_who_confirmed_and_when_is_an_event_of_the_ledger():
    who = cast.opted_in(cast.site())
    say(who, "wrong number")
    answer(who, "same")
    event = LedgerEvent.objects.get(kind="park_ended")
    assert (json.loads(event.body)["by"], event.tenant_id) == (cast.TESTER.name, who.pk)
    assert Entry.objects.filter(act="consent.same_person").count() == 1


def test_a_question_is_answered_once_and_by_its_own_answers():
    who = cast.opted_in(cast.site())
    say(who, "wrong number")
    with pytest.raises(BadInput):
        answer(who, "message")
    answer(who, "same")
    with pytest.raises(Conflict):
        answer(who, "not_theirs")


def test_this_is_not_my_number_on_the_form_parks_too():
    who = cast.opted_in(cast.site())
    forms.disown(token=cast.issue_form(who), ip="", user_agent="", now=clock.now())
    assert refusal(who) == "held"
    asked = unclear.question(tenant=who)
    assert asked is not None
    assert "not their number" in asked.why
    answer(who, "same")
    assert not standing(who).held


def test_a_deactivated_number_is_parked_once():
    who = cast.opted_in(cast.site())
    sign = Sign(why="The number was deactivated.", source="deactivated:2026-11-22")
    number = Number(cast.mobile_of(who))
    parked = [parking.park(number=number, sign=sign, at=n, now=n) for n in [clock.now()] * 2]
    assert parked == [1, 0]
    assert refusal(who) == "held"


def test_a_hold_that_was_there_before_outlives_the_confirmation():
    who = cast.opted_in(cast.site())
    say(who, "only text me about my bill")
    say(who, "wrong number")
    answer(who, "same")
    assert (standing(who).held, standing(who).parked) == (True, False)
    answer(who, "message")
    assert not standing(who).held


def test_a_new_number_is_not_parked():
    who = cast.opted_in(cast.site())
    say(who, "wrong number")
    cast.change_number(who, cast.mobile())
    cast.opt_in(who)
    assert not standing(who).held
