"""The two-minute story of the README in a real browser, on a true demo: from nothing to a chat."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from scripts.screenshots import Demo, demo, sign_in, text

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.once]
SLOW = 30_000  # ms; a busy machine takes its time, nothing here asserts a speed


@pytest.fixture(scope="module")
def running() -> Iterator[Demo]:
    with demo() as started:
        yield started


@pytest.fixture
def desk(browser: Browser, running: Demo) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(SLOW)
    yield sign_in(context, running, "carmen")
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True)
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()


def open_tenant(desk: Page, running: Demo, name: str) -> None:
    desk.goto(f"{running.address}/tenants/?q={name.rsplit(maxsplit=1)[-1]}")
    desk.get_by_role("link", name=name).first.click()


def issue_form(desk: Page, running: Demo) -> None:
    open_tenant(desk, running, "Dana Whitfield")
    desk.locator("form.quick button").click()
    desk.get_by_role("button", name="Issue").click()
    expect(desk.get_by_text("Form sent").first).to_be_visible(timeout=SLOW)


def hand_in_form(phone: Page, running: Demo) -> None:
    phone.goto(f"{running.address}/sandbox/mailbox/")
    phone.get_by_role("link", name="dana.whitfield").first.click()
    letter = phone.frame_locator("iframe").locator("a[href*='/opt-in/']").first
    phone.goto(str(letter.get_attribute("href")))
    for box in phone.locator("input[type=checkbox]").all():
        assert not box.is_checked()
        box.check()
    phone.get_by_role("button", name="Opt in to Text/Messaging").click()
    expect(phone.get_by_text("START").first).to_be_visible()


def open_chat(desk: Page, running: Demo) -> None:
    link = desk.get_by_role("link", name="(SMS Chat)").first
    desk.goto(running.address + str(link.get_attribute("href")))


def reply(desk: Page, body: str) -> None:
    """Write as a person does: what came in has been read, so the double-reply guard is content."""
    desk.wait_for_function(
        "Number(document.querySelector('[name=seen]').value) >= Math.max(...Array.from("
        "document.querySelectorAll('.chat-text[data-id]'), text => Number(text.dataset.id)))"
    )
    desk.locator("#chat-body").fill(body)
    desk.keyboard.press("Enter")


def test_a_tenant_opts_in_and_texts_with_the_office(desk: Page, phone: Page, running: Demo):
    issue_form(desk, running)
    hand_in_form(phone, running)
    expect(desk.get_by_text("Waiting for START").first).to_be_visible(timeout=SLOW)
    text(phone, running, "START")
    expect(phone.locator(".thread")).to_contain_text("reply STOP or tell", timeout=SLOW)
    expect(desk.get_by_text("Opted in").first).to_be_visible(timeout=SLOW)

    open_chat(desk, running)
    text(phone, running, "Is the gate open on Sunday?")
    expect(desk.locator(".chat-body").last).to_contain_text("Is the gate open", timeout=SLOW)
    reply(desk, "Yes, from 8 to 6.")
    expect(phone.locator(".thread")).to_contain_text("Yes, from 8 to 6.", timeout=SLOW)
    answer = desk.locator(".from-us", has_text="Yes, from 8 to 6.")
    expect(answer).to_contain_text("Delivered", ignore_case=True, timeout=SLOW)
    expect(answer).to_contain_text("carmen")

    text(phone, running, "Stop")
    expect(desk.locator("#chat-body")).to_have_count(0, timeout=SLOW)
    expect(desk.get_by_text("opted out").first).to_be_visible(timeout=SLOW)


def hand_in_form_from_the_counter(phone: Page, address: str) -> None:
    phone.goto(address)
    phone.get_by_role("button", name="English").click()
    phone.locator("#service-chat").check()
    phone.locator("#agree").check()
    phone.get_by_role("button", name="Opt in to Text/Messaging").click()
    expect(phone.get_by_text("Text START now").first).to_be_visible(timeout=SLOW)


def test_without_an_e_mail_address_a_tenant_opts_in_at_the_counter(
    desk: Page, phone: Page, running: Demo
):
    open_tenant(desk, running, "Ruth Abernathy")
    desk.locator("form.quick button").click()
    desk.locator("#sheet").get_by_role("link", name="Opt in here, at the counter").click()
    desk.get_by_role("button", name="Show a code").click()
    steps = desk.locator(".counter-steps")
    expect(steps).to_contain_text("Form not opened yet", timeout=SLOW)
    assert not Axe().run(desk).response["violations"]
    hand_in_form_from_the_counter(phone, desk.locator(".counter-address").inner_text())
    expect(steps).to_contain_text("Waiting for START", timeout=SLOW)
    phone.goto(f"{running.address}/sandbox/handset/?phone=%2B15125550186")
    phone.get_by_label("Text to").fill("START")
    phone.keyboard.press("Enter")
    expect(steps).to_contain_text("Opted in", timeout=SLOW)


def test_a_device_that_was_handed_over_leads_nowhere_but_to_the_form(desk: Page, running: Demo):
    open_tenant(desk, running, "Ruth Abernathy")
    page = desk.url
    other = desk.context.new_page()
    other.goto(running.address)
    expect(other.locator("html[data-stream]")).to_be_attached()
    desk.goto(f"{page}counter/")
    for another_way in desk.locator(".counter-else > summary").all():
        another_way.click()
    desk.get_by_role("button", name="Hand over this device").click()
    expect(desk.get_by_role("link", name="Staff: sign in")).to_be_visible(timeout=SLOW)
    expect(other.get_by_text("This device was handed over.")).to_be_visible(timeout=SLOW)
    assert not Axe().run(desk).response["violations"]
    desk.go_back()
    expect(desk.get_by_label("Password")).to_be_visible(timeout=SLOW)
    other.goto(page)
    expect(other.get_by_label("Password")).to_be_visible(timeout=SLOW)


def test_without_an_e_mail_address_it_says_what_is_missing(desk: Page, running: Demo):
    open_tenant(desk, running, "Ruth Abernathy")
    desk.locator("form.quick button").click()
    expect(desk.get_by_text("no e-mail address").first).to_be_visible(timeout=SLOW)
    expect(desk.get_by_role("button", name="Issue")).to_have_count(0)
