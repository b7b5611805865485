"""The page after the form: text START now, and how far one has come."""

from __future__ import annotations

import pytest

from tests import cast
from tests.public import reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def where():
    return cast.site()


@pytest.fixture
def who(where):
    return cast.tenant(where)


@pytest.fixture
def link(who):
    token = cast.issue_form(who)
    cast.submit_form(token, "chat", "notices")
    return f"/opt-in/{token}/done/"


def test_it_asks_for_start_even_from_those_who_sent_it_before(client, link):
    page = reading.words(client.get(link).content.decode())
    assert "Text START now, even if you have sent it before." in page


def test_a_tap_opens_the_texting_app_with_start_filled_in(client, link, where):
    page = client.get(link).content.decode()
    hrefs = [e.attributes.get("href") for e in reading.elements(page, "a")]
    assert f"sms:{cast.number_of(where)}?&body=START" in hrefs


def test_it_says_what_was_chosen_and_until_when_that_waits(client, link):
    page = reading.words(client.get(link).content.decode())
    chosen = page.partition("You chose")[2]
    assert chosen.startswith(" Two-way texting with the office Account notices We keep your choice")
    assert "Statements" not in chosen


def test_after_start_it_says_that_all_is_done(client, link, who, where):
    cast.receive(cast.mobile_of(who), where, "START")
    assert "You are signed up" in client.get(link).content.decode()


def test_after_stop_it_says_that_texts_are_stopped(client, link, who, where):
    cast.receive(cast.mobile_of(who), where, "START")
    cast.receive(cast.mobile_of(who), where, "STOP")
    assert "Texts to your number are stopped" in client.get(link).content.decode()


def test_before_the_form_is_sent_it_leads_to_the_form(client, who):
    token = cast.issue_form(who)
    assert client.get(f"/opt-in/{token}/done/")["Location"] == f"/opt-in/{token}/"
