"""Every page in a browser, wide in dark and on a phone in light: no axe finding, no overflow."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants
from tests import cast
from tests.desk.conftest import House
from tests.desk.screen import Screen
from tests.desk.test_import import job, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.once]
LONG = "Maximiliana Wolfeschlegelsteinhausenbergerdorff, Trustee for the Estate of " * 2
PAGES = [
    "/sign-in/",
    "/",
    "/tenants/",
    "/tenants/?q=nobody",
    "/tenants/add/",
    "/tenants/opt-in/?tenant={agreed}&tenant={plain}",
    "/tenants/{agreed}/",
    "/tenants/{plain}/",
    "/tenants/{agreed}/messages/",
    "/tenants/{agreed}/consent/",
    "/tenants/{agreed}/number/",
    "/tenants/{agreed}/revocation/",
    "/consent/?about=numbers",
    "/tenants/import/",
    "/tenants/import/{file}/",
    "/inbox/export/",
    "/me/password/",
    "/settings/",
    "/settings/facilities/LAMAR/",
    "/settings/lines/",
    "/settings/lines/{line}/",
    "/inbox/?filter=strays",
    "/settings/connect-line/",
    "/settings/staff/",
    "/settings/tokens/",
    "/settings/audit/",
    "/no-such-page/",
]


@pytest.fixture
def people(house: House) -> dict[str, Any]:
    """A tenant with everything that can be shown, and one with nothing."""
    agreed = cast.opted_in(house.lamar, LONG)
    cast.receive(cast.mobile_of(agreed), house.lamar, "Is the gate open tonight?")
    cast.write(agreed, "It is.")
    cast.tenant(house.lamar, "Sue Second", number=Number(cast.mobile_of(agreed)))
    cast.receive(cast.mobile_of(agreed), house.lamar, "who is this?")
    plain = cast.tenant(house.lamar, "Paul Plain", email="")
    upload(house.owner)
    line = house.lamar.lines.get().pk
    return {"agreed": agreed.pk, "plain": plain.pk, "file": job().pk, "line": line}


@pytest.fixture
def screen(page: Page, house: House) -> Screen:
    return Screen(page, house.owner)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_clean_wide_and_dark_and_on_a_phone_in_light(
    address: str, screen: Screen, people: dict[str, Any]
):
    if address == "/sign-in/":
        screen.client.logout()
    page = screen.open(address.format(**people))
    themes: tuple[Literal["dark", "light"], ...] = ("dark", "light")
    for theme, width in zip(themes, (1280, 390), strict=True):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 844})
        page.reload()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert screen.complaints == []


def test_slash_goes_to_search_and_what_is_found_opens_by_keyboard(
    screen: Screen, people: dict[str, Any]
):
    page = screen.open("/")
    page.keyboard.press("/")
    page.keyboard.type("paul")
    expect(page.locator(".found a").first).to_contain_text("Paul Plain")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Paul Plain")).to_be_visible()


def test_quick_message_asks_in_a_dialog_and_issue_sends(screen: Screen, people: dict[str, Any]):
    page = screen.open(f"/tenants/{people['agreed']}/")
    page.get_by_role("button", name="Send").click()
    dialog = page.get_by_role("dialog", name="Send SMS Opt-In")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Issue").click()
    expect(page.locator(".toast")).to_contain_text("on its way to")


def test_whose_a_new_number_is_is_asked_in_the_dialog(screen: Screen, people: dict[str, Any]):
    agreed = tenants.current_period(people["agreed"])
    assert agreed is not None
    page = screen.open(f"/tenants/{people['plain']}/")
    page.get_by_role("link", name="Change number…").click()
    dialog = page.get_by_role("dialog", name="Change mobile number")
    dialog.get_by_label("New mobile number").fill(agreed.number)
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Same phone, shared")).to_have_count(2)
    for choice in dialog.get_by_label("Same phone, shared").all():
        choice.check()
    dialog.get_by_role("button", name="Change number").click()
    expect(page.get_by_role("heading", name="The mobile number is now")).to_be_visible()


def test_the_dialog_without_an_address_leads_to_its_field(screen: Screen, people: dict[str, Any]):
    page = screen.open(f"/tenants/{people['plain']}/")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("dialog").get_by_role("link", name="Add an e-mail address").click()
    expect(page.locator("#id_email")).to_be_focused()


def test_typing_filters_the_list_and_the_address_follows(screen: Screen, people: dict[str, Any]):
    page = screen.open("/tenants/")
    page.get_by_role("searchbox", name="Name, unit or number").fill("sue")
    expect(page.locator(".tenants tbody tr")).to_have_count(1)
    assert "q=sue" in page.url


def test_ticked_rows_are_counted_and_sent_on(screen: Screen, people: dict[str, Any]):
    page = screen.open("/tenants/")
    page.get_by_label("Select all on this page").check()
    expect(page.locator("[data-picked]")).to_contain_text("3 selected")
    page.get_by_role("button", name="Send SMS Opt-In").click()
    expect(page.get_by_role("button", name="Issue to 2")).to_be_visible()


def test_the_theme_switch_works_at_once_and_is_kept(screen: Screen, people: dict[str, Any]):
    page = screen.open("/")
    page.locator(".person summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_key_to_the_search_can_be_switched_off(screen: Screen, people: dict[str, Any]):
    page = screen.open("/")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator(".person summary").click()
    with page.expect_response("**/me/slash-key/"):
        page.get_by_role("button", name="Off").click()
    page.reload()
    page.keyboard.press("/")
    expect(page.locator("#search")).not_to_be_focused()


def test_menus_open_and_close_by_keyboard(screen: Screen, people: dict[str, Any]):
    page = screen.open("/")
    page.locator(".switch summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".switch a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".switch summary")).to_be_focused()
    expect(page.locator(".switch a").first).not_to_be_visible()
