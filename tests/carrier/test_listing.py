"""What Twilio holds is read to the end, in its order, or not at all."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from tenantline.carrier import listing
from tenantline.carrier.client import Client
from tenantline.carrier.errors import CarrierProblem
from tenantline.carrier.listing import ListedMessage
from tenantline.carrier.types import Account
from tests.support.twilio_resources import NUMBER, sid
from tests.support.twilio_standin import TwilioStandin

TENANT = "+15125550143"


def read(twilio: TwilioStandin, account: Account, **query) -> list[ListedMessage]:
    async def all_of_it() -> list[ListedMessage]:
        async with Client(twilio.url, timeout_seconds=5) as client:
            return [one async for one in listing.messages(client, account, **query)]

    return asyncio.run(all_of_it())


def test_all_pages_are_read_newest_first(twilio: TwilioStandin, account: Account) -> None:
    kept = [twilio.receive(from_=TENANT, to=NUMBER, body=f"text {n}") for n in range(7)]
    found = read(twilio, account, page_size=2)
    assert [one.sid for one in found] == [message.sid for message in reversed(kept)]
    assert len(twilio.requests) == 4


def test_a_message_is_read_as_twilio_holds_it(twilio: TwilioStandin, account: Account) -> None:
    message = twilio.receive(from_="28777", to=NUMBER, body="Your code is 1 & 2")
    message.created_at = datetime(2026, 3, 8, 7, 59, tzinfo=UTC)
    message.sent_at = message.created_at + timedelta(seconds=2)
    assert read(twilio, account) == [
        ListedMessage(
            sid=message.sid,
            direction="inbound",
            sender="28777",
            recipient=NUMBER,
            body="Your code is 1 & 2",
            status="received",
            error_code=None,
            segments=1,
            media=0,
            created_at=message.created_at,
            sent_at=message.sent_at,
            messaging_service_sid="",
        )
    ]


def test_a_list_holds_one_pair_and_one_direction_of_it(
    twilio: TwilioStandin, account: Account
) -> None:
    twilio.receive(from_=TENANT, to=NUMBER, body="wanted")
    twilio.receive(from_="+15125550144", to=NUMBER, body="somebody else's")
    found = read(twilio, account, sender=TENANT, recipient=NUMBER)
    assert [one.body for one in found] == ["wanted"]


def test_a_date_leaves_out_what_was_not_yet_sent(twilio: TwilioStandin, account: Account) -> None:
    waiting = twilio.receive(from_=TENANT, to=NUMBER, body="waiting")
    waiting.sent_at = None
    old = twilio.receive(from_=TENANT, to=NUMBER, body="old")
    old.sent_at = datetime(2026, 1, 1, tzinfo=UTC)
    twilio.receive(from_=TENANT, to=NUMBER, body="new")
    found = read(twilio, account, since=date(2026, 1, 2))
    assert [one.body for one in found] == ["new"]


def test_a_page_that_fails_ends_the_reading_with_an_error(
    twilio: TwilioStandin, account: Account
) -> None:
    for n in range(4):
        twilio.receive(from_=TENANT, to=NUMBER, body=f"text {n}")

    async def first_then_trouble() -> None:
        async with Client(twilio.url) as client:
            async for _one in listing.messages(client, account, page_size=2):
                twilio.fail_next(method="GET", status=500)

    with pytest.raises(CarrierProblem) as problem:
        asyncio.run(first_then_trouble())
    assert problem.value.code == "carrier_unreachable"


def test_a_caller_who_has_seen_enough_asks_no_more(twilio: TwilioStandin, account: Account) -> None:
    for n in range(4):
        twilio.receive(from_=TENANT, to=NUMBER, body=f"text {n}")

    async def first() -> str:
        async with Client(twilio.url) as client:
            async for one in listing.messages(client, account, page_size=2):
                return one.body
        return ""

    assert asyncio.run(first()) == "text 3"
    assert len(twilio.requests) == 1


def test_one_message_is_read_or_missing(twilio: TwilioStandin, account: Account) -> None:
    message = twilio.receive(from_=TENANT, to=NUMBER, body="one")

    async def one(message_sid: str) -> ListedMessage:
        async with Client(twilio.url) as client:
            return await listing.message(client, account, message_sid)

    assert asyncio.run(one(message.sid)).body == "one"
    with pytest.raises(CarrierProblem, match="no such message"):
        asyncio.run(one(sid("SM", "none")))
