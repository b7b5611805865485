"""What the carrier's tests share: a stand-in for Twilio and an account at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tenantline.carrier.types import Account
from tests.support import twilio_spec
from tests.support.twilio_standin import TwilioStandin, running


@pytest.fixture
def twilio() -> Iterator[TwilioStandin]:
    """A running stand-in; a request that Twilio's description does not allow fails the test."""
    twilio_spec.require()
    with running() as standin:
        yield standin


@pytest.fixture
def account(twilio: TwilioStandin) -> Account:
    return Account(twilio.account_sid, twilio.token)
