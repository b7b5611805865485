# ruff: noqa: RUF001 - the look-alikes are the point
"""The chat in a browser: texts appear by themselves, nothing typed is lost, axe finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from tenantline.conversations import media
from tenantline.conversations.models import Conversation, Message
from tenantline.feed import actions as feed
from tenantline.kernel import clock
from tenantline.live import app
from tenantline.outbox.models import Text
from tenantline.tenants.models import Tenant
from tests import cast
from tests.desk.conftest import listening
from tests.support.files import keep, text_with_file

# How events reach a page differs by database: test_live_pages.py tries that on both.
pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def here(address: str):
    """The facility that these stories play at."""
    return cast.site("LAMAR")


@pytest.fixture
def go(address: str, here, context: BrowserContext) -> Callable[..., Page]:
    """Sign the clerk in and open a page in a window of its own."""
    client = Client()
    client.force_login(
        cast.member("carla", "clerk", here), backend="django.contrib.auth.backends.ModelBackend"
    )
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])

    def opened(path: str, **media: Any) -> Page:
        page = context.new_page()
        page.emulate_media(**media)
        page.goto(address + path)
        return page

    return opened


def chat_of(who: Tenant) -> str:
    return f"/chat/{Conversation.objects.get(number=cast.mobile_of(who)).pk}/"


def composer(page: Page):
    return page.locator("#chat-body")


def say(who: Tenant, words: str) -> None:
    cast.receive(cast.mobile_of(who), who.facility, words)


def read_to_the_end(page: Page) -> None:
    """Wait until the page takes what is shown for known to whoever writes now."""
    newest = str(Message.objects.latest("pk").pk)
    expect(page.locator("#composer [name=seen]")).to_have_value(newest)


def test_a_text_appears_by_itself(here, go) -> None:
    who = cast.opted_in(here, "Maria Lopez")
    page = listening(go(chat_of(who)))
    say(who, "Is the gate open?")
    expect(page.get_by_text("Is the gate open?", exact=True)).to_be_visible()
    expect(page.locator("[data-says]")).to_have_text("New text from Maria Lopez: Is the gate open?")


def test_a_state_changes_by_itself(here, go) -> None:
    who = cast.opted_in(here)
    text = Text.objects.get(message=cast.write(who, "On its way"))
    page = listening(go(chat_of(who)))
    Text.objects.filter(pk=text.pk).update(state="delivered")
    feed.tell(facility_id=here.pk, topic="status", ref=text.pk, now=clock.now())
    expect(page.locator(f"[data-text='{text.pk}']")).to_contain_text("Delivered")


def test_enter_sends_and_shift_enter_breaks_the_line(here, go) -> None:
    who = cast.opted_in(here)
    say(who, "Hello")
    page = go(chat_of(who))
    composer(page).press_sequentially("First")
    composer(page).press("Shift+Enter")
    composer(page).press_sequentially("second")
    read_to_the_end(page)
    composer(page).press("Enter")
    expect(page.locator(".from-us .chat-body").last).to_have_text("First\nsecond")
    expect(composer(page)).to_have_value("")
    assert Message.objects.filter(body="First\nsecond").count() == 1


def test_a_draft_outlives_a_reload_and_ends_when_it_is_sent(here, go) -> None:
    who = cast.opted_in(here)
    say(who, "Hello")
    page = go(chat_of(who))
    composer(page).fill("Half a thou")
    page.reload()
    expect(composer(page)).to_have_value("Half a thou")
    read_to_the_end(page)
    composer(page).press("Enter")
    expect(composer(page)).to_have_value("")
    page.reload()
    expect(composer(page)).to_have_value("")


def test_a_refused_text_is_still_there_with_the_reason(here, go) -> None:
    who = cast.opted_in(here)
    page = listening(go(chat_of(who)))
    composer(page).fill("Too late")
    # Stored but not worked on: the page has heard nothing of it.
    cast.receive(cast.mobile_of(who), here, "STOP", work=False)
    composer(page).press("Enter")
    expect(page.locator("#composer")).to_contain_text("has opted out of texts")
    stored = page.evaluate("Object.entries(localStorage)")
    assert [words for _, words in stored] == ["Too late"]


def test_the_count_names_the_costly_character_and_offers_the_plain_form(here, go) -> None:
    who = cast.opted_in(here)
    page = go(chat_of(who))
    composer(page).fill("It’s ready")
    expect(page.locator("[data-sum]")).to_have_text("60 left · 1 segment · UCS-2")
    expect(page.locator(".is-costly .chat-odd")).to_have_text("’")
    page.get_by_role("button", name="Use the plain form").click()
    expect(composer(page)).to_have_value("It's ready")
    expect(page.locator("[data-sum]")).to_have_text("150 left · 1 segment · GSM-7")


def test_the_composer_grows_to_six_lines(here, go) -> None:
    page = go(chat_of(cast.opted_in(here)))
    heights = []
    for lines in (1, 3, 6, 12):
        composer(page).fill("\n".join("x" for _ in range(lines)))
        heights.append(composer(page).bounding_box()["height"])
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_who_reads_older_texts_gets_a_pill_and_no_jump(here, go) -> None:
    who = cast.opted_in(here)
    for number in range(40):
        say(who, f"Text number {number}.")
    page = listening(go(chat_of(who)))
    thread = page.locator(".chat-thread")
    thread.evaluate("thread => { thread.scrollTop = 100 }")
    say(who, "The newest")
    expect(page.get_by_role("button", name="1 new text")).to_be_visible()
    assert abs(thread.evaluate("thread => thread.scrollTop") - 100) < 2
    page.get_by_role("button", name="1 new text").click()
    expect(page.get_by_text("The newest", exact=True)).to_be_in_viewport()


def test_earlier_texts_come_without_a_jump(here, go) -> None:
    who = cast.opted_in(here)
    for number in range(70):
        say(who, f"Text number {number}.")
    page = go(chat_of(who))
    page.locator(".chat-thread").evaluate("thread => { thread.scrollTop = 0 }")
    page.get_by_role("link", name="Earlier texts").click()
    expect(page.get_by_text("Text number 0.", exact=True)).to_be_attached()
    expect(page.locator("[data-day]")).to_have_count(1)
    expect(page.get_by_role("link", name="Earlier texts")).to_have_count(0)


def test_a_seen_text_is_read(here, go) -> None:
    who = cast.opted_in(here)
    say(who, "Hello")
    page = go("/inbox/")
    with page.expect_response("**/read/"):
        page.locator(".inbox-row").click()
    assert Conversation.objects.get().unread == 0


def test_the_composer_opens_by_itself_when_start_comes(here, go) -> None:
    who = cast.tenant(here, "Wanda Waiting")
    cast.submit_form(cast.issue_form(who))
    page = listening(go(f"/tenants/{who.pk}/chat/"))
    expect(page.locator("#composer")).to_contain_text("Waiting for START")
    say(who, "START")
    expect(composer(page)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/chat/\d+/"))


def test_the_inbox_follows_and_opens_a_chat_beside_it(here, go) -> None:
    who = cast.opted_in(here, "Maria Lopez")
    page = listening(go("/inbox/"))
    say(who, "Is the gate open?")
    row = page.locator(".inbox-row", has_text="Is the gate open?")
    expect(row).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) Inbox"))
    row.click()
    expect(page.locator("#pane #chat-title")).to_contain_text("Maria Lopez")
    expect(page).to_have_title(re.compile(r"^Inbox"))


def test_a_conversation_is_taken_without_leaving_the_window(here, go) -> None:
    page = go(chat_of(cast.opted_in(here)))
    page.locator(".chat-menu summary").click()
    page.get_by_role("button", name="carla (me)").click()
    expect(page.locator(".chat-menu summary")).to_contain_text("carla")
    expect(page.get_by_role("link", name="Inbox", exact=True)).to_be_visible()
    assert Conversation.objects.get().assigned_to is not None


def test_many_windows_share_one_stream(here, go) -> None:
    who = cast.opted_in(here)
    pages = [listening(go(chat_of(who))) for _ in range(8)]
    assert len(app._hub._streams) == 1
    say(who, "For all of you")
    for page in pages:
        expect(page.get_by_text("For all of you", exact=True)).to_be_attached()


def test_when_the_window_with_the_stream_closes_another_takes_over(here, go) -> None:
    who = cast.opted_in(here)
    first, second = listening(go(chat_of(who))), listening(go(chat_of(who)))
    first.close()
    expect(second.locator("html[data-stream=own]")).to_be_attached()
    say(who, "Still heard")
    expect(second.get_by_text("Still heard", exact=True)).to_be_attached()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(here, go, scheme) -> None:
    who, stopped = cast.opted_in(here, "Maria Lopez"), cast.stopped(here)
    say(who, "Hello")
    failed = Text.objects.filter(message=cast.write(who))
    failed.update(state="failed", error_words="Off.")
    cast.receive("+15125550142", here, "Who is this?")
    stranger = Conversation.objects.get(number="+15125550142")
    paths = (chat_of(who), chat_of(stopped), f"/chat/{stranger.pk}/?find=ma", "/inbox/?open=1")
    found: dict[str, str] = {}
    for path in paths:
        page = go(path, color_scheme=scheme, reduced_motion="reduce")
        found |= {f"{path} {v['id']}": v["nodes"][0]["html"] for v in violations(page)}
        page.close()
    assert found == {}


def violations(page: Page) -> list[dict]:
    return Axe().run(page).response["violations"]


def test_an_unclear_text_asks_by_itself_and_one_click_answers(here, go) -> None:
    who = cast.opted_in(here, "Maria Lopez")
    # axe would look at a text that slides in while it is half there
    page = listening(go(chat_of(who), reduced_motion="reduce"))
    say(who, "Only text me about my bill")
    composer(page).fill("It is the office")
    page.get_by_role("button", name="No, just a message").click()
    expect(page.get_by_role("button", name="No, just a message")).to_have_count(0)
    expect(composer(page)).to_have_value("It is the office")
    say(who, "I think you have the wrong number")
    expect(composer(page)).to_have_count(0)
    assert violations(page) == []
    page.get_by_role("button", name="Still Maria Lopez’s").click()
    expect(composer(page)).to_be_visible()
    say(who, "Please don't text me at work")
    page.get_by_role("button", name="They want no more texts").click()
    expect(page.locator("#composer")).to_contain_text("has opted out of texts")


@pytest.mark.parametrize("width", [360, 390, 720, 960])
def test_nothing_is_wider_than_the_window(here, go, width) -> None:
    who = cast.opted_in(here, "W" * 200)
    say(who, "x" * 800)
    for path in (chat_of(who), "/inbox/"):
        page = go(path)
        page.set_viewport_size({"width": width, "height": 720})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_picture_takes_its_place_when_it_has_been_fetched(here, go) -> None:
    file = text_with_file(here)
    page = listening(go(f"/chat/{Conversation.objects.get().pk}/"))
    expect(page.locator(".chat-picture")).to_contain_text("is being fetched")
    keep(file)
    media.tell(file)
    expect(page.locator(".chat-image img")).to_have_js_property("naturalWidth", 40)
    expect(page.locator("[data-files]")).to_have_count(0)
    assert violations(page) == []
