"""Who may not be texted: the banner says why and what happens next; shared phones; strangers."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenantline.consent import queries as consent
from tenantline.conversations.models import Conversation
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.mail import queries as mail
from tests import cast
from tests.desk.conftest import House
from tests.desk.test_chat import chat_of, send, shown, thread

STRANGER = "+15125550142"


def window(house: House, who) -> str:
    return shown(house.clerk, reverse("desk:chat_tenant", args=[who.pk]))


def waiting(house: House):
    who = cast.tenant(house.lamar)
    cast.submit_form(cast.issue_form(who))
    return who


def form_sent(house: House):
    who = cast.tenant(house.lamar)
    cast.issue_form(who)
    return who


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda house: cast.tenant(house.lamar), "has not opted in to SMS"),
        (form_sent, "has not been filled in"),
        (waiting, "Waiting for START"),
        (lambda house: cast.stopped(house.lamar), "has opted out of texts"),
        (lambda house: cast.opted_in(house.lamar, "Stella", "statements"), "not agreed to chat"),
    ],
)
def test_a_banner_stands_in_place_of_the_composer(house: House, make, words: str) -> None:
    page = window(house, make(house))
    assert words in page
    assert "<textarea" not in page


def test_the_form_can_be_sent_from_the_banner(house: House) -> None:
    who = cast.tenant(house.lamar)
    address = reverse("desk:chat_opt_in", args=[who.pk])
    assert address in window(house, who)
    house.clerk.post(address)
    assert mail.latest()[0].recipient == who.email
    assert "has not been filled in" in window(house, who)


def test_without_an_e_mail_address_the_banner_says_so(house: House) -> None:
    who = cast.tenant(house.lamar, email="")
    page = window(house, who)
    assert "no e-mail address on file" in page
    assert reverse("desk:chat_opt_in", args=[who.pk]) not in page


def test_after_a_new_number_the_banner_asks_for_a_new_opt_in(house: House) -> None:
    who = cast.opted_in(house.lamar, "Nora Newnumber")
    cast.change_number(who, cast.mobile())
    assert "The mobile number of Nora Newnumber has changed" in window(house, who)


def test_a_composer_that_was_open_at_a_stop_refuses_and_keeps_the_words(house: House) -> None:
    who = cast.opted_in(house.lamar)
    cast.receive(cast.mobile_of(who), house.lamar, "STOP")
    answer = send(house.clerk, who, "Too late")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "has opted out of texts" in page
    assert "Too late" in page


def test_in_quiet_hours_a_reason_is_asked_for(house: House) -> None:
    who = cast.opted_in(house.lamar)
    closed = clock.now().time()
    Facility.objects.update(window_opens=closed, window_closes=closed)
    address = reverse("desk:chat_send", args=[who.pk])
    answer = house.clerk.post(address, {"body": "Still there?"})
    assert answer.status_code == 409
    assert 'name="reason"' in answer.content.decode()
    assert "Still there?" in answer.content.decode()
    assert house.clerk.post(address, {"body": "Still there?", "reason": "asked"}).status_code == 302


def shared(house: House):
    number = cast.mobile()
    return (
        cast.opted_in(house.lamar, "Tom Becker", number=number),
        cast.tenant(house.lamar, "Ruth Becker", number=number),
    )


def test_a_shared_phone_shows_both_and_asks_whom_to_write_to(house: House) -> None:
    tom, ruth = shared(house)
    page = shown(house.clerk, chat_of(tom))
    assert "Shared phone" in page
    assert "Text to Tom Becker" in page
    other = shown(house.clerk, f"{chat_of(tom)}?to={ruth.pk}")
    assert "Ruth Becker has not opted in" in other


def test_a_text_to_a_shared_phone_names_whose_it_is(house: House) -> None:
    tom, _ = shared(house)
    send(house.clerk, tom, "Your key is ready.")
    assert "carla to Tom Becker" in shown(house.clerk, chat_of(tom))


def test_an_unknown_sender_is_not_texted(house: House) -> None:
    cast.receive(STRANGER, house.lamar, "Is this the storage place?")
    page = shown(house.clerk, reverse("desk:chat", args=[thread(STRANGER).pk]))
    assert "has this number on file" in page
    assert "<textarea" not in page


def test_an_unknown_number_is_linked_and_opts_nobody_in(house: House) -> None:
    cast.receive(STRANGER, house.lamar, "It's me, Dana")
    who = cast.tenant(house.lamar, "Dana Whitfield")
    conversation = thread(STRANGER)
    found = shown(house.clerk, reverse("desk:chat_find", args=[conversation.pk]) + "?find=whit")
    assert "The next screen says what ends with it" in found
    house.clerk.post(reverse("desk:chat_link", args=[conversation.pk]), {"tenant": who.pk})
    assert cast.mobile_of(who) == STRANGER
    standing = consent.of(tenant=who, scope=EVERYWHERE, now=clock.now())
    assert not any(standing.services.values())


def test_nobody_of_another_facility_is_found_or_linked(house: House) -> None:
    cast.receive(STRANGER, house.lamar, "Hello")
    away = cast.tenant(house.mesa, "Wendy Away")
    conversation = thread(STRANGER)
    find = reverse("desk:chat_find", args=[conversation.pk])
    assert "Wendy" not in shown(house.owner, f"{find}?find=wend").replace("“wend”", "")
    answer = house.owner.post(
        reverse("desk:chat_link", args=[conversation.pk]), {"tenant": away.pk}
    )
    assert answer.status_code == 404


def test_a_short_code_cannot_be_answered(house: House) -> None:
    cast.receive("72345", house.lamar, "Your code is 991")
    page = shown(house.clerk, reverse("desk:chat", args=[thread("72345").pk]))
    assert "cannot be answered" in page


@pytest.mark.parametrize("name", ["chat", "chat_texts", "chat_composer", "chat_find"])
def test_a_chat_elsewhere_looks_like_none(house: House, name: str) -> None:
    cast.receive(STRANGER, house.mesa, "Hello")
    address = reverse(f"desk:{name}", args=[thread(STRANGER).pk])
    assert house.clerk.get(address).status_code == 404


@pytest.mark.parametrize("name", ["chat_read", "chat_unread", "chat_assign", "chat_link"])
def test_nothing_is_done_to_a_chat_elsewhere(house: House, name: str) -> None:
    cast.receive(STRANGER, house.mesa, "Hello")
    before = list(Conversation.objects.values())
    address = reverse(f"desk:{name}", args=[thread(STRANGER).pk])
    assert house.clerk.post(address, {"tenant": "1"}).status_code == 404
    assert list(Conversation.objects.values()) == before


@pytest.mark.parametrize("name", ["chat_send", "chat_opt_in", "chat_tenant"])
def test_a_tenant_elsewhere_cannot_be_written_to(house: House, name: str) -> None:
    who = cast.opted_in(house.mesa)
    address = reverse(f"desk:{name}", args=[who.pk])
    ask = house.clerk.get if name == "chat_tenant" else house.clerk.post
    assert ask(address, {"body": "Hello"}).status_code == 404
