"""The Widgets menu: a board of one's own, and what each widget shows to whom."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tenantline.desk.widgets import WIDGETS
from tenantline.facilities import actions as facilities
from tenantline.facilities import queries
from tenantline.intake import hearing
from tenantline.intake.models import InboundCall
from tenantline.kernel.clock import now
from tenantline.outbox.models import Text, WorkerBeat
from tenantline.staff import board
from tests import cast
from tests.desk.conftest import House

ACT = "/me/widgets/"


def shown(client: Client) -> list[str]:
    """Return the widgets on a person's home screen, in order."""
    return re.findall(r'id="widget-(\w+)"', client.get("/").content.decode())


def text(client: Client, widget: str) -> str:
    page = client.get(f"/widgets/{widget}/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_every_widget_that_may_be_kept_can_be_shown():
    assert set(WIDGETS) == set(board.WIDGETS)


def test_a_new_person_sees_unread_waiting_and_consent(house: House):
    assert shown(house.clerk) == ["unread", "waiting", "consent"]


def test_the_menu_opens_a_widget_by_its_name(house: House):
    page = house.clerk.get("/").content.decode()
    assert re.search(r'name="add"\s+value="lines">.*?Line health', page, re.DOTALL)
    house.clerk.post(ACT, {"add": "lines"})
    assert shown(house.clerk) == ["unread", "waiting", "consent", "lines"]


def test_a_board_is_ones_own(house: House):
    house.clerk.post(ACT, {"remove": "consent"})
    house.clerk.post(ACT, {"up": "waiting"})
    assert shown(house.clerk) == ["waiting", "unread"]
    assert shown(house.owner) == ["unread", "waiting", "consent"]


def test_an_order_is_kept_as_it_was_dragged(house: House):
    house.clerk.post(ACT, {"order": ["consent", "unread", "waiting"], "moved": "consent"})
    assert shown(house.clerk) == ["consent", "unread", "waiting"]


def test_without_scripts_the_page_comes_back_with_the_menu_open(house: House):
    answer = house.clerk.post(ACT, {"down": "unread"}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [("/?widgets=open", 302)]
    assert re.search(r'widgets-menu"\s+open', page)
    assert "Recently Unread SMS is now 2 of 3." in page


def test_with_scripts_the_menu_the_board_and_the_words_come_back(house: House):
    answer = house.clerk.post(ACT, {"remove": "waiting"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "Waiting for START was taken off your board." in page
    assert 'id="board" hx-swap-oob="innerHTML"' in page
    assert 'id="widget-waiting"' not in page


def test_an_empty_board_says_how_to_fill_it(house: House):
    for name in ("unread", "waiting", "consent"):
        house.clerk.post(ACT, {"remove": name})
    assert "Your board is empty." in house.clerk.get("/").content.decode()


@pytest.mark.parametrize(
    "act",
    [
        {"add": "weather"},
        {"remove": "weather"},
        {"up": "weather"},
        {"order": ["unread", "weather"]},
        {},
    ],
)
def test_an_unknown_widget_changes_nothing(house: House, act: dict):
    assert house.clerk.post(ACT, act).status_code == 400
    assert shown(house.clerk) == ["unread", "waiting", "consent"]


def undelivered(house: House, where: str, words: str) -> None:
    who = cast.opted_in(getattr(house, where), f"Ned of {where}")
    message = cast.write(who, f"Your gate code at {where} has changed.")
    Text.objects.filter(message=message).update(state="undelivered", error_words=words)


def test_what_was_not_delivered_is_shown_with_the_reason(house: House):
    undelivered(house, "lamar", "The phone is switched off.")
    page = text(house.clerk, "failed")
    assert "Ned of lamar" in page
    assert "Not delivered: The phone is switched off." in page
    assert "Your gate code at lamar" in page
    assert 'href="/chat/' in house.clerk.get("/widgets/failed/").content.decode()


def test_what_was_withheld_says_so(house: House):
    who = cast.opted_in(house.lamar)
    cast.write(who)
    cast.receive(cast.mobile_of(who), house.lamar, "STOP")
    assert re.search(r"Withheld: .*(opted out|STOP)", text(house.clerk, "failed"))


def test_only_what_failed_lately_is_shown(house: House):
    undelivered(house, "lamar", "Off.")
    Text.objects.get(state="undelivered").message.__class__.objects.update(
        at=now() - timedelta(days=8)
    )
    assert "Nothing went wrong in the last 7 days." in text(house.clerk, "failed")


@pytest.mark.parametrize("widget", sorted(WIDGETS))
def test_a_widget_shows_the_own_facilities_only(house: House, widget: str):
    undelivered(house, "mesa", "Off.")
    who = cast.tenant(house.mesa, "Wanda of mesa")
    cast.submit_form(cast.issue_form(who))
    cast.receive(cast.mobile_of(who), house.mesa, "hello from mesa")
    page = text(house.clerk, widget)
    assert "mesa" not in page
    assert house.mesa.name not in page
    assert "1 text" not in page


def test_a_paused_line_says_why(house: House):
    line = queries.sending_line(house.lamar.pk)
    assert line is not None
    facilities.pause_line(line=line, reason="The account is closed.", by=cast.TESTER, now=now())
    page = text(house.clerk, "lines")
    assert "Paused" in page
    assert "The account is closed." in page


def test_a_line_whose_inbound_is_unknown_says_that_nothing_leaves(house: House):
    assert "Catching up" in text(house.clerk, "lines")


def test_a_line_that_was_read_back_is_connected(house: House):
    known(house)
    page = text(house.clerk, "lines")
    assert "Connected" in page
    assert "incoming texts read back 0 s ago" in page


def known(house: House) -> int:
    line = queries.sending_line(house.lamar.pk)
    assert line is not None
    hearing.beat(name="web", unbroken=False, now=now())
    hearing.note_reading(line_id=line.pk, began_at=now(), now=now())
    return line.pk


def missed(house: House, count: int) -> None:
    """Texts that only a reading has found, though a web process listened."""
    known(house)
    for _ in range(count):
        call = cast.receive(cast.mobile(), house.lamar, "Is anybody there?")
        InboundCall.objects.filter(pk=call.call_id).update(handed_at=None, missed=True)


def test_texts_that_nobody_handed_to_us_are_told(house: House):
    missed(house, 3)
    assert "3 texts of the last day came in without a call to us" in text(house.clerk, "lines")


def test_a_deaf_webhook_is_told_at_the_top_of_everybodys_home(house: House):
    assert "do not reach us by themselves" not in house.clerk.get("/").content.decode()
    missed(house, 1)
    assert "do not reach us by themselves" in house.clerk.get("/").content.decode()


def test_a_list_that_cannot_be_read_says_why(house: House):
    hearing.note_problem(line_id=known(house), problem="Twilio refuses the token.", now=now())
    assert "Twilio refuses the token." in text(house.clerk, "lines")


def test_a_facility_without_a_line_is_named(house: House):
    cast.facility("DOCK")
    assert "Storage DOCK No line" in text(house.owner, "lines")
    assert "DOCK" not in text(house.clerk, "lines")


def test_workers_and_what_waits_are_told(house: House):
    assert "No worker runs" in text(house.clerk, "lines")
    WorkerBeat.objects.create(name="one", started_at=now(), beat_at=now())
    cast.write(cast.opted_in(house.lamar))
    Text.objects.update(next_at=now() - timedelta(minutes=5))
    page = text(house.clerk, "lines")
    assert "1 worker running" in page
    assert "2 texts wait, the oldest due for 5 min" in page


def test_workers_that_died_or_fail_and_unknown_texts_are_told(house: House):
    long_ago = now() - timedelta(minutes=10)
    WorkerBeat.objects.create(name="gone", started_at=long_ago, beat_at=long_ago)
    WorkerBeat.objects.create(
        name="here", started_at=now(), beat_at=now(), trouble="mail fails (OSError)"
    )
    cast.opted_in(house.lamar)
    Text.objects.update(state="unknown")
    page = text(house.clerk, "lines")
    assert "1 worker running" in page
    assert "gone" in page
    assert "silent for 10 min" in page
    assert "mail fails (OSError)" in page
    assert "Of 1 text nobody knows yet whether it left" in page
