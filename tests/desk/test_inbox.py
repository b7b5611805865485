"""The inbox: filters in the address, search, pages, assignment, strays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tenantline.conversations.models import Conversation
from tenantline.intake import actions as intake
from tenantline.intake.actions import Inbound
from tenantline.kernel import clock
from tenantline.outbox.models import Text
from tenantline.staff.models import Staff
from tests import cast
from tests.desk.conftest import House
from tests.desk.test_chat import shown, thread

INBOX = "/inbox/"


def writes(house: House, name: str, body: str = "A question"):
    who = cast.opted_in(house.lamar, name)
    cast.receive(cast.mobile_of(who), house.lamar, body)
    return who


def test_an_empty_inbox_says_what_will_be_here(house: House) -> None:
    assert "No conversations yet." in shown(house.clerk, INBOX)


def test_a_row_shows_who_where_and_the_first_words(house: House) -> None:
    writes(house, "Maria Lopez", "Is the gate open?")
    page = shown(house.clerk, INBOX)
    assert "Maria Lopez" in page
    assert "Is the gate open?" in page


def test_conversations_of_other_facilities_are_absent(house: House) -> None:
    cast.receive("+15125550142", house.mesa, "From Mesa")
    assert "From Mesa" not in shown(house.clerk, INBOX)
    assert "From Mesa" in shown(house.owner, INBOX)


def listed(house: House, query: str) -> set[str]:
    page = shown(house.clerk, f"{INBOX}?{query}")
    names = {"Una", "Fred", "Opal", "Minna"}
    rows = page.split('class="inbox-rows"')[-1] if 'class="inbox-rows"' in page else ""
    return {name for name in names if name in rows}


@pytest.fixture
def various(house: House) -> House:
    """Una waits for an answer, Fred's text failed, Opal stopped, Minna is the clerk's."""
    una, fred = writes(house, "Una"), writes(house, "Fred")
    minna = writes(house, "Minna")
    cast.stopped(house.lamar, "Opal")
    Conversation.objects.update(unread=0)
    Conversation.objects.filter(number=cast.mobile_of(una)).update(unread=1)
    Text.objects.filter(message=cast.write(fred)).update(state="failed")
    cast.write(minna, "An answer")
    clerk = Staff.objects.get(username="carla")
    Conversation.objects.filter(number=cast.mobile_of(minna)).update(assigned_to=clerk)
    return house


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Una", "Fred", "Opal", "Minna"}),
        ("filter=unread", {"Una"}),
        ("filter=unanswered", {"Una"}),
        ("filter=mine", {"Minna"}),
        ("filter=failed", {"Fred", "Opal"}),  # Opal's confirmation was withheld by the STOP
        ("filter=opted_out", {"Opal"}),
        ("q=fred", {"Fred"}),
        ("q=an+answer", {"Minna"}),
        ("filter=unread&q=fred", set()),
    ],
)
def test_filters_and_search_narrow_the_list(various: House, query: str, names: set[str]) -> None:
    assert listed(various, query) == names


def test_an_unknown_filter_is_not_found(house: House) -> None:
    assert house.clerk.get(f"{INBOX}?filter=nonsense").status_code == 404


@pytest.mark.parametrize("place", ["x", "2026-01-01T00:00:00_1", "2026-01-01T00:00:00+00:00_x"])
def test_a_place_that_is_none_is_not_found(house: House, place: str) -> None:
    assert house.clerk.get(INBOX, {"older": place}).status_code == 404


def many(house: House, count: int) -> None:
    now = clock.now()
    Conversation.objects.bulk_create(
        Conversation(
            facility=house.lamar, number=f"+1512{n:07d}", last_at=now - timedelta(minutes=n // 2)
        )
        for n in range(count)
    )


def test_pages_lead_through_everything_once(house: House) -> None:
    many(house, 100)
    seen: list[str] = []
    address = INBOX
    while address:
        page = shown(house.clerk, address)
        seen += [part.split('"')[0] for part in page.split('data-pane="')[1:]]
        more = page.split("Older conversations")[0].rpartition('href="')[2].partition('"')[0]
        address = more.replace("&amp;", "&") if "Older conversations" in page else ""
    assert len(seen) == len(set(seen)) == 100


def test_the_first_page_of_ten_thousand_asks_the_database_little(
    house: House, django_assert_max_num_queries
) -> None:
    many(house, 10_000)
    with django_assert_max_num_queries(12):
        shown(house.clerk, INBOX)


def test_a_conversation_in_the_address_is_open_beside_the_list(house: House) -> None:
    who = writes(house, "Maria Lopez", "Beside the list")
    page = shown(house.clerk, f"{INBOX}?open={thread(cast.mobile_of(who)).pk}")
    assert 'id="composer"' in page
    assert page.count("Beside the list") >= 2


def test_a_conversation_elsewhere_cannot_be_opened_beside_the_list(house: House) -> None:
    cast.receive("+15125550142", house.mesa, "Hello")
    address = f"{INBOX}?open={thread('+15125550142').pk}"
    assert house.clerk.get(address).status_code == 404


def test_a_conversation_is_assigned_to_a_colleague(house: House) -> None:
    who = writes(house, "Maria Lopez")
    conversation = thread(cast.mobile_of(who))
    marcus = Staff.objects.get(username="marcus")
    house.clerk.post(reverse("desk:chat_assign", args=[conversation.pk]), {"to": marcus.pk})
    conversation.refresh_from_db()
    assert conversation.assigned_to == marcus
    assert "marcus" in shown(house.clerk, INBOX)


def test_nobody_who_works_elsewhere_is_given_a_conversation(house: House) -> None:
    who = writes(house, "Maria Lopez")
    stranger = cast.member("stella", "clerk", house.mesa)
    address = reverse("desk:chat_assign", args=[thread(cast.mobile_of(who)).pk])
    answer = house.clerk.post(address, {"to": stranger.pk})
    assert answer.status_code == 400
    assert "does not work at this facility" in answer.content.decode()


def test_strays_are_for_managers_and_owners(house: House) -> None:
    assert house.clerk.get(f"{INBOX}?filter=strays").status_code == 403
    assert "No strays." in shown(house.manager, f"{INBOX}?filter=strays")


def test_a_text_that_cannot_be_worked_on_is_shown(house: House) -> None:
    call = cast.receive("+15125550142", house.lamar, "Read me!", work=False)
    intake.mark_failed(call.call_id, error="ValueError: no", now=clock.now())
    assert "Read me!" in shown(house.manager, f"{INBOX}?filter=strays")


def test_a_stray_text_is_shown(house: House) -> None:
    from tenantline.conversations import inbound

    stray = Inbound("SM" + "9" * 32, cast.ACCOUNT, None, "+15125550142", "+15125550000", "Lost", {})
    [call_id] = intake.store([stray], now=clock.now())
    assert call_id is not None
    inbound.work(call_id=call_id, now=clock.now())
    assert "Lost" in shown(house.manager, f"{INBOX}?filter=strays")
