"""Pictures are fetched after the text, our credentials go to Twilio alone, bytes are looked at."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connections

from tenantline.carrier.client import Client
from tenantline.carrier.media import LARGEST, Fetcher
from tenantline.conversations import inbound, media
from tenantline.conversations.models import Message
from tenantline.facilities.models import Facility, Line
from tenantline.intake import files
from tenantline.intake.models import CallFile, FileContent, InboundCall
from tenantline.kernel import clock
from tests import cast
from tests.support.media_host import MediaHost, hosting, png
from tests.support.twilio_server import Reply

pytestmark = [pytest.mark.usefixtures("fresh_database")]
PATH = f"/2010-04-01/Accounts/{cast.ACCOUNT}/Messages/MM1/Media/ME1"
OURS = "Basic " + base64.b64encode(f"{cast.ACCOUNT}:{cast.AUTH_TOKEN}".encode()).decode()


@dataclass
class Desk:
    """A line whose Twilio is a host of files."""

    site: Facility
    twilio: MediaHost

    def text_in(self, *urls: str, **params: str) -> InboundCall:
        """Let a text with these files come in and be worked on."""
        arrived = cast.receive("+17375550111", self.site, "look", work=False)
        named = {f"MediaUrl{n}": url for n, url in enumerate(urls)}
        kinds = {f"MediaContentType{n}": "image/jpeg" for n in range(len(urls))}
        count = {"NumMedia": str(len(urls))}
        rows = InboundCall.objects.filter(pk=arrived.call_id)
        rows.update(params=named | kinds | count | params)
        media_call = rows.get()
        inbound.work(call_id=media_call.pk, now=clock.now())
        return media_call

    def fetch(self) -> CallFile:
        """Fetch what is due, once; return the newest file."""
        CallFile.objects.filter(state="fetching").update(next_at=clock.now())

        async def run() -> None:
            url = self.twilio.url
            async with Client(url) as client, Fetcher(url) as fetcher:
                await media.fetch_due(client, fetcher)
            await asyncio.get_running_loop().run_in_executor(None, connections.close_all)

        asyncio.run(run())
        return CallFile.objects.select_related("content").latest("id")


@pytest.fixture
def desk() -> Iterator[Desk]:
    with hosting() as twilio:
        yield Desk(cast.site(), twilio)


def test_a_picture_is_fetched_with_our_credentials_and_kept_for_what_it_is(desk):
    desk.twilio.at[PATH] = Reply(200, png(4, 3))
    desk.text_in(f"https://api.twilio.com{PATH}")
    file = desk.fetch()
    assert (file.state, file.content.kind) == ("there", "image/png")
    assert (file.content.width, file.content.height) == (4, 3)
    assert desk.twilio.asked == [(PATH, OURS)]


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90",
        b"",
    ],
)
def test_what_only_calls_itself_a_picture_is_not_kept(desk, data):
    desk.twilio.at[PATH] = Reply(200, data)
    desk.text_in(f"https://api.twilio.com{PATH}")
    file = desk.fetch()
    assert (file.state, FileContent.objects.count()) == ("refused", 0)
    assert "image/jpeg" in file.problem


def test_a_file_that_is_too_large_is_not_kept(desk):
    desk.twilio.at[PATH] = Reply(200, png() + b"\x00" * LARGEST)
    desk.text_in(f"https://api.twilio.com{PATH}")
    file = desk.fetch()
    assert (file.state, file.problem) == ("refused", "It is larger than 5 MB.")


def test_what_twilio_does_not_have_is_gone_after_some_tries(desk):
    desk.text_in(f"https://api.twilio.com{PATH}")
    states = [desk.fetch().state for _ in range(files.MISSING_TRIES)]
    assert states == ["fetching"] * (files.MISSING_TRIES - 1) + ["gone"]
    files.again(file=CallFile.objects.get(), now=clock.now())
    desk.twilio.at[PATH] = Reply(200, png())
    assert desk.fetch().state == "there"


def test_tries_come_later_each_time(desk):
    desk.twilio.at[PATH] = Reply(503, b"")
    desk.text_in(f"https://api.twilio.com{PATH}")
    waits = [desk.fetch().next_at - clock.now() for _ in range(4)]
    assert waits == sorted(waits)
    assert waits[-1] > timedelta(seconds=30)


def test_while_a_token_is_exchanged_both_are_tried(desk):
    line = Line.objects.get()
    cast.line(desk.site, line.number, token="c3" * 16)
    desk.twilio.at[PATH] = lambda given: Reply(200, png()) if given == OURS else Reply(401, b"{}")
    desk.text_in(f"https://api.twilio.com{PATH}")
    assert desk.fetch().state == "there"


def test_the_same_bytes_are_kept_once(desk):
    desk.twilio.at[PATH] = Reply(200, png())
    for _ in range(2):
        desk.text_in(f"https://api.twilio.com{PATH}")
        desk.fetch()
    assert (CallFile.objects.filter(state="there").count(), FileContent.objects.count()) == (2, 1)


def test_where_the_files_of_a_text_are_that_only_a_reading_found_is_asked(desk):
    desk.text_in(NumMedia="1")
    call = InboundCall.objects.get()
    uri = f"/2010-04-01/Accounts/{cast.ACCOUNT}/Messages/{call.message_sid}/Media"
    listed = {"media_list": [{"uri": f"{uri}/ME1.json", "content_type": "image/gif"}]}
    desk.twilio.at[f"{uri}.json"] = Reply(200, json.dumps(listed).encode())
    desk.twilio.at[f"{uri}/ME1"] = Reply(200, png())
    assert desk.fetch().state == "there"
    assert Message.objects.get().media[0]["type"] == "image/gif"


def test_a_claimed_file_is_nobody_elses_until_its_lease_ends(desk):
    desk.text_in(f"https://api.twilio.com{PATH}")
    now = clock.now()
    assert len(files.claim(now=now)) == 1
    assert files.claim(now=now) == []
    assert len(files.claim(now=now + files.LEASE)) == 1


def test_ten_files_and_no_words_are_ten_files(desk):
    desk.text_in(*(f"https://api.twilio.com{PATH}{n}" for n in range(10)))
    assert list(CallFile.objects.values_list("nth", flat=True)) == list(range(10))


def test_nothing_of_the_sandboxs_is_fetched(desk):
    Line.objects.update(carrier="sandbox")
    desk.text_in(f"https://api.twilio.com{PATH}")
    assert (desk.fetch().state, desk.twilio.asked) == ("refused", [])
