"""Opt-in at the counter from the desk: the code, the device handed over, what the page tells."""

from __future__ import annotations

import re

import pytest

from tenantline.consent import counter, forms
from tenantline.consent.models import LedgerEvent, OptInForm
from tenantline.consent.wording import FORM_VERSION
from tenantline.kernel import clock
from tests import cast
from tests.desk.conftest import House
from tests.public import reading

FILLED_IN = {"services": ["chat"], "agree": "yes", "version": FORM_VERSION}


@pytest.fixture
def who(house: House):
    return cast.tenant(house.lamar, "Walter Without", email="")


def words(client, who) -> str:
    return reading.words(client.get(f"/tenants/{who.pk}/counter/").content.decode())


def shown(client, who) -> str:
    """Show a code; return it as the page spells it."""
    page = client.post(f"/tenants/{who.pk}/counter/show/", follow=True).content.decode()
    found = re.search(r"/c/([a-z0-9]{4}-[a-z0-9]{4})", page)
    assert found is not None
    return found[1]


def handed_over(client, who) -> str:
    """Hand the device over; return where that led."""
    answer = client.post(f"/tenants/{who.pk}/counter/hand-over/")
    assert answer.status_code == 302
    return str(answer["Location"])


@pytest.mark.parametrize("place", ["opt-in/", "chat/", ""])
def test_one_without_an_e_mail_address_is_offered_the_counter(house: House, who, place):
    page = house.clerk.get(f"/tenants/{who.pk}/{place}").content.decode()
    assert f'href="/tenants/{who.pk}/counter/"' in page


def test_looking_at_the_page_issues_nothing(house: House, who):
    words(house.clerk, who)
    assert not OptInForm.objects.exists()
    assert house.clerk.get(f"/tenants/{who.pk}/counter/show/").status_code == 405


def test_the_code_is_a_picture_with_its_address_in_words(house: House, who):
    code = shown(house.clerk, who)
    page = house.clerk.get(f"/tenants/{who.pk}/counter/").content.decode()
    picture = next(e for e in reading.elements(page, "svg") if e.attributes.get("role") == "img")
    assert code in str(picture.attributes["aria-label"])
    assert not [e for e in reading.elements(page) if "style" in e.attributes]


def test_the_page_tells_how_far_the_tenant_has_come(house: House, who, client):
    code = counter.read_code(shown(house.clerk, who))
    assert "Form not opened yet" in words(house.clerk, who)
    client.post(f"/c/{code}/", {"lang": "en"})
    assert "Form opened" in words(house.clerk, who)
    client.post(f"/opt-in/{code}/", FILLED_IN)
    assert "Waiting for START" in words(house.clerk, who)
    cast.receive(cast.mobile_of(who), house.lamar, "START")
    assert "Walter Without has opted in." in words(house.clerk, who)


def test_only_the_browser_that_issued_the_code_shows_it(house: House, who):
    code = shown(house.clerk, who)
    page = words(house.manager, who)
    assert code not in page
    assert "A code is shown in another browser." in page


def test_closing_the_form_ends_its_link_and_says_so(house: House, who, client):
    code = shown(house.clerk, who)
    house.clerk.post(f"/tenants/{who.pk}/counter/end/")
    assert client.get(f"/c/{code}/").status_code == 410
    assert "You closed the form before it was sent." in words(house.clerk, who)
    assert LedgerEvent.objects.get(kind="form_ended").period_id == OptInForm.objects.get().period_id


def test_closing_a_second_form_leaves_the_first_waiting_and_says_so(house: House, who, client):
    code = counter.read_code(shown(house.clerk, who))
    client.post(f"/opt-in/{code}/", FILLED_IN)
    shown(house.clerk, who)
    house.clerk.post(f"/tenants/{who.pk}/counter/end/")
    assert "An earlier form still waits for START" in words(house.clerk, who)
    cast.receive(cast.mobile_of(who), house.lamar, "START")
    assert "Opted in" in words(house.clerk, who)


def test_handing_over_signs_out_here_and_leads_to_the_form(house: House, who):
    place = handed_over(house.clerk, who)
    assert place.startswith("/c/")
    page = house.clerk.get(place).content.decode()
    assert "Walter" not in page
    assert f"/sign-in/?next=%2Ftenants%2F{who.pk}%2Fcounter%2F" in page
    for staff_page in ("/", "/tenants/", f"/tenants/{who.pk}/", "/inbox/", "/search/?q=a"):
        assert "/sign-in/" in house.clerk.get(staff_page)["Location"]


def test_staff_pages_are_not_kept_for_the_way_back(house: House, who):
    answer = house.clerk.get(f"/tenants/{who.pk}/counter/")
    assert "no-store" in answer["Cache-Control"]


def test_history_names_the_counter_the_staff_member_and_the_browser(house: House, who, client):
    code = counter.read_code(shown(house.clerk, who))
    client.post(f"/opt-in/{code}/", FILLED_IN, headers={"User-Agent": "Pocket browser"})
    page = house.clerk.get(f"/tenants/{who.pk}/consent/").content.decode()
    page = reading.words(page)
    for said in ("submitted at the counter", "at the counter with carla", "Pocket browser"):
        assert said in page


@pytest.mark.parametrize("act", ["", "show/", "hand-over/", "end/"])
def test_nobody_reaches_another_facilitys_counter(house: House, act):
    other = cast.tenant(house.mesa)
    ask = house.clerk.post if act else house.clerk.get
    assert ask(f"/tenants/{other.pk}/counter/{act}").status_code == 404
    assert not OptInForm.objects.exists()


def test_what_is_missing_is_said_in_place_of_the_buttons(house: House, who):
    cast.change_number(who, None)
    page = words(house.clerk, who)
    assert "There is no mobile number on file" in page
    assert "Show a code" not in page
    assert house.clerk.post(f"/tenants/{who.pk}/counter/show/").status_code == 409


def test_no_mail_server_does_not_matter_at_the_counter(house: House, who, settings):
    settings.DEMO = settings.EMAIL_IS_SET = False
    assert forms.obstacle(who, clock.now()) is not None
    assert shown(house.clerk, who)
