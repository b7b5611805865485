"""R4, R12, R15: a number is changed in one screen that asks whose it is; shared phones are told."""

from __future__ import annotations

from typing import Any

import pytest

from tenantline.consent import queries as consent
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel.clock import now
from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants
from tests import cast
from tests.desk.conftest import House

HELD_ELSEWHERE = "1 tenant outside your facilities"


def text(client: Any, address: str) -> str:
    return client.get(address).content.decode()


def status(who: Any) -> str:
    return consent.of(tenant=who, scope=EVERYWHERE, now=now()).status


def change(client: Any, who: Any, number: str, **typed: str) -> Any:
    return client.post(f"/tenants/{who.pk}/number/", {"mobile": number, **typed})


def test_before_the_change_the_screen_counts_the_texts_that_wait(house: House):
    who = cast.opted_in(house.lamar)  # whose confirmation waits as well
    cast.write(who)
    assert "2 texts that wait to leave will be withheld." in text(
        house.clerk, f"/tenants/{who.pk}/number/"
    )


def test_a_number_of_another_tenant_is_asked_about_before_it_is_saved(house: House):
    first = cast.opted_in(house.lamar, "Fay First")
    second = cast.tenant(house.lamar, "Sue Second")
    page = change(house.clerk, second, cast.mobile_of(first)).content.decode()
    assert "Fay First" in page
    assert "Same phone, shared" in page
    assert "Passed on to Sue Second" in page
    assert cast.mobile_of(second) != cast.mobile_of(first)


@pytest.mark.parametrize(
    ("said", "first_is"), [("shared", "opted_in"), ("passed_on", "number_changed")]
)
def test_the_answer_and_the_change_are_one_act(house: House, said: str, first_is: str):
    first = cast.opted_in(house.lamar, "Fay First")
    second = cast.tenant(house.lamar, "Sue Second")
    number = cast.mobile_of(first)
    answer = change(house.clerk, second, number, **{f"other_{first.pk}": said})
    assert answer.headers["Location"] == f"/tenants/{second.pk}/number/changed/"
    assert (cast.mobile_of(second), status(first)) == (number, first_is)
    assert tenants.open_questions(second.pk) == []


def test_an_answer_that_is_none_changes_nothing(house: House):
    first, second = cast.opted_in(house.lamar, "Fay First"), cast.opted_in(house.lamar)
    answer = change(house.clerk, second, cast.mobile_of(first), **{f"other_{first.pk}": "maybe"})
    assert answer.status_code == 400
    assert (status(first), status(second)) == ("opted_in", "opted_in")


def test_of_others_elsewhere_only_a_count_is_told_and_the_question_waits(house: House):
    first = cast.opted_in(house.mesa, "Mona Mesa")
    second = cast.tenant(house.lamar, "Sue Second")
    number = cast.mobile_of(first)
    page = change(house.clerk, second, number).content.decode()
    assert "1 tenant outside your facilities has or had this number" in " ".join(page.split())
    assert "Mona Mesa" not in page
    change(house.clerk, second, number, elsewhere="1")
    assert cast.mobile_of(second) == number
    assert len(tenants.open_questions(second.pk)) == 1


def test_who_does_not_see_both_tenants_can_answer_nothing_and_an_owner_can(house: House):
    first = cast.opted_in(house.mesa, "Mona Mesa")
    second = cast.tenant(house.lamar, number=Number(cast.mobile_of(first)))
    [question] = tenants.open_questions(second.pk)
    address = f"/tenants/{second.pk}/questions/{question.pk}/"
    assert house.clerk.post(address, {"answer": "shared"}).status_code == 403
    assert "an owner or manager who works at both" in text(house.clerk, f"/tenants/{second.pk}/")
    house.owner.post(address, {"answer": "passed_on"})
    assert status(first) == "number_changed"


