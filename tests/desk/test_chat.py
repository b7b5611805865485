"""The chat window: what it shows, and what it refuses without losing a word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tenantline.conversations.models import Conversation, Message
from tenantline.kernel import clock
from tenantline.outbox.models import Text
from tests import cast
from tests.desk.conftest import House

REASON = {"reason": "asked to be told tonight"}


def thread(number: str) -> Conversation:
    return Conversation.objects.get(number=number)


def chat_of(who) -> str:
    return reverse("desk:chat", args=[thread(cast.mobile_of(who)).pk])


def send(client, who, body: str, **more):
    address = reverse("desk:chat_send", args=[who.pk])
    return client.post(address, {"body": body, **REASON} | more)


def shown(client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_header_names_number_tenant_and_facility(house: House) -> None:
    who = cast.opted_in(house.lamar, "Maria Lopez")
    page = shown(house.clerk, chat_of(who))
    assert "(737) 555-" in page
    assert "Maria Lopez" in page
    assert house.lamar.name in page


def test_a_text_shows_its_words_time_state_and_who_wrote_it(house: House) -> None:
    who = cast.opted_in(house.lamar)
    assert send(house.clerk, who, "Your unit is ready.").status_code == 302
    page = shown(house.clerk, chat_of(who))
    for words in ("Your unit is ready.", "carla", "Queued", "<time"):
        assert words in page


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("delivered", {}, "Delivered"),
        ("undelivered", {"error_words": "The phone is off."}, "The phone is off."),
        ("withheld", {"reason": "It is out of date."}, "It is out of date."),
        ("unknown", {}, "Do not send it again"),
    ],
)
def test_every_state_has_a_word_and_its_reason(house: House, state, reason, words) -> None:
    who = cast.opted_in(house.lamar)
    Text.objects.filter(message=cast.write(who)).update(state=state, **reason)
    assert words in shown(house.clerk, chat_of(who))


def test_what_a_tenant_writes_is_shown_as_words_never_as_markup(house: House) -> None:
    who = cast.opted_in(house.lamar, "<b>Bold</b>")
    cast.receive(cast.mobile_of(who), house.lamar, "<script>alert(1)</script>")
    page = shown(house.clerk, chat_of(who))
    assert "<script>alert" not in page
    assert "<b>Bold" not in page


def test_keywords_are_marked(house: House) -> None:
    who = cast.stopped(house.lamar)
    page = shown(house.clerk, chat_of(who))
    assert "Heard as START" in page
    assert "Heard as STOP" in page


def test_long_threads_come_in_pages(house: House) -> None:
    who = cast.opted_in(house.lamar)
    for number in range(65):
        cast.receive(cast.mobile_of(who), house.lamar, f"Text number {number}.")
    page = shown(house.clerk, chat_of(who))
    assert "Text number 64." in page
    assert "Text number 3." not in page
    first = Message.objects.filter(body="Text number 6.").get()
    assert "Text number 3." in shown(house.clerk, f"{chat_of(who)}?before={first.pk}")


def test_days_are_separated_in_the_facilitys_zone(house: House) -> None:
    who = cast.opted_in(house.lamar, now=cast.at_noon() - timedelta(days=3))
    cast.receive(cast.mobile_of(who), house.lamar, "Good morning", now=clock.now())
    page = shown(house.clerk, chat_of(who))
    assert "Today" in page
    assert page.count("data-day=") == 2


def test_looking_at_a_chat_changes_nothing(house: House) -> None:
    who = cast.opted_in(house.lamar)
    cast.receive(cast.mobile_of(who), house.lamar, "Anybody there?")
    before = Conversation.objects.values().get(number=cast.mobile_of(who))
    shown(house.clerk, chat_of(who))
    assert Conversation.objects.values().get(number=cast.mobile_of(who)) == before


def test_a_page_that_was_seen_says_so(house: House) -> None:
    who = cast.opted_in(house.lamar)
    conversation = thread(cast.mobile_of(who))
    assert house.clerk.post(reverse("desk:chat_read", args=[conversation.pk])).status_code == 302
    conversation.refresh_from_db()
    assert (conversation.unread, conversation.read_by) == (0, "carla")


def test_a_refused_text_stays_in_the_composer_with_the_reason(house: House) -> None:
    who = cast.opted_in(house.lamar)
    answer = send(house.clerk, who, "x" * 1601)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "at most 1,600 characters" in page
    assert "x" * 1601 in page


def test_the_same_words_to_many_tenants_are_refused_in_the_composer(house: House) -> None:
    people = [cast.opted_in(house.lamar, f"Tenant {n}") for n in range(6)]
    for who in people[:5]:
        cast.write(who, "The gate is broken today.")
    answer = send(house.clerk, people[5], "The gate is broken today.")
    assert answer.status_code == 409
    assert "mass texts are not possible" in answer.content.decode()


def test_a_double_press_sends_once(house: House) -> None:
    who = cast.opted_in(house.lamar)
    for _ in range(2):
        send(house.clerk, who, "Once only.", key="k1")
    assert Message.objects.filter(body="Once only.").count() == 1


def test_a_reply_is_stopped_when_the_tenant_wrote_meanwhile(house: House) -> None:
    who = cast.opted_in(house.lamar)
    seen = Message.objects.latest("pk").pk
    cast.receive(cast.mobile_of(who), house.lamar, "Wait, forget it!")
    answer = send(house.clerk, who, "Shall I book it?", seen=seen)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Wait, forget it!" in page.split('class="chat-news"')[1]
    assert "Send anyway" in page


def test_htmx_gets_the_composer_alone(house: House) -> None:
    who = cast.opted_in(house.lamar)
    address = reverse("desk:chat_send", args=[who.pk])
    answer = house.clerk.post(address, {"body": "Fast.", **REASON}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Trigger"] == '{"chat-sent": {}}'
    assert "<html" not in answer.content.decode()


def test_news_are_only_what_came_after(house: House) -> None:
    who = cast.opted_in(house.lamar)
    cast.receive(cast.mobile_of(who), house.lamar, "An old text")
    after = Message.objects.latest("pk").pk
    cast.receive(cast.mobile_of(who), house.lamar, "A new text")
    address = reverse("desk:chat_texts", args=[thread(cast.mobile_of(who)).pk])
    page = shown(house.clerk, f"{address}?after={after}")
    assert "A new text" in page
    assert "An old text" not in page


def test_a_changed_state_is_shown_anew(house: House) -> None:
    who = cast.opted_in(house.lamar)
    message = cast.write(who, "On its way")
    Text.objects.filter(message=message).update(state="delivered")
    address = reverse("desk:chat_texts", args=[message.conversation_id])
    page = shown(house.clerk, f"{address}?after={message.pk}&again={message.text_id}")
    assert page.count("<li") == 1
    assert "Delivered" in page


def test_before_the_first_text_the_tenants_chat_is_open(house: House) -> None:
    who = cast.tenant(house.lamar)
    page = shown(house.clerk, reverse("desk:chat_tenant", args=[who.pk]))
    assert "No texts yet." in page
    assert not Conversation.objects.exists()


def test_with_a_thread_the_tenants_chat_leads_to_it(house: House) -> None:
    who = cast.opted_in(house.lamar)
    answer = house.clerk.get(reverse("desk:chat_tenant", args=[who.pk]))
    assert answer.headers["Location"] == chat_of(who)


def test_without_a_number_the_chat_says_so(house: House) -> None:
    who = cast.tenant(house.lamar)
    cast.change_number(who, None)
    assert "no mobile number" in shown(house.clerk, reverse("desk:chat_tenant", args=[who.pk]))
