"""A payment's way back in a real browser: entered, returned by the bank's file, fee and notice."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tenantline.automations import actions as automations
from tenantline.automations.working import Shift
from tenantline.billing import actions as billing
from tenantline.billing import queries
from tenantline.kernel import clock
from tests import cast
from tests.billing.returnfile import Back, written
from tests.desk.conftest import signed_in

pytestmark = pytest.mark.browser
SLOW = 30_000  # ms; nothing here asserts a speed


@pytest.fixture
def lamar(address: str):
    site = cast.site("LAMAR")
    now = clock.now()
    billing.set_returned_fee(facility=site, cents=2_500, by=cast.TESTER, now=now)
    letter = cast.letter("Payment returned", category="payment_returned")
    made = automations.add(
        when="payment_returned", days=0, letter=letter, facility=site, by=cast.TESTER, now=now
    )
    automations.switch(automation=made, mode="on", by=cast.TESTER, now=now)
    return site


@pytest.fixture
def desk(address: str, lamar, browser: Browser):
    context = browser.new_context()
    cookie = signed_in(cast.member("marcus", "manager", lamar)).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    page = context.new_page()
    page.set_default_timeout(SLOW)
    yield page
    context.close()


def clean(page: Page) -> bool:
    return not Axe().run(page).response["violations"]


def test_a_payment_that_a_bank_returns_is_undone_charged_for_and_written_of(address, lamar, desk):
    dana = cast.on_autopay(cast.tenant(lamar, "Dana Whitfield", external_id="T-1", units=["A1"]))
    account = f"{address}/tenants/{dana.pk}/account/"
    desk.goto(account)
    desk.get_by_label("Amount in dollars").fill("129")
    desk.get_by_role("button", name="Add entry").click()
    expect(desk.get_by_text("The payment of $129.00 was recorded.")).to_be_visible(timeout=SLOW)
    today = queries.today(lamar, clock.now()).strftime("%y%m%d").encode()
    file = written([Back("R02")]).replace(b"2611201200A094101", today + b"1200A094101")
    desk.goto(f"{address}/settings/returns/")
    sent = {"name": "back.ach", "mimeType": "text/plain", "buffer": file}
    desk.get_by_label("Return file").set_input_files(sent)
    desk.get_by_role("button", name="Look at the file").click()
    desk.get_by_role("button", name="Apply: 1 payment reversed").click()
    expect(desk.get_by_text("A fee of $25.00 was charged.")).to_be_visible(timeout=SLOW)
    while Shift().step():
        pass
    desk.goto(account)
    expect(desk.locator("main")).to_contain_text("AutoPay was switched to NET.")
    expect(desk.locator(".entries")).to_contain_text("Fee for a returned payment")
    assert clean(desk)
    desk.goto(f"{address}/tenants/{dana.pk}/letters/")
    expect(desk.locator("main")).to_contain_text("You owe $25.00.", timeout=SLOW)
    assert clean(desk)
