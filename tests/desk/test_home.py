"""The board."""

from __future__ import annotations

import pytest

from tenantline.desk.picture import WIDTH, stacked
from tests import cast
from tests.desk.conftest import House


def text(client, address: str) -> str:
    return client.get(address).content.decode()


def test_every_empty_place_says_what_will_appear(house: House):
    page = text(house.clerk, "/")
    for words in ("Nobody is waiting for an answer.", "Nobody is halfway.", "no tenants yet"):
        assert words in page


def test_a_new_text_shows_sender_facility_time_and_first_words(house: House):
    who = cast.opted_in(house.lamar, "Anna Agreed")
    cast.receive(cast.mobile_of(who), house.lamar, "Is the gate open tonight?")
    page = text(house.owner, "/widgets/unread/")
    assert "Anna Agreed" in page
    assert house.lamar.name in page
    assert "<time" in page
    assert "Is the gate open tonight?" in page


def test_our_own_answer_is_not_shown_as_the_text_that_waits(house: House):
    who = cast.opted_in(house.lamar)
    cast.receive(cast.mobile_of(who), house.lamar, "Is the gate open tonight?")
    cast.write(who, "It is.")
    page = text(house.clerk, "/widgets/unread/")
    assert "Is the gate open tonight?" in page
    assert "It is." not in page


def test_an_unknown_sender_is_shown_by_number(house: House):
    cast.receive("+17375550123", house.lamar, "hello")
    assert "(737) 555-0123" in text(house.clerk, "/widgets/unread/")


def test_the_rail_counts_unread_conversations(house: House):
    cast.receive("+17375550123", house.lamar, "hello")
    cast.receive("+17375550124", house.mesa, "hello")
    assert '<span class="count">1<' in text(house.clerk, "/unread/")
    assert '<span class="count">2<' in text(house.owner, "/unread/")


def test_who_submitted_the_form_waits_for_start(house: House):
    who = cast.tenant(house.lamar, "Wanda Waiting")
    cast.submit_form(cast.issue_form(who))
    assert "Wanda Waiting" in text(house.clerk, "/widgets/waiting/")


def test_the_consent_picture_has_its_numbers_in_words(house: House):
    cast.opted_in(house.lamar)
    cast.tenant(house.lamar)
    page = text(house.clerk, "/widgets/consent/")
    assert 'role="img" aria-label="1 Opted in, 1 No opt-in' in page
    assert "50%" in page


def test_there_is_no_widget_of_another_name(house: House):
    assert house.clerk.get("/widgets/weather/").status_code == 404


@pytest.mark.parametrize(
    "counts",
    [{"opted_in": 1}, {"opted_in": 9_990, "opted_out": 1, "none": 9}, {"none": 3, "form_sent": 3}],
)
def test_the_bar_is_filled_exactly_and_nothing_in_it_is_invisible(counts):
    pieces = [piece for piece in stacked(counts) if piece.count]
    assert pieces[-1].x + pieces[-1].width == pytest.approx(WIDTH, abs=0.1)
    assert all(piece.width >= 5 for piece in pieces)


def test_no_tenants_make_an_empty_bar():
    assert all(piece.width == 0 for piece in stacked({}))
