"""Our credentials go to Twilio alone, and what is fetched comes from the public web alone."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tenantline.carrier.media import LARGEST, Fetcher, NotFetched
from tenantline.carrier.types import Account
from tests.support.media_host import MediaHost, hosting
from tests.support.twilio_server import Reply

ACCOUNT = Account("AC" + "a1" * 16, "b2" * 16)
OURS = "Basic " + base64.b64encode(f"{ACCOUNT.sid}:{ACCOUNT.auth_token}".encode()).decode()
PATH = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"


@dataclass
class Web:
    """A Twilio, and a host that is not Twilio."""

    twilio: MediaHost
    elsewhere: MediaHost

    def fetch(self, url: str = f"https://api.twilio.com{PATH}") -> bytes:
        """Fetch a file as the worker does."""

        async def run() -> bytes:
            async with Fetcher(self.twilio.url) as fetcher:
                return await fetcher.fetch(url, [ACCOUNT])

        return asyncio.run(run())

    def why_not(self, url: str = f"https://api.twilio.com{PATH}") -> str:
        """Fetch a file that cannot be fetched; return why."""
        with pytest.raises(NotFetched) as failed:
            self.fetch(url)
        assert failed.value.sentence.endswith(".")
        return failed.value.why


@pytest.fixture
def web() -> Iterator[Web]:
    with hosting() as twilio, hosting() as elsewhere:
        yield Web(twilio, elsewhere)


def test_twilio_gets_our_credentials(web):
    web.twilio.at[PATH] = Reply(200, b"a picture")
    assert web.fetch() == b"a picture"
    assert web.twilio.asked == [(PATH, OURS)]


def test_a_redirect_is_followed_without_our_credentials(web):
    web.elsewhere.at["/stored"] = Reply(200, b"a picture")
    web.twilio.at[PATH] = Reply(307, b"", {"Location": f"{web.elsewhere.url}/stored"})
    assert web.fetch(f"{web.twilio.url}{PATH}") == b"a picture"
    assert web.elsewhere.asked == [("/stored", "")]


def test_even_back_at_twilio_a_redirect_carries_no_credentials(web):
    web.twilio.at["/stored?a=1"] = Reply(200, b"a picture")
    web.twilio.at[PATH] = Reply(302, b"", {"Location": "https://mms.twiliocdn.com/stored?a=1"})
    assert web.fetch() == b"a picture"
    assert web.twilio.asked[-1] == ("/stored?a=1", "")


@pytest.mark.parametrize(
    "address",
    [
        "{elsewhere}/x",
        "https://api.twilio.com.example.com/x",
        "https://example.com/api.twilio.com",
        "https://api.twilio.com@example.com/x",
        "http://api.twilio.com/x",
        "file:///etc/passwd",
        "//api.twilio.com/x",
        "https://[",
        "nonsense",
        "",
    ],
)
def test_an_address_that_is_not_at_twilio_is_never_asked(web, address):
    assert web.why_not(address.format(elsewhere=web.elsewhere.url)) == "not_allowed"
    assert web.elsewhere.asked == web.twilio.asked == []


@pytest.mark.parametrize(
    "location",
    ["http://192.0.2.1/x", "https://10.0.0.1/x", "https://[::ffff:10.0.0.1]/x", "ftp://a/", "https://[",
     "https://me:you@192.0.2.1/"],
)  # fmt: skip
def test_a_redirect_off_the_public_web_is_not_followed(web, location):
    web.twilio.at[PATH] = Reply(302, b"", {"Location": location})
    assert web.why_not() == "not_allowed"


@pytest.mark.parametrize("to", ["http://127.0.0.1:9/", "https://127.0.0.1/", "https://localhost/"])
def test_at_the_true_twilio_a_redirect_to_this_machine_is_not_followed(to):
    with pytest.raises(NotFetched) as refused:
        Fetcher(None)._redirect("https://api.twilio.com/x", to)
    assert refused.value.why == "not_allowed"


def test_what_is_too_large_is_not_kept(web):
    web.twilio.at[PATH] = Reply(200, b"\x00" * (LARGEST + 1))
    assert web.why_not() == "too_large"


def test_a_redirect_without_end_is_given_up(web):
    web.twilio.at[PATH] = Reply(302, b"", {"Location": PATH})
    assert web.why_not() == "later"
    assert len(web.twilio.asked) < 10


@pytest.mark.parametrize(
    ("status", "why"), [(404, "missing"), (410, "missing"), (401, "later"), (503, "later")]
)
def test_what_twilio_answers_says_whether_to_try_again(web, status, why):
    web.twilio.at[PATH] = Reply(status, b"{}")
    assert web.why_not() == why


def test_a_twilio_that_hangs_up_is_asked_later(web):
    web.twilio.at[PATH] = Reply(200, b"", cut=True)
    assert web.why_not() == "later"
