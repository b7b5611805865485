"""What becomes of a text at the socket: taken, refused, provably not sent, or nobody knows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from tenantline.carrier.client import Answer, Client
from tenantline.carrier.codes import Kind
from tenantline.carrier.send import send
from tenantline.carrier.types import (
    Accepted,
    Account,
    Outcome,
    Parcel,
    Rejected,
    RetryLater,
    Unclear,
)
from tenantline.consent.cleared import Cleared
from tenantline.kernel import clock
from tenantline.kernel.phone import Number
from tests.support.installation import wait_for
from tests.support.twilio_resources import NUMBER
from tests.support.twilio_standin import TwilioStandin

TENANT = Number("+15125550143")
CALLBACK = "https://desk.example.test/twilio/status/unguessable"


@pytest.fixture
def parcel(account: Account) -> Parcel:
    return Parcel(
        body="Your unit is ready & paid: 50% off + ñ 👍",
        account=account,
        sender=Number(NUMBER),
        status_callback=CALLBACK,
        validity_seconds=600,
    )


def cleared(number: Number = TENANT) -> Cleared:
    return Cleared(clearance_id=1, tenant_id=1, facility_id=1, number=number, purpose="chat")


def outcome(parcel: Parcel, url: str | None, timeout_seconds: float = 5) -> Outcome:
    async def once() -> Outcome:
        async with Client(url, timeout_seconds=timeout_seconds) as client:
            return await send(cleared(), parcel=parcel, client=client)

    return asyncio.run(once())


def test_a_text_arrives_as_it_was_written(twilio: TwilioStandin, parcel: Parcel) -> None:
    result = outcome(parcel, twilio.url)
    [message] = twilio.accepted
    assert result == Accepted(message.sid, "queued", 1)
    assert message.form == {
        "To": TENANT,
        "From": NUMBER,
        "Body": parcel.body,
        "StatusCallback": CALLBACK,
        "ValidityPeriod": "600",
    }


def test_a_messaging_service_goes_along_with_the_number(
    twilio: TwilioStandin, parcel: Parcel
) -> None:
    service = twilio.add_service("Desk", [NUMBER])
    result = outcome(replace(parcel, messaging_service_sid=service), twilio.url)
    assert isinstance(result, Accepted)
    assert result.status == "accepted"
    assert twilio.accepted[0].form["MessagingServiceSid"] == service
    assert twilio.accepted[0].form["From"] == NUMBER


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (21610, Kind.STOP),
        (21211, Kind.PERMANENT),
        (21606, Kind.ACCOUNT),
        (21611, Kind.RETRY),
        (21617, Kind.BUG),
        (29999, Kind.UNKNOWN),
    ],
)
def test_a_refusal_says_what_follows_from_it(
    twilio: TwilioStandin, parcel: Parcel, code: int, kind: Kind
) -> None:
    twilio.fail_next(code=code)
    result = outcome(parcel, twilio.url)
    assert isinstance(result, Rejected)
    assert (result.code, result.http_status, result.kind) == (code, 400, kind)
    assert result.words.endswith(".")


def test_wrong_credentials_are_the_accounts_problem(twilio: TwilioStandin, parcel: Parcel) -> None:
    stranger = replace(parcel, account=Account(parcel.account.sid, "another token"))
    result = outcome(stranger, twilio.url)
    assert isinstance(result, Rejected)
    assert (result.code, result.http_status, result.kind) == (20003, 401, Kind.ACCOUNT)


def test_a_proxys_refusal_without_a_code_is_understood(
    twilio: TwilioStandin, parcel: Parcel
) -> None:
    twilio.fail_next(status=403, html=True)
    result = outcome(parcel, twilio.url)
    assert isinstance(result, Rejected)
    assert (result.code, result.kind) == (None, Kind.ACCOUNT)


@pytest.mark.parametrize(("retry_after", "seconds"), [(None, None), (7, 7.0)])
def test_too_many_requests_may_be_tried_again(
    twilio: TwilioStandin, parcel: Parcel, retry_after: int | None, seconds: float | None
) -> None:
    twilio.fail_next(status=429, retry_after=retry_after)
    result = outcome(parcel, twilio.url)
    assert isinstance(result, RetryLater)
    assert (result.after_seconds, result.code) == (seconds, 20429)


def test_a_refused_connection_may_be_tried_again(twilio: TwilioStandin, parcel: Parcel) -> None:
    twilio.stop()
    result = outcome(parcel, twilio.url)
    assert result == RetryLater(None, "Twilio could not be reached.", None)


def test_a_failed_secure_handshake_may_be_tried_again(
    twilio: TwilioStandin, parcel: Parcel
) -> None:
    result = outcome(parcel, twilio.url.replace("http://", "https://"))
    assert isinstance(result, RetryLater)
    assert not twilio.accepted


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 503, "html": True},
        {"status": 500, "taken": True},
        {"status": 408, "html": True},
        {"status": 302, "html": True},
        {"code": 20500},
        {"cut": True},
        {"cut": True, "taken": True},
        {"garbage": True},
    ],
    ids=str,
)
def test_what_nobody_knows_is_called_unclear(
    twilio: TwilioStandin, parcel: Parcel, fault: dict
) -> None:
    twilio.fail_next(**fault)
    assert isinstance(outcome(parcel, twilio.url), Unclear)


def test_silence_is_unclear(twilio: TwilioStandin, parcel: Parcel) -> None:
    twilio.fail_next(hang=60)
    assert outcome(parcel, twilio.url, 2) == Unclear("Twilio did not answer in time.")
    wait_for(lambda: len(twilio.accepted) == 1)


def test_a_text_is_posted_once_whatever_happens(twilio: TwilioStandin, parcel: Parcel) -> None:
    async def twice() -> list[Outcome]:
        async with Client(twilio.url) as client:
            first = await send(cleared(), parcel=parcel, client=client)
            twilio.fail_next(cut=True)  # on a connection that is open and was good
            return [first, await send(cleared(), parcel=parcel, client=client)]

    first, second = asyncio.run(twice())
    assert isinstance(first, Accepted)
    assert isinstance(second, Unclear)
    assert len(twilio.requests) == 2


def test_a_hundred_texts_at_once_all_arrive(twilio: TwilioStandin, parcel: Parcel) -> None:
    async def many() -> list[Outcome]:
        async with Client(twilio.url) as client:
            texts = (send(cleared(), parcel=parcel, client=client) for _ in range(100))
            return await asyncio.gather(*texts)

    results = asyncio.run(many())
    assert {type(result) for result in results} == {Accepted}
    assert len({result.sid for result in results if isinstance(result, Accepted)}) == 100


def test_no_secret_is_shown_when_values_are_printed(parcel: Parcel) -> None:
    assert parcel.account.auth_token not in repr(parcel)


@pytest.mark.parametrize("seconds", [0, 36_001])
def test_a_validity_that_twilio_would_refuse_is_no_parcel(parcel: Parcel, seconds: int) -> None:
    with pytest.raises(ValueError, match="validity"):
        replace(parcel, validity_seconds=seconds)


def test_what_may_not_leave_any_more_reaches_nobody(twilio: TwilioStandin, parcel: Parcel) -> None:
    async def once() -> Outcome:
        async with Client(twilio.url) as client:
            return await send(cleared(), parcel=parcel, client=client, may_leave=lambda: False)

    result = asyncio.run(once())
    assert isinstance(result, RetryLater)
    assert result.at_once
    assert twilio.requests == []


async def answered(*headers: str, status: str = "429 Too Many Requests") -> tuple[Answer, Client]:
    """What a server with exactly these headers answers, and the client that asked."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        lines = [f"HTTP/1.1 {status}", *headers, "Content-Length: 2", "Connection: close"]
        writer.write("\r\n".join([*lines, "", "{}"]).encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Client(f"http://127.0.0.1:{port}") as client:
        account = Account("AC" + "0" * 32, "token")
        return await client.request("GET", client.url("api", "/"), account), client


@pytest.mark.once
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7.0),
        ("Wed, 01 Jul 2026 12:00:30 GMT", 30.0),
        ("Wed, 01 Jul 2026 11:00:00 GMT", 0.0),
        ("99999", 3600.0),
        ("soon", None),
        ("-5", None),
    ],
)
def test_a_wish_to_wait_is_seconds_or_a_date_by_the_others_clock(asked, seconds) -> None:
    date = "Date: Wed, 01 Jul 2026 12:00:00 GMT"
    answer, _ = asyncio.run(answered(date, f"Retry-After: {asked}"))
    assert answer.retry_after == seconds


@pytest.mark.once
@pytest.mark.parametrize(("twilio_is", "ahead"), [(-3600, 3600), (3600, 0), (-3, 0)])
def test_how_far_our_clock_is_ahead_of_twilios_is_noticed(twilio_is, ahead) -> None:
    date = format_datetime(clock.now() + timedelta(seconds=twilio_is), usegmt=True)
    _, client = asyncio.run(answered(f"Date: {date}"))
    assert abs(client.ahead.total_seconds() - ahead) < 5
