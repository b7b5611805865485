"""What waits, what is unknown and what is paused, in a browser: no axe finding, no overflow."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from tenantline.conversations.models import Conversation, Message
from tenantline.facilities import actions as facilities
from tenantline.facilities.models import Line
from tenantline.kernel import clock
from tenantline.outbox.models import Text
from tests import cast
from tests.desk.conftest import House
from tests.desk.screen import Screen
from tests.desk.test_lines_pace import use

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.once]
PAGES = ["desk:home", "desk:inbox", "desk:chat", "desk:line", "desk:line_pace"]


@pytest.fixture
def screen(page: Page, house: House) -> Screen:
    return Screen(page, house.owner)


@pytest.fixture
def thread(house: House) -> Conversation:
    """A paused line, a day that is used up, and texts that wait, failed and are unknown."""
    who = cast.opted_in(house.lamar, "Maximiliana Wolfeschlegelsteinhausenbergerdorff")
    bodies = ("Your unit is ready.", "Your new code is on its way.", "See you at ten.", "Bye!")
    texts = [cast.outgoing(cast.write(who, body)) for body in bodies]
    Text.objects.filter(pk=texts[0].pk).update(
        state="failed", error_code="21614", error_words="This number is not a mobile number."
    )
    for text, sid in zip(texts[1:3], ("SM1", ""), strict=True):
        text.attempts.create(token=sid or "t", started_at=clock.now(), doubtful_sid=sid)
        Text.objects.filter(pk=text.pk).update(state="unknown")
    use(house.lamar, 2000)
    line = Line.objects.get(facility=house.lamar)
    reason = "The Twilio account was suspended while the text waited."
    facilities.pause_line(line=line, reason=reason, by=cast.TESTER, now=clock.now())
    house.owner.post("/me/widgets/", {"add": "failed"})
    house.owner.post("/me/widgets/", {"add": "lines"})
    return Conversation.objects.get(number=cast.mobile_of(who))


def address(name: str, thread: Conversation) -> str:
    if name == "desk:chat":
        return reverse(name, args=[thread.pk])
    if name in {"desk:line", "desk:line_pace"}:
        return reverse(name, args=[Line.objects.get(facility=thread.facility).pk])
    return reverse(name)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean_wide_and_dark_and_on_a_phone_in_light(
    name: str, screen: Screen, thread: Conversation
):
    page = screen.open(address(name, thread))
    for theme, width in (("dark", 1280), ("light", 390)):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 844})
        page.reload()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert screen.complaints == []


def test_a_text_is_decided_where_it_stands(screen: Screen, thread: Conversation):
    page = screen.open(address("desk:chat", thread))
    text = page.locator(".chat-text", has_text="Your new code")
    text.get_by_role("button", name="It was sent", exact=True).click()
    expect(text.locator(".chat-state")).to_have_text("Sent")
    expect(text.get_by_role("button")).to_have_count(0)
    message = Message.objects.get(body="Your new code is on its way.")
    assert message.text is not None
    assert message.text.state == "sent"


def test_what_may_still_be_found_is_decided_after_a_second_look(
    screen: Screen, thread: Conversation
):
    page = screen.open(address("desk:chat", thread))
    text = page.locator(".chat-text", has_text="See you at ten.")
    expect(text.get_by_role("button")).to_have_count(0)
    text.get_by_text("I know what became of it").click()
    text.get_by_role("button", name="It was not sent, send it again").click()
    expect(text.locator(".chat-state")).to_have_text("Queued")
