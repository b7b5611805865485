"""The two-minute story of the README in a real browser, on a true demo: from nothing to a chat."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
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
    expect(phone.locator(".thread")).to_contain_text("STOP to stop", timeout=SLOW)
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


def test_without_an_e_mail_address_it_says_what_is_missing(desk: Page, running: Demo):
    open_tenant(desk, running, "Ruth Abernathy")
    desk.locator("form.quick button").click()
    expect(desk.get_by_text("no e-mail address").first).to_be_visible(timeout=SLOW)
    expect(desk.get_by_role("button", name="Issue")).to_have_count(0)
