"""The pace of a line, the alarm of a paused one, and what is unknown, on the desk."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tenantline.conversations.models import Message
from tenantline.facilities import actions as facilities
from tenantline.facilities.models import Line
from tenantline.kernel import clock
from tenantline.outbox import pacing
from tenantline.outbox.models import Slot, Text
from tests import cast
from tests.desk.conftest import House


def line_of(where) -> Line:
    return Line.objects.get(facility=where)


def words(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def set_pace(client: Client, where, **typed):
    return client.post(reverse("desk:line_pace", args=[line_of(where).pk]), typed)


def use(where, used: int, limit: int | None = 2000) -> None:
    now = clock.now()
    Slot.objects.create(
        line=line_of(where), free_at=now, daily_segments=limit, day=pacing.day_of(now), used=used
    )


def test_an_owner_chooses_what_the_carriers_allow(house: House):
    assert set_pace(house.owner, house.lamar, kind="low_volume").status_code == 302
    page = words(house.owner, reverse("desk:line", args=[line_of(house.lamar).pk]))
    assert "3 segments a second (10DLC, low volume)" in page
    assert "0 of 2,000 segments sent" in page
    assert "next day begins" in page
    assert "set the pace of a line" in words(house.owner, reverse("desk:audit"))


def test_figures_of_ones_own_are_taken_as_typed(house: House):
    typed = {"kind": "own", "a_second": "3.75", "a_day": "1,500"}
    assert set_pace(house.owner, house.lamar, **typed).status_code == 302
    form = house.owner.get(reverse("desk:line_pace", args=[line_of(house.lamar).pk]))
    assert 'value="3.75"' in form.content.decode()
    assert 'value="1500"' in form.content.decode()
    assert line_of(house.lamar).segments_per_second == 3.75


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "carrier pigeon"},
        {"kind": "own", "a_second": "fast"},
        {"kind": "own", "a_second": "nan"},
        {"kind": "own", "a_second": "0"},
        {"kind": "own", "a_second": "1", "a_day": "99"},
        {"kind": "own", "a_second": "1", "a_day": "-5"},
        {"kind": "own", "a_second": "1", "a_day": "²"},
        {},
    ],
)
def test_what_is_no_pace_is_refused_and_what_was_typed_stays(house: House, typed):
    answer = set_pace(house.owner, house.lamar, **typed)
    assert answer.status_code == 400
    assert f'value="{typed.get("a_second", "")}"' in answer.content.decode()
    assert line_of(house.lamar).segments_per_second == 1


def test_only_an_owner_sets_a_pace_and_only_at_home(house: House):
    assert set_pace(house.manager, house.lamar, kind="sole").status_code == 403
    assert set_pace(house.owner_of_lamar, house.mesa, kind="sole").status_code == 404


@pytest.mark.parametrize(
    ("used", "said"),
    [
        (2000, "2,000 segments are used up. What waits leaves after"),
        (1800, "kept for people; automatic texts wait until after"),
        (1400, "2,000 segments are used."),
    ],
)
def test_line_health_tells_of_a_day_that_is_nearly_used_up(house: House, used, said):
    use(house.lamar, used)
    assert said in words(house.clerk, "/widgets/lines/")


def test_a_day_with_room_is_not_worth_a_word(house: House):
    use(house.lamar, 100)
    assert "segments" not in words(house.clerk, "/widgets/lines/")


# --- the alarm ---


def pause(where, reason: str) -> None:
    facilities.pause_line(line=line_of(where), reason=reason, by=cast.TESTER, now=clock.now())


@pytest.mark.parametrize("address", ["/", "/inbox/", "/tenants/", "/alarms/"])
def test_a_paused_line_is_an_alarm_on_every_page(house: House, address):
    pause(house.lamar, "The Twilio account is not active.")
    page = words(house.clerk, address)
    assert "Nothing leaves by" in page
    assert "The Twilio account is not active." in page
    assert "An owner can resume it" in page


def test_an_owner_is_led_from_the_alarm_to_the_lines(house: House):
    pause(house.lamar, "The Twilio account is not active.")
    page = house.owner.get("/alarms/").content.decode()
    assert reverse("desk:lines") in page


def test_another_facilitys_paused_line_alarms_nobody_here(house: House):
    pause(house.mesa, "The Twilio account is not active.")
    assert "Nothing leaves" not in words(house.clerk, "/alarms/")


def test_a_resumed_line_alarms_nobody(house: House):
    pause(house.lamar, "Gone.")
    house.owner.post(reverse("desk:line_resume", args=[line_of(house.lamar).pk]))
    assert "Nothing leaves" not in words(house.clerk, "/alarms/")


# --- what nobody knows ---


def unknown(where, doubtful_sid: str = "") -> Message:
    message = cast.write(cast.opted_in(where, "Ursula Unknown"))
    cast.outgoing(message).attempts.create(
        token="t", started_at=clock.now(), outcome="unclear", doubtful_sid=doubtful_sid
    )
    Text.objects.filter(message=message).update(state="unknown")
    return message


def test_an_unknown_text_stands_among_those_not_delivered(house: House):
    unknown(house.lamar)
    page = words(house.clerk, "/widgets/failed/")
    assert "Ursula Unknown" in page
    assert "Tenantline is asking the carrier" in page
    assert "It was not sent, send it again" not in page


def test_where_only_a_person_can_tell_the_widget_asks(house: House):
    message = unknown(house.lamar, "SM1")
    page = house.clerk.get("/widgets/failed/").content.decode()
    address = reverse("desk:chat_decide", args=[message.conversation_id, message.text_id])
    assert f'action="{address}"' in page
    answer = house.clerk.post(address, {"arrived": "no", "home": "yes"})
    assert answer["Location"] == "/"
    assert Text.objects.get(message=message).state == "queued"


def test_unknown_texts_of_another_facility_are_not_shown(house: House):
    unknown(house.mesa, "SM1")
    assert "Ursula" not in words(house.clerk, "/widgets/failed/")


def test_the_tenants_page_says_why_a_text_waits(house: House):
    who = cast.opted_in(house.lamar)
    cast.write(who)
    page = words(house.clerk, reverse("desk:tenant_messages", args=[who.pk]))
    assert "No worker runs, so nothing leaves." in page
