"""The opt-in form as a tenant opens it, fills it in and sends it (R2, R13)."""

from __future__ import annotations

from typing import Any

import pytest

from tenantline.consent.models import LedgerEvent, OptInForm, Particulars, Wording
from tenantline.consent.wording import FORM, FORM_VERSION
from tenantline.kernel.phone import Number
from tests import cast
from tests.public import reading

pytestmark = pytest.mark.django_db
AGREED = {"agree": "yes", "version": FORM_VERSION}


@pytest.fixture
def where():
    return cast.site()


@pytest.fixture
def link(where):
    who = cast.tenant(where, number=Number("+15125550143"))
    return f"/opt-in/{cast.issue_form(who)}/"


def state():
    return (
        list(LedgerEvent.objects.values_list("hash", flat=True)),
        list(OptInForm.objects.values_list("submitted_at", "dead_at")),
        Wording.objects.count(),
    )


@pytest.mark.parametrize("tail", ["", "?lang=es", "not-mine/", "done/", "not-mine/done/"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_follows_links_changes_nothing(client, link, tail, method):
    before = state()
    getattr(client, method)(link + tail)
    assert state() == before


def test_the_first_box_holds_the_number_and_cannot_be_changed(client, link):
    page = client.get(link).content.decode()
    number = next(e for e in reading.elements(page, "input") if "readonly" in e.attributes)
    assert number.attributes["value"] == "(512) 555-0143"
    assert "name" not in number.attributes


def test_every_box_is_unticked(client, link):
    page = client.get(link).content.decode()
    assert reading.boxes(page) == dict.fromkeys(["chat", "statements", "notices", "yes"], False)


def test_boxes_are_unticked_also_when_the_form_is_opened_again(client, link):
    client.post(link, AGREED | {"services": ["chat"]})
    assert not any(reading.boxes(client.get(link).content.decode()).values())


def test_the_button_says_what_the_help_page_says(client, link):
    assert ">Opt in to Text/Messaging</button>" in client.get(link).content.decode()


def test_under_important_stand_the_facilitys_number_and_start(client, link, where):
    page = reading.words(client.get(link).content.decode())
    digits = cast.number_of(where)
    shown = f"({digits[2:5]}) {digits[5:8]}-{digits[8:]}"
    assert f"text START to {shown}" in page.partition("IMPORTANT")[2]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_disclosure_is_on_the_form(client, link, where, language):
    page = reading.words(client.get(f"{link}?lang={language}").content.decode())
    digits = cast.number_of(where)
    line = f"({digits[2:5]}) {digits[5:8]}-{digits[8:]}"
    words: dict[str, Any] = FORM[language]
    said = [*words["disclosures"], words["agree"], words["last_step"]]
    for sentence in said:
        assert sentence.format(facility=where.name, line=line) in page


def test_terms_and_privacy_are_one_click_away(client, link, where):
    page = client.get(link).content.decode()
    hrefs = {e.attributes.get("href") for e in reading.elements(page, "a")}
    assert {f"/terms/{where.code}/?lang=en", f"/privacy/{where.code}/?lang=en"} <= hrefs


def test_a_tenant_who_speaks_spanish_gets_the_form_in_spanish(client, where):
    who = cast.tenant(where, language="es")
    page = client.get(f"/opt-in/{cast.issue_form(who)}/").content.decode()
    assert '<html lang="es">' in page
    assert "Acepto recibir mensajes" in page


def test_sending_goes_on_to_the_last_step(client, link):
    answer = client.post(link, AGREED | {"services": ["chat", "notices"], "lang": "es"})
    assert (answer.status_code, answer["Location"]) == (303, f"{link}done/?lang=es")
    assert LedgerEvent.objects.filter(kind="form_submitted").count() == 1


def test_no_cookie_is_needed_to_send_it(link):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post(link, AGREED | {"services": ["chat"]})
    assert answer.status_code == 303
    assert not answer.cookies


def test_what_is_missing_is_said_twice_and_nothing_ticked_is_lost(client, link):
    answer = client.post(link, {"services": ["notices"], "version": FORM_VERSION})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Tick the last box to agree; it is required.") == 2
    assert [name for name, ticked in reading.boxes(page).items() if ticked] == ["notices"]


def test_both_mistakes_are_said_at_once_in_the_readers_language(client, link):
    page = client.post(link, {"lang": "es", "version": FORM_VERSION}).content.decode()
    assert "Elija al menos un tipo de mensaje." in page
    assert "Marque la última casilla para aceptar; es obligatoria." in page


def test_words_that_changed_while_the_page_was_open_are_shown_again(client, link):
    answer = client.post(link, AGREED | {"services": ["chat"], "version": "2020-01"})
    assert answer.status_code == 422
    assert "The words of this form changed while it was open." in answer.content.decode()
    assert not LedgerEvent.objects.filter(kind="form_submitted").exists()


def test_a_service_that_does_not_exist_counts_as_none(client, link):
    answer = client.post(link, AGREED | {"services": ["marketing"]})
    assert answer.status_code == 422


def test_one_who_is_opted_in_is_told_that_unticked_kinds_end(client, where):
    who = cast.opted_in(where, "Olive Agreed", "chat", "statements")
    page = reading.words(client.get(f"/opt-in/{cast.issue_form(who)}/").content.decode())
    assert "You now receive: Two-way texting with the office, Statements." in page
    assert "what you leave unticked ends at once" in page


def test_hostile_names_are_only_names(client):
    where = cast.site("ODD", name='<script>alert(1)</script> & "Sons"')
    who = cast.tenant(where, "<img src=x onerror=alert(2)>")
    page = client.get(f"/opt-in/{cast.issue_form(who)}/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    assert "<img" not in page


@pytest.mark.parametrize("tail", ["", "not-mine/"])
def test_the_page_works_without_scripts_and_inline_styles(client, link, tail):
    page = client.get(link + tail).content.decode()
    assert not reading.elements(page, "script", "style")
    for element in reading.elements(page):
        assert not [name for name in element.attributes if name == "style" or name[:2] == "on"]


@pytest.mark.parametrize("tail", ["", "done/", "not-mine/"])
def test_the_link_stays_out_of_caches_indexes_and_referrers(client, link, tail):
    answer = client.get(link + tail)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]


def test_who_sent_it_is_kept_as_evidence(client, link):
    client.post(link, AGREED | {"services": ["chat"]}, headers={"User-Agent": "x" * 900})
    kept = Particulars.objects.get(ledgerevent__kind="form_submitted")
    assert (kept.ip, kept.user_agent) == ("127.0.0.1", "x" * 400)
