"""A desk whose line is at a stand-in for Twilio."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connections

from tenantline.carrier.client import Client
from tenantline.conversations import reconcile, unclear
from tenantline.facilities.models import Facility, Line
from tests import cast
from tests.support import twilio_spec
from tests.support.twilio_standin import TwilioStandin, running


@dataclass
class Desk:
    """A facility whose line is at a stand-in for Twilio."""

    site: Facility
    line: Line
    twilio: TwilioStandin

    def read(self) -> int | None:
        """Read the line's inbound list."""
        return self.with_client(lambda client: reconcile.read_line(client, self.line))

    def look_for_unknown(self, kind: type[Client] = Client) -> int:
        """Look for unclear texts."""
        return self.with_client(unclear.settle_unknown, kind)

    def with_client(self, work, kind: type[Client] = Client):
        """Do something with a client of this Twilio's."""

        async def run():
            async with kind(self.twilio.url) as client:
                done = await work(client)
            await asyncio.get_running_loop().run_in_executor(None, connections.close_all)
            return done

        return asyncio.run(run())

    def text_in(self, sender: str, body: str) -> None:
        """A text that Twilio holds and no webhook brought."""
        self.twilio.receive(from_=sender, to=self.line.number, body=body)


@pytest.fixture
def desk() -> Iterator[Desk]:
    twilio_spec.require()
    with running() as twilio:
        site = cast.facility()
        line = cast.line(site, account=twilio.account_sid, token=twilio.token)
        twilio.add_number(line.number)
        yield Desk(site, line, twilio)
