"""A statement as it is opened on a phone: a link in a text, two questions, figures, a PDF."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, ViewportSize, expect

from tenantline.kernel import clock
from tests import cast
from tests.desk.screen import Screen
from tests.statements import people

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def link(db, settings):
    settings.DEMO = True
    who = people.agreed(cast.site(), clock.now())
    cast.entry(who, cents=12_900, memo="Rent " + "B12" * 30)
    return f"/s/{people.token_of(people.issue(who, clock.now()))}/"


def clean(page: Page) -> bool:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_statement_opens_on_a_phone(link: str, page: Page, client: Client):
    screen = Screen(page, client)
    page.set_viewport_size(PHONE)
    screen.open(link)
    assert clean(page)
    page.get_by_label("Your last name").fill("Nobody")
    page.get_by_label("Your unit").fill("b 12")
    page.get_by_role("button", name="Open the statement").click()
    expect(page.get_by_role("alert")).to_contain_text("4 more tries")
    page.emulate_media(color_scheme="dark")
    assert clean(page)
    page.get_by_label("Your last name").fill("agreed")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Olive Agreed")).to_be_visible()
    assert clean(page)
    expect(page.get_by_role("link", name="Download PDF")).to_have_attribute("href", f"{link}pdf/")
    assert screen.complaints == []
