"""R3: what somebody texts in their own words: it ends consent, or it holds the number and asks."""

from __future__ import annotations

import json

import pytest

from tenantline.consent import history, unclear
from tenantline.consent import queries as consent
from tenantline.consent.models import LedgerEvent
from tenantline.conversations.models import Message
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, Conflict
from tests import cast

pytestmark = pytest.mark.django_db

UNCLEAR = "only text me about my bill"


def standing(who):
    return consent.of(tenant=who, scope=EVERYWHERE, now=clock.now())


def say(who, words: str, where=None) -> None:
    cast.receive(cast.mobile_of(who), where or who.facility, words)


def answer(who, said: str) -> None:
    asked = unclear.question(tenant=who)
    source = asked.source if asked else "SM0"
    unclear.answer(tenant=who, source=source, said=said, by=cast.TESTER, now=clock.now())


@pytest.mark.parametrize(
    "words",
    ["please stop texting me", "Rent is paid. Take me off your list!", "ya no me manden mensajes"],
)
def test_any_wording_of_a_revocation_ends_every_consent(words):
    who = cast.opted_in(cast.site())
    elsewhere = cast.tenant(cast.site("MESA"), "Ann Other", number=cast.mobile_of(who))
    cast.opt_in(elsewhere)
    say(who, words)
    assert [standing(one).status for one in (who, elsewhere)] == ["opted_out", "opted_out"]


def test_the_ledger_keeps_the_words_that_decided_and_the_whole_wording():
    who = cast.opted_in(cast.site())
    say(who, "Hi, Bob here. Stop texting me!")
    event = LedgerEvent.objects.get(kind="stopped")
    body = json.loads(event.body)
    assert (body["words"], body["pattern"]) == ("stop texting", "stop texting")
    assert event.particulars is not None
    assert event.particulars.text == "Hi, Bob here. Stop texting me!"
    assert history.entries(tenant=who, scope=EVERYWHERE)[0].decided == "stop texting"


def test_the_words_in_the_ledger_name_nobody():
    who = cast.opted_in(cast.site())
    say(who, "remove Linda Quimby from your text list")
    for event in LedgerEvent.objects.exclude(kind="form_submitted"):
        assert "quimby" not in event.body.lower()


@pytest.mark.parametrize(
    "words", ["I'll stop by the office", "Liked “Reply STOP to opt out”", "don't stop texting me"]
)
def test_what_only_sounds_like_it_changes_nothing(words):
    who = cast.opted_in(cast.site())
    say(who, words)
    assert (standing(who).status, standing(who).held) == ("opted_in", False)


def test_an_unclear_text_holds_the_number_wherever_it_is_held():
    who = cast.opted_in(cast.site())
    elsewhere = cast.tenant(cast.site("MESA"), "Ann Other", number=cast.mobile_of(who))
    say(who, UNCLEAR)
    assert [standing(one).held for one in (who, elsewhere)] == [True, True]
    assert Message.objects.latest("pk").heard_as == "unclear"


def test_chat_goes_on_while_a_number_is_held():
    who = cast.opted_in(cast.site())
    say(who, UNCLEAR)
    text = cast.write(who, "The storage office.").text
    assert text is not None
    assert text.state == "queued"


def test_start_answers_the_question():
    who = cast.opted_in(cast.site())
    say(who, UNCLEAR)
    say(who, "START")
    assert unclear.question(tenant=who) is None
    assert not standing(who).held


def test_just_a_message_ends_the_hold_for_all_who_share_the_phone():
    who = cast.opted_in(cast.site())
    elsewhere = cast.tenant(cast.site("MESA"), "Ann Other", number=cast.mobile_of(who))
    say(who, UNCLEAR)
    answer(who, "message")
    assert [standing(one).held for one in (who, elsewhere)] == [False, False]
    assert standing(who).status == "opted_in"


def test_no_more_texts_is_a_revocation_that_start_does_not_undo():
    who = cast.opted_in(cast.site())
    say(who, UNCLEAR)
    answer(who, "revoked")
    say(who, "START")
    assert (standing(who).status, standing(who).held) == ("opted_out", False)


def test_what_staff_found_is_kept_with_their_name_and_the_text():
    who = cast.opted_in(cast.site())
    say(who, UNCLEAR)
    answer(who, "revoked")
    event = LedgerEvent.objects.get(kind="revoked")
    assert json.loads(event.body)["by"] == cast.TESTER.name
    assert event.particulars is not None
    assert event.particulars.text == UNCLEAR


def test_a_question_is_answered_once():
    who = cast.opted_in(cast.site())
    say(who, UNCLEAR)
    answer(who, "message")
    with pytest.raises(Conflict):
        answer(who, "revoked")
    assert standing(who).status == "opted_in"


def test_an_answer_is_one_of_two():
    who = cast.opted_in(cast.site())
    say(who, UNCLEAR)
    with pytest.raises(BadInput):
        answer(who, "perhaps")


def test_the_newest_unclear_text_is_asked_about():
    who = cast.opted_in(cast.site())
    say(who, UNCLEAR)
    say(who, "please don't text me at work")
    asked = unclear.question(tenant=who)
    assert asked is not None
    assert asked.words == "dont text me"
