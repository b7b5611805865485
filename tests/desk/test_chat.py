"""The chat window: what it shows, and what it refuses without losing a word."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tenantline.conversations.models import Conversation, Message
from tenantline.facilities import actions as facilities
from tenantline.facilities.models import Line
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.outbox import actions as outbox
from tenantline.outbox import pacing
from tenantline.outbox.models import Slot, Text
from tests import cast
from tests.desk.conftest import House, signed_in

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


# --- what waits, and what nobody knows ---


def unknown(house: House, doubtful_sid: str = "") -> Message:
    """A text of which nobody knows whether the carrier took it."""
    message = cast.write(cast.opted_in(house.lamar))
    Text.objects.exclude(message=message).update(state="withheld")
    assert message.text is not None
    message.text.attempts.create(
        token="t", started_at=clock.now(), outcome="unclear", doubtful_sid=doubtful_sid
    )
    Text.objects.filter(message=message).update(state="unknown")
    return message


def decide(client, message: Message, arrived: str, **more):
    address = reverse("desk:chat_decide", args=[message.conversation_id, message.text_id])
    return client.post(address, {"arrived": arrived}, **more)


def state_of(message: Message) -> str:
    return Text.objects.get(message=message).state


@pytest.mark.parametrize(("arrived", "state"), [("yes", "sent"), ("no", "queued")])
def test_a_clerk_can_say_what_became_of_an_unknown_text(house: House, arrived, state) -> None:
    message = unknown(house)
    page = shown(house.clerk, reverse("desk:chat", args=[message.conversation_id]))
    assert "It was sent" in page
    assert "It was not sent, send it again" in page
    assert decide(house.clerk, message, arrived).status_code == 302
    assert state_of(message) == state
    act = "said that an unknown text was sent" if arrived == "yes" else "unknown text sent again"
    assert act in shown(house.owner, reverse("desk:audit"))


def test_a_decision_shows_the_text_as_it_now_is(house: House) -> None:
    message = unknown(house)
    answer = decide(house.clerk, message, "yes", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert f'id="m{message.pk}"' in page
    assert "chat-decide" not in page
    assert "Noted: the text was sent." in answer.headers["HX-Trigger"]


def test_a_text_that_only_a_person_can_judge_says_so(house: House) -> None:
    message = unknown(house, doubtful_sid="SM1")
    page = shown(house.clerk, reverse("desk:chat", args=[message.conversation_id]))
    assert "Only a person can tell" in page


@pytest.mark.parametrize("arrived", ["", "perhaps"])
def test_only_a_plain_answer_decides(house: House, arrived) -> None:
    message = unknown(house)
    assert decide(house.clerk, message, arrived).status_code == 400
    assert state_of(message) == "unknown"


def test_a_text_that_was_settled_meanwhile_is_not_decided_again(house: House) -> None:
    message = unknown(house)
    Text.objects.filter(message=message).update(state="delivered")
    assert decide(house.clerk, message, "no").status_code == 409
    assert state_of(message) == "delivered"


def test_nobody_decides_of_another_facilitys_text(house: House) -> None:
    message = unknown(house)
    stranger = cast.member("mia", "manager", house.mesa)
    assert decide(signed_in(stranger), message, "yes").status_code == 404
    assert state_of(message) == "unknown"


def test_a_text_of_another_thread_is_not_decided_here(house: House) -> None:
    message = unknown(house)
    other = cast.opted_in(house.lamar, "Olga Other")
    elsewhere = thread(cast.mobile_of(other))
    address = reverse("desk:chat_decide", args=[elsewhere.pk, message.text_id])
    assert house.clerk.post(address, {"arrived": "yes"}).status_code == 404


def waits(house: House, who) -> str:
    """What the chat says of the last text, in plain words."""
    page = shown(house.clerk, chat_of(who))
    found = re.findall(r'class="chat-reason[^"]*">(.*?)</span>', page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", found[-1] if found else ""))


def works(house: House) -> None:
    """A worker runs, and all that came in on the lines is known."""
    outbox.beat(worker="w", started_at=clock.now(), now=clock.now())
    lines = Line.objects.values_list("pk", flat=True)
    hearing.assume_known(name="tests", line_ids=lines, now=clock.now())


def test_a_text_that_waits_for_its_hours_says_from_when_it_leaves(house: House) -> None:
    works(house)
    who = cast.opted_in(house.lamar)
    until = clock.now() + timedelta(days=2)
    Text.objects.filter(message=cast.write(who)).update(
        next_at=until, not_before=until, waits_for="quiet_hours"
    )
    said = waits(house, who)
    assert "outside texting hours where the tenant is" in said
    assert "It leaves from" in said


def test_a_text_behind_a_paused_line_says_why(house: House) -> None:
    works(house)
    who = cast.opted_in(house.lamar)
    cast.write(who)
    line = Line.objects.get(facility=house.lamar)
    facilities.pause_line(
        line=line, reason="The account is closed.", by=cast.TESTER, now=clock.now()
    )
    assert "The line is paused: The account is closed." in waits(house, who)


def test_a_text_on_a_line_that_is_not_read_yet_says_so(house: House) -> None:
    works(house)
    hearing.end(name="tests")
    who = cast.opted_in(house.lamar)
    cast.write(who)
    assert "once all that came in on the line has been read" in waits(house, who)


def test_a_text_after_the_days_last_says_when_the_next_day_begins(house: House) -> None:
    works(house)
    who = cast.opted_in(house.lamar)
    cast.write(who)
    now = clock.now()
    Slot.objects.create(
        line=Line.objects.get(facility=house.lamar),
        free_at=now,
        daily_segments=100,
        day=pacing.day_of(now),
        used=100,
    )
    said = waits(house, who)
    assert "limit of texts for today is used up" in said
    assert "It leaves from" in said


def test_a_text_behind_many_others_says_about_when(house: House) -> None:
    works(house)
    who = cast.opted_in(house.lamar)
    cast.write(who, "word " * 300)
    cast.write(who, "word " * 300)
    cast.write(who, "The last one")
    assert "Other texts of the line leave before it. It leaves at about" in waits(house, who)


def test_without_a_worker_a_text_says_that_nothing_leaves(house: House) -> None:
    who = cast.opted_in(house.lamar)
    cast.write(who)
    assert "No worker runs" in waits(house, who)


def test_a_failure_says_what_to_do_next(house: House) -> None:
    who = cast.opted_in(house.lamar)
    Text.objects.filter(message=cast.write(who)).update(
        state="failed", error_code="21614", error_words="This number is not a mobile number."
    )
    assert waits(house, who) == (
        "This number is not a mobile number. Sending it again would not help."
    )
