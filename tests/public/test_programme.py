"""The pages that carriers' reviewers open: programme, terms, privacy."""

from __future__ import annotations

import pytest

from tests import cast
from tests.public import reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def where():
    return cast.site()


def text_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return reading.words(answer.content.decode())


def test_one_facility_is_shown_at_once(client, where):
    assert f"Text messages from {where.name}" in text_of(client, "/program/")


def test_several_facilities_are_listed(client, where):
    other = cast.site("SLAUGHTER")
    page = client.get("/program/").content.decode()
    assert all(f"/program/{one.code}/?lang=en" in page for one in (where, other))


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_form_is_shown_in_both_languages_and_cannot_be_sent(client, where, language):
    page = client.get(f"/program/{where.code}/?lang={language}").content.decode()
    inputs = reading.elements(page, "input", "button")
    assert len(inputs) == 12
    assert all("disabled" in one.attributes for one in inputs)
    assert not reading.elements(page, "form")
    assert "Opt in to Text/Messaging" in page
    assert "Acepto recibir mensajes" in page


def test_ids_are_unique_though_the_form_stands_there_twice(client, where):
    page = client.get(f"/program/{where.code}/").content.decode()
    ids = [e.attributes["id"] for e in reading.elements(page) if "id" in e.attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "said",
    [
        "Message frequency varies",
        "Message and data rates may apply",
        "Reply STOP to any text",
        "Reply HELP",
        "(512) 555-0100",
        "not a condition of renting",
        "not shared with or sold to third parties for marketing",
        "The form without START starts nothing",
        "You are signed up for recurring texts",
    ],
)
def test_the_programme_page_says_what_reviewers_look_for(client, where, said):
    assert said in text_of(client, f"/program/{where.code}/")


@pytest.mark.parametrize("path", ["/privacy/", "/privacy/LAMAR/", "/privacy/lamar/"])
def test_the_privacy_notice_says_that_mobile_data_is_not_shared(client, where, path):
    page = text_of(client, path)
    assert "Mobile data is not shared with third parties for marketing." in page
    assert where.name in page


@pytest.mark.parametrize("path", ["/terms/", "/terms/LAMAR/"])
def test_the_terms_name_rates_frequency_stop_help_and_carriers(client, where, path):
    page = text_of(client, path)
    for said in ("data rates may apply", "frequency varies", "STOP", "HELP", "not liable"):
        assert said in page


@pytest.mark.parametrize("kind", ["program", "terms", "privacy"])
def test_every_page_is_there_in_spanish(client, where, kind):
    page = client.get(f"/{kind}/{where.code}/?lang=es").content.decode()
    assert '<html lang="es">' in page
    assert "Responda <b>STOP</b>" in page


@pytest.mark.parametrize("kind", ["program", "terms", "privacy"])
def test_an_unknown_facility_is_404_with_the_way_to_the_list(client, kind):
    answer = client.get(f"/{kind}/nowhere/")
    assert answer.status_code == 404
    assert "/program/?lang=en" in answer.content.decode()


@pytest.mark.parametrize("kind", ["program", "terms", "privacy"])
def test_public_pages_set_no_cookie_and_run_no_script(client, where, kind):
    answer = client.get(f"/{kind}/{where.code}/")
    assert not answer.cookies
    assert not reading.elements(answer.content.decode(), "script", "style")


def test_a_facility_without_a_line_still_has_its_page(client):
    where = cast.facility("NEW")
    assert "our texting number" in text_of(client, f"/program/{where.code}/")
