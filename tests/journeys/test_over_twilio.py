"""From nothing to a conversation over Twilio's HTTP API: command line, API, e-mail, webhooks.

Twilio is a stand-in on loopback that holds every request against Twilio's own description.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from django.conf import settings

from tests import cast
from tests.support import mailserver, twilio_spec
from tests.support.installation import Api, Installation, wait_for
from tests.support.mailserver import Letters
from tests.support.twilio_standin import TwilioStandin, running
from tests.support.webform import hand_in

pytestmark = pytest.mark.process

PASSWORD = "correct horse battery staple"
TENANT = "+17375550147"
LINE = "+15125550100"


@dataclass
class Story:
    """A running installation with one facility, one line, one clerk and an API token."""

    desk: Installation
    twilio: TwilioStandin
    letters: Letters
    line: str
    api: Api

    def text_in(self, body: str, *, sender: str = TENANT) -> requests.Response:
        """Let a phone text the office."""
        return self.twilio.deliver_inbound(
            f"{self.desk.url}/twilio/sms", from_=sender, to=self.line, body=body
        )

    def add_tenant(self, **details: object) -> str:
        """Add a tenant over the API; return the id."""
        made = self.api.post(
            "/tenants",
            {"facility": "MAIN", "name": "Dana Whitfield", "unit": "B12", "mobile": TENANT}
            | {"email": "dana@example.com"}
            | details,
        )
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def link(self, tenant: str) -> str:
        """Issue the form over the API; return the link from the e-mail that arrives."""
        before = len(self.letters.kept)
        issued = self.api.post(f"/tenants/{tenant}/opt-in")
        assert issued.status_code in {201, 202}, issued.text
        wait_for(lambda: len(self.letters.kept) > before)
        found = re.search(r"http://\S+/opt-in/\S+", self.letters.text())
        assert found is not None
        return found[0]

    def opt_in(self, tenant: str) -> None:
        """Take a tenant through form, START and the confirmation."""
        answer = hand_in(self.link(tenant))
        assert answer.status_code == 200, answer.text
        sent = len(self.twilio.accepted)
        assert self.text_in("START").status_code == 200
        wait_for(lambda: len(self.twilio.accepted) > sent)

    def status(self, tenant: str) -> str:
        """Return the consent status the API shows."""
        return str(self.api.get(f"/tenants/{tenant}/consent")["status"])

    def write(self, tenant: str, body: str) -> requests.Response:
        """Write to a tenant on behalf of the clerk, at any hour."""
        wish = {"body": body, "on_behalf_of": "carla", "quiet_hours_reason": "a test at any hour"}
        return self.api.post(f"/tenants/{tenant}/messages", wish)


@contextmanager
def opened(fresh_database, folder: Path, install: Callable[[Installation, TwilioStandin], str]):
    """Run an installation beside a stand-in for Twilio and a mail server; yield its story."""
    twilio_spec.require()
    with running() as twilio, mailserver.running() as (letters, email_url):
        twilio.add_number(LINE)
        where = {
            "DATABASE_URL": fresh_database.url,
            "EMAIL_URL": email_url,
            "TENANTLINE_TWILIO_API_URL": twilio.url,
            "TENANTLINE_SECRET_KEY": settings.SECRET_KEY,
        }
        desk = Installation(folder, where)
        token = install(desk, twilio)
        with desk.serving():
            yield Story(desk, twilio, letters, LINE, Api(desk.url, token))


def by_command(desk: Installation, twilio: TwilioStandin) -> str:
    """Install as an installer would, on the command line; return an API token."""
    desk.must("init")
    place = ("--code", "MAIN", "--name", "Main Street Storage")
    desk.must("facility", "add", *place, "--timezone", "America/Chicago")
    account = ("--account-sid", twilio.account_sid, "--number", LINE)
    desk.must("line", "connect", "--facility", "MAIN", *account, given=twilio.token)
    staff = ("carla", "--role", "clerk", "--facility", "MAIN")
    desk.must("staff", "add", *staff, given=PASSWORD)
    return desk.must("token", "create", "tests", "--role", "manager", "--facility", "MAIN")


def at_once(desk: Installation, twilio: TwilioStandin) -> str:
    """Put the same into the database without starting a process for each step."""
    site = cast.facility("MAIN", name="Main Street Storage")
    cast.line(site, LINE, account=twilio.account_sid, token=twilio.token)
    cast.member("carla", "clerk", site)
    return cast.token("manager", site)[1]


@pytest.fixture
def installed(fresh_database, tmp_path: Path) -> Iterator[Story]:
    with opened(fresh_database, tmp_path / "data", by_command) as story:
        yield story


@pytest.fixture
def story(fresh_database, tmp_path: Path) -> Iterator[Story]:
    (tmp_path / "data").mkdir()
    with opened(fresh_database, tmp_path / "data", at_once) as story:
        yield story


def test_a_tenant_opts_in_and_texts_with_the_office(installed: Story):
    story = installed
    tenant = story.add_tenant()
    assert story.write(tenant, "Hello?").json()["code"] == "no_consent"
    story.opt_in(tenant)
    assert story.status(tenant) == "opted_in"
    [confirmation] = story.twilio.accepted
    assert "Main Street Storage" in confirmation.body
    assert "STOP" in confirmation.body

    story.text_in("Is the gate open on Sunday?")
    sent = story.write(tenant, "Yes, from 8 to 6.")
    assert sent.status_code == 201, sent.text
    reply = wait_for(lambda: next((m for m in story.twilio.accepted if "8 to 6" in m.body), None))
    assert (reply.sender, reply.recipient) == (story.line, TENANT)
    story.twilio.post_status(reply, "sent")
    story.twilio.post_status(reply, "delivered")
    message = wait_for(lambda: delivered(story, sent.json()["id"]))
    assert message["staff"] == "carla"
    texts = story.api.get(f"/tenants/{tenant}/messages")["items"]
    assert {"Is the gate open on Sunday?", "Yes, from 8 to 6.", "START"} < {
        text["body"] for text in texts
    }


def delivered(story: Story, message_id: str):
    message = story.api.get(f"/messages/{message_id}")
    return message if message["status"] == "delivered" else None


def test_stop_ends_it_at_once_and_start_brings_it_back(story: Story):
    tenant = story.add_tenant()
    story.opt_in(tenant)
    story.text_in("Stop")
    wait_for(lambda: story.status(tenant) == "opted_out")
    assert story.write(tenant, "Are you sure?").json()["code"] == "opted_out"
    before = len(story.twilio.accepted)
    story.text_in("START")
    wait_for(lambda: story.status(tenant) == "opted_in")
    wait_for(lambda: len(story.twilio.accepted) == before + 1)


def test_forged_calls_are_refused_and_leave_no_trace(story: Story):
    tenant = story.add_tenant()
    hand_in(story.link(tenant)).raise_for_status()
    forged = story.twilio.deliver_inbound(
        f"{story.desk.url}/twilio/sms", from_=TENANT, to=story.line, body="START", token="f" * 32
    )
    assert forged.status_code == 403
    assert story.status(tenant) == "waiting_for_start"
    assert story.api.get("/messages?facility=MAIN")["items"] == []


def test_a_refused_number_fails_with_the_carriers_code(story: Story):
    tenant = story.add_tenant()
    story.opt_in(tenant)
    story.twilio.fail_next(code=21614)
    sent = story.write(tenant, "Hello").json()
    failed = wait_for(
        lambda: next(
            (m for m in [story.api.get(f"/messages/{sent['id']}")] if m["status"] == "failed"), None
        )
    )
    assert failed["error"]["code"] == 21614


def test_a_stop_that_only_twilio_knows_is_honoured(story: Story):
    tenant = story.add_tenant()
    story.opt_in(tenant)
    story.twilio.fail_next(code=21610)
    story.write(tenant, "Hello")
    wait_for(lambda: story.status(tenant) == "opted_out")
