"""The sandbox carrier has Twilio's habits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from tenantline.carrier import listing, sandbox
from tenantline.carrier.client import Client
from tenantline.carrier.codes import Kind
from tenantline.carrier.send import send
from tenantline.carrier.types import (
    SANDBOX_ACCOUNT_SID,
    Accepted,
    Account,
    Outcome,
    Parcel,
    Rejected,
)
from tenantline.consent.cleared import Cleared
from tenantline.kernel.phone import Number

NOON = datetime(2026, 3, 8, 17, 0, tzinfo=UTC)
LINE, OTHER_LINE = Number("+15125550100"), Number("+15125550101")
HANDSET = Number("+15125550143")
CALLBACK = "https://desk.example.test/twilio/status/7"
ACCOUNT = Account(SANDBOX_ACCOUNT_SID, "sandbox token", "sandbox")


@pytest.fixture(autouse=True)
def _database(fresh_database) -> Iterator[None]:
    """Async code reaches the database in a thread of its own, which keeps its connection."""
    yield
    asyncio.run(sync_to_async(connections.close_all)())


def give(body: str, line: Number = LINE, callback: str = CALLBACK) -> Outcome:
    """Send a text to the handset through the one door."""
    parcel = Parcel(body=body, account=ACCOUNT, sender=line, status_callback=callback)
    yes = Cleared(clearance_id=1, tenant_id=1, facility_id=1, number=HANDSET, purpose="chat")

    async def once() -> Outcome:
        async with Client("http://127.0.0.1:9") as client:
            return await send(yes, parcel=parcel, client=client)

    return asyncio.run(once())


def type_in(body: str, line: Number = LINE) -> sandbox.InboundCall:
    return sandbox.receive(HANDSET, line, body, account_sid=ACCOUNT.sid, at=NOON)


def test_a_text_appears_on_the_handset() -> None:
    result = give("Hello")
    assert isinstance(result, Accepted)
    assert (result.status, result.segments) == ("queued", 1)
    [text] = sandbox.handset_thread(HANDSET)
    assert (text.line, text.body, text.mine) == (LINE, "Hello", False)


def test_delivery_is_told_step_by_step_and_once() -> None:
    give("Hello")
    statuses = []
    while callbacks := sandbox.due_callbacks():
        assert callbacks[0].url == CALLBACK
        statuses.append(dict(callbacks[0].form)["MessageStatus"])
        sandbox.callback_posted(callbacks[0])
        sandbox.callback_posted(callbacks[0])
    assert statuses == ["sent", "delivered"]


def test_without_an_address_nobody_is_told() -> None:
    give("Hello", callback="")
    assert sandbox.due_callbacks() == []


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe", "REVOKE"])
def test_a_stop_word_blocks_that_line_until_start(word: str) -> None:
    type_in(word)
    type_in("HELP")
    refused = give("Hello")
    assert isinstance(refused, Rejected)
    assert (refused.code, refused.http_status, refused.kind) == (21610, 400, Kind.STOP)
    assert isinstance(give("Hello", OTHER_LINE), Accepted)
    type_in("unstop")
    assert isinstance(give("Hello"), Accepted)


def test_a_longer_text_is_no_keyword_to_the_carrier() -> None:
    type_in("please stop texting me")
    assert isinstance(give("Hello"), Accepted)


def test_the_carrier_answers_keywords_itself() -> None:
    type_in("Stop")
    mine, reply = sandbox.handset_thread(HANDSET)
    assert mine.mine
    assert reply.from_carrier
    assert "START" in reply.body


def test_an_inbound_text_becomes_twilios_form() -> None:
    call = type_in("Hi ñ")
    form = dict(call.form)
    assert (form["From"], form["To"], form["Body"]) == (HANDSET, LINE, "Hi ñ")
    assert form["MessageSid"] == form["SmsSid"] == call.sid
    assert form["AccountSid"] == call.account_sid == ACCOUNT.sid


def test_a_handset_shows_one_line_or_all() -> None:
    give("from the first")
    give("from the second", OTHER_LINE)
    assert [text.line for text in sandbox.handset_thread(HANDSET)] == [LINE, OTHER_LINE]
    [only] = sandbox.handset_thread(HANDSET, OTHER_LINE)
    assert only.body == "from the second"
    assert sandbox.handsets() == [HANDSET]


def test_the_list_reads_back_like_twilios() -> None:
    type_in("first")
    give("second")

    async def read(recipient: str | None = None) -> list[listing.ListedMessage]:
        async with Client("http://127.0.0.1:9") as client:
            found = listing.messages(client, ACCOUNT, recipient=recipient)
            return [one async for one in found]

    newest, oldest = asyncio.run(read())
    assert (newest.body, newest.direction) == ("second", "outbound")
    assert (oldest.body, oldest.direction, oldest.created_at) == ("first", "inbound", NOON)
    assert [one.body for one in asyncio.run(read(recipient=LINE))] == ["first"]
