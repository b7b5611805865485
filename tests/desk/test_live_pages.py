"""Boards and tenant pages in a browser: each person's own, in order by hand, live, clean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tenantline.kernel.clock import now
from tenantline.staff import queries as staff
from tenantline.staff.models import Staff
from tenantline.tenants import actions as tenants
from tests import cast
from tests.desk.conftest import listening, signed_in

pytestmark = pytest.mark.browser
Sit = Callable[..., Page]


@pytest.fixture
def lamar(address: str):
    return cast.site("LAMAR")


@pytest.fixture
def carla(lamar) -> Staff:
    return cast.member("carla", "clerk", lamar)


@pytest.fixture
def sit(address: str, browser: Browser) -> Iterator[Sit]:
    """Sign a person in, in a browser of their own, and open a page that listens."""
    contexts = []

    def opened(member: Staff, path: str = "/", **details: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | details))
        contexts.append(context)
        cookie = signed_in(member).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
        page = context.new_page()
        page.goto(address + path)
        return listening(page)

    yield opened
    for context in contexts:
        context.close()


def order(page: Page) -> list[str]:
    return page.locator("#board > [data-sorted]").evaluate_all(
        "all => all.map(w => w.dataset.sorted)"
    )


def kept(member: Staff) -> list[str]:
    member.refresh_from_db()
    return staff.widgets_of(member)


def test_a_text_appears_live_on_the_boards_in_scope(lamar, carla, sit: Sit):
    mesa = cast.site("MESA")
    mona = cast.member("mona", "clerk", mesa)
    olive = cast.member("olive", "owner")
    here, elsewhere, everywhere = sit(carla), sit(mona), sit(olive)
    who = cast.opted_in(lamar, "Maria Lopez")
    cast.receive(cast.mobile_of(who), lamar, "Is the gate open?")
    for page in (here, everywhere):
        unread = page.locator("#widget-unread")
        expect(unread.get_by_text("Is the gate open?")).to_be_visible()
        expect(unread.get_by_text("Maria Lopez")).to_be_visible()
    expect(elsewhere.locator("#widget-unread")).to_contain_text("Nobody is waiting")
    cast.receive(cast.mobile_of(cast.opted_in(mesa, "Ned")), mesa, "A word at Mesa")
    expect(elsewhere.locator("#widget-unread")).to_contain_text("A word at Mesa")
    expect(elsewhere.locator("#widget-unread")).not_to_contain_text("Is the gate open?")


def test_each_person_arranges_a_board_of_their_own_by_keyboard(carla, lamar, sit: Sit):
    marcus = cast.member("marcus", "manager", lamar)
    page, other = sit(carla), sit(marcus)
    page.locator(".widgets-menu summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move Consent up").focus()
    page.keyboard.press("Enter")
    said = page.locator("#widgets-said")
    expect(said).to_have_text("Consent is now 2 of 3.")
    expect(page.get_by_role("button", name="Move Consent up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(said).to_have_text("Consent is now 1 of 3.")
    assert order(page) == kept(carla) == ["consent", "unread", "waiting"]
    other.reload()
    assert order(other) == kept(marcus) == ["unread", "waiting", "consent"]


def test_a_widget_is_added_taken_off_and_added_again(carla, sit: Sit):
    page = sit(carla)
    page.locator(".widgets-menu summary").click()
    page.get_by_role("button", name="Take Recently Unread SMS off the board").click()
    expect(page.locator("#widget-unread")).to_have_count(0)
    expect(page.locator("#put-unread")).to_be_focused()
    page.get_by_role("button", name="Recently Unread SMS").click()
    expect(page.locator("#widget-unread")).to_be_visible()
    assert order(page) == ["waiting", "consent", "unread"]
    page.get_by_role("link", name="Recently Unread SMS").click()
    expect(page.locator("#widget-unread")).to_be_focused()


def test_what_was_added_is_live_at_once(lamar, carla, sit: Sit):
    page = sit(carla)
    page.locator(".widgets-menu summary").click()
    page.get_by_role("button", name="Not delivered").click()
    expect(page.locator("#widget-failed")).to_contain_text("Nothing went wrong")
    who = cast.opted_in(lamar, "Ned Stopped")
    cast.write(who, "Your unit is ready.")
    cast.receive(cast.mobile_of(who), lamar, "STOP")
    expect(page.locator("#widget-failed")).to_contain_text("Withheld:")


def drag(page: Page, what: str, where: str) -> None:
    grip, aim = page.locator(what).bounding_box(), page.locator(where).bounding_box()
    assert grip is not None
    assert aim is not None
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(aim["x"] + aim["width"] / 2, aim["y"] + aim["height"] * 0.1, steps=4)
    page.mouse.move(aim["x"] + aim["width"] * 0.1, aim["y"] + aim["height"] * 0.1, steps=4)


def test_widgets_are_dragged_on_the_board(carla, sit: Sit):
    page = sit(carla)
    drag(page, "#title-consent .grip", "#widget-unread")
    page.mouse.up()
    expect(page.locator("#widgets-said")).to_have_text("Consent is now 1 of 3.")
    assert order(page) == kept(carla) == ["consent", "unread", "waiting"]


def test_widgets_are_dragged_in_the_menu(carla, sit: Sit):
    page = sit(carla)
    page.locator(".widgets-menu summary").click()
    drag(page, ".own [data-sorted=waiting] .grip", ".own [data-sorted=unread]")
    page.mouse.up()
    expect(page.locator("#widgets-said")).to_have_text("Waiting for START is now 1 of 3.")
    assert order(page) == kept(carla) == ["waiting", "unread", "consent"]


def test_escape_puts_a_dragged_widget_back(carla, sit: Sit):
    page = sit(carla)
    drag(page, "#title-consent .grip", "#widget-unread")
    page.keyboard.press("Escape")
    page.mouse.up()
    assert order(page) == kept(carla) == ["unread", "waiting", "consent"]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_full_board_with_its_menu_open_is_clean_and_fits_a_phone(lamar, carla, sit: Sit, scheme):
    stopped = cast.opted_in(lamar, "W" * 120)
    cast.write(stopped)
    cast.receive(cast.mobile_of(stopped), lamar, "STOP " + "x" * 300)
    carla.widgets = ["unread", "waiting", "failed", "consent"]
    carla.save()
    page = sit(carla, "/?widgets=open", color_scheme=scheme, reduced_motion="reduce")
    page.get_by_role("button", name="Line health").click()
    expect(page.locator("#widget-lines")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    for width in (720, 390, 360):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_open_tenant_page_follows_and_leaves_what_is_typed_alone(lamar, carla, sit: Sit):
    who = cast.tenant(lamar, "Wanda Waiting")
    page = sit(carla, f"/tenants/{who.pk}/")
    notes = page.get_by_label("Notes")
    notes.press_sequentially("Half a though")
    cast.submit_form(cast.issue_form(who))
    expect(page.locator("#standing")).to_have_text("Waiting for START")
    expect(page.locator("#opt-in")).to_contain_text("waits for START until")
    cast.receive(cast.mobile_of(who), lamar, "START")
    expect(page.locator("#standing")).to_have_text("Opted in")
    expect(notes).to_be_focused()
    expect(notes).to_have_value("Half a though")


def test_banners_and_history_of_an_open_tenant_page_follow(lamar, carla, sit: Sit):
    who = cast.opted_in(lamar, "Olive Agreed")
    info, past = sit(carla, f"/tenants/{who.pk}/"), sit(carla, f"/tenants/{who.pk}/consent/")
    cast.receive(cast.mobile_of(who), lamar, "only text me about my bill")
    expect(info.locator("#notices")).to_contain_text("automatic texts to this number wait")
    expect(past.locator("#history")).to_contain_text("Automatic texts held")
    tenants.move_in(tenant=who, unit="Z-99", by=cast.TESTER, now=now())
    expect(info.locator("#units-list")).to_contain_text("Z-99")
    info.get_by_role("link", name="Change number").click()
    expect(info.get_by_role("dialog")).to_be_visible()