def test_who_answers_second_is_told_who_was_first(house: House):
    first = cast.opted_in(house.lamar)
    second = cast.tenant(house.lamar, number=Number(cast.mobile_of(first)))
    [question] = tenants.open_questions(second.pk)
    address = f"/tenants/{second.pk}/questions/{question.pk}/"
    house.clerk.post(address, {"answer": "shared"})
    answer = house.manager.post(address, {"answer": "passed_on"}, follow=True)
    assert "carla has answered already: one phone is shared" in answer.content.decode()
    assert status(first) == "opted_in"


def test_a_number_that_somebody_changed_meanwhile_is_not_changed_again(house: House):
    who = cast.tenant(house.lamar)
    seen = cast.mobile_of(who)
    cast.change_number(who, Number("+15125550177"))
    answer = change(house.clerk, who, "512 555 0178", shown=seen)
    assert answer.status_code == 400
    assert "Somebody has changed this tenant" in answer.content.decode()
    assert cast.mobile_of(who) == "+15125550177"


def test_the_result_offers_the_form_by_mail_and_at_the_counter(house: House):
    who = cast.opted_in(house.lamar)
    change(house.clerk, who, "512 555 0178")
    page = text(house.clerk, f"/tenants/{who.pk}/number/changed/")
    assert f'action="/tenants/{who.pk}/opt-in/"' in page
    assert f'href="/tenants/{who.pk}/counter/"' in page


def test_a_number_from_a_chat_is_changed_here_too_and_its_texts_join(house: House):
    cast.receive("+15125550142", house.lamar, "It's me, Dana")
    who = cast.tenant(house.lamar)
    thread = house.lamar.conversation_set.get(number="+15125550142")
    change(house.clerk, who, "+15125550142", chat=str(thread.pk))
    assert "It&#x27;s me, Dana" in text(house.clerk, f"/tenants/{who.pk}/messages/")


PLACES = ["/tenants/{pk}/", "/tenants/{pk}/consent/", "/tenants/{pk}/opt-in/", "/chat/{chat}/"]


@pytest.mark.parametrize("place", [*PLACES, "/inbox/", "/tenants/{pk}/revocation/"])
def test_who_shares_a_phone_is_named_in_scope_and_counted_outside(house: House, place: str):
    who = cast.opted_in(house.lamar, "Lena Lamar")
    cast.tenant(house.mesa, "Mona Mesa", number=Number(cast.mobile_of(who)))
    cast.receive(cast.mobile_of(who), house.lamar, "Hello?")
    thread = house.lamar.conversation_set.get(number=cast.mobile_of(who))
    address = place.format(pk=who.pk, chat=thread.pk)
    told = text(house.clerk, address)
    assert "Mona Mesa" not in told
    assert HELD_ELSEWHERE in told or "1 elsewhere" in told
    assert "Mona Mesa" in text(house.owner, address)


def test_a_revocation_counts_the_tenants_on_the_phone(house: House):
    who = cast.opted_in(house.lamar, "Lena Lamar")
    number = Number(cast.mobile_of(who))
    cast.tenant(house.lamar, "Luis Lamar", number=number)
    cast.tenant(house.mesa, "Mona Mesa", number=number)
    page = text(house.clerk, f"/tenants/{who.pk}/revocation/")
    assert "Texts for 3 tenants on this phone" in page
    assert "still goes out by print" in page


def test_a_revocation_needs_its_medium_and_keeps_the_note(house: House):
    who = cast.opted_in(house.lamar)
    answer = house.clerk.post(f"/tenants/{who.pk}/revocation/", {"note": "called at nine"})
    assert answer.status_code == 400
    assert "called at nine" in answer.content.decode()
    assert status(who) == "opted_in"


def test_a_revocation_from_the_chat_leads_back_to_it(house: House):
    who = cast.opted_in(house.lamar)
    assert f"/tenants/{who.pk}/revocation/?next=chat" in text(
        house.clerk, f"/tenants/{who.pk}/chat/"
    ) or cast.receive(cast.mobile_of(who), house.lamar, "Hi")
    typed = {"medium": "phone", "next": "chat"}
    answer = house.clerk.post(f"/tenants/{who.pk}/revocation/", typed)
    assert answer.headers["Location"] == f"/tenants/{who.pk}/chat/"
    assert status(who) == "opted_out"
