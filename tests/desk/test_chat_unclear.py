"""R3: the question about an unclear text, its two answers, and which words decided."""

from __future__ import annotations

from django.urls import reverse

from tenantline.consent import queries as consent
from tenantline.consent import unclear
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tests import cast
from tests.desk.conftest import House
from tests.desk.test_chat import chat_of, shown, thread

ASKS = "They want no more texts"


def unclear_text(house: House):
    who = cast.opted_in(house.lamar, "Maria Lopez")
    cast.receive(cast.mobile_of(who), house.lamar, "only text me about my bill")
    return who


def answer(client, who, said: str, **more):
    asked = unclear.question(tenant=who)
    source = asked.source if asked else "SM0"
    address = reverse("desk:chat_unclear", args=[thread(cast.mobile_of(who)).pk])
    return client.post(address, {"answer": said, "source": source}, **more)


def standing(who):
    return consent.of(tenant=who, scope=EVERYWHERE, now=clock.now())


def test_the_chat_asks_what_an_unclear_text_meant(house: House) -> None:
    page = shown(house.clerk, chat_of(unclear_text(house)))
    assert "Does Maria Lopez want no more texts?" in page
    assert "because of “only text me about my”" in page
    assert ASKS in page
    assert "No, just a message" in page


def test_the_chat_shows_which_words_ended_consent(house: House) -> None:
    who = cast.opted_in(house.lamar)
    cast.receive(cast.mobile_of(who), house.lamar, "I moved out. Take me off your list, ok?")
    page = shown(house.clerk, chat_of(who))
    assert "Heard as STOP" in page
    assert "take me off your list" in page
    assert ASKS not in page


def test_no_more_texts_is_recorded_and_the_banner_says_so(house: House) -> None:
    who = unclear_text(house)
    assert answer(house.clerk, who, "revoked").status_code == 302
    assert standing(who).status == "opted_out"
    page = shown(house.clerk, chat_of(who))
    assert "has opted out of texts" in page
    assert ASKS not in page


def test_just_a_message_ends_the_question(house: House) -> None:
    who = unclear_text(house)
    answer(house.clerk, who, "message")
    assert (standing(who).status, standing(who).held) == ("opted_in", False)
    assert ASKS not in shown(house.clerk, chat_of(who))


def test_an_answer_to_a_page_shows_the_composer_anew(house: House) -> None:
    who = unclear_text(house)
    page = answer(house.clerk, who, "message", HTTP_HX_REQUEST="true")
    assert "just a message" in page["HX-Trigger"]
    assert 'id="composer"' in page.content.decode()


def test_who_answers_second_is_told(house: House) -> None:
    who = unclear_text(house)
    answer(house.clerk, who, "message")
    second = answer(house.manager, who, "revoked", HTTP_HX_REQUEST="true")
    assert "answered already" in second["HX-Trigger"]
    assert standing(who).status == "opted_in"


def test_the_question_is_asked_only_where_the_text_came(house: House) -> None:
    who = unclear_text(house)
    other = cast.tenant(house.mesa, "Mona Mesa", number=cast.mobile_of(who))
    cast.receive(cast.mobile_of(who), house.mesa, "Hello Mesa")
    page = shown(house.owner, reverse("desk:chat_tenant", args=[other.pk]))
    assert ASKS not in page


def test_the_history_tells_what_staff_found(house: House) -> None:
    who = unclear_text(house)
    answer(house.clerk, who, "revoked")
    page = shown(house.clerk, reverse("desk:tenant_consent", args=[who.pk]))
    assert "a text that was unclear" in page
    assert "carla" in page


def test_the_label_of_an_unclear_text_says_what_was_answered_and_by_whom(house: House) -> None:
    who = unclear_text(house)
    assert "automatic texts wait until somebody has looked" in shown(house.clerk, chat_of(who))
    answer(house.clerk, who, "message")
    page = shown(house.manager, chat_of(who))
    assert "Was unclear; carla said: just a message" in page
    assert "automatic texts wait until somebody has looked" not in page


def test_an_open_question_is_asked_for_again_until_it_is_answered(house: House) -> None:
    who = unclear_text(house)
    assert 'data-files="open"' in shown(house.clerk, chat_of(who))
    answer(house.clerk, who, "revoked")
    page = shown(house.clerk, chat_of(who))
    assert "they want no more texts" in page
    assert 'data-files="open"' not in page


def test_an_automatic_text_has_one_author_in_the_chat_and_on_the_tenants_page(house: House) -> None:
    who = cast.opted_in(house.lamar)
    for address in (chat_of(who), reverse("desk:tenant_messages", args=[who.pk])):
        page = shown(house.clerk, address)
        assert "Automatic" in page
        assert ">inbound<" not in page
