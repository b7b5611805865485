"""The account as the wizard and the doctor see it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from tenantline.carrier import account as accounts
from tenantline.carrier.client import Client
from tenantline.carrier.errors import CarrierProblem
from tenantline.carrier.types import Account
from tenantline.kernel.phone import Number
from tests.support.twilio_resources import NUMBER, sid
from tests.support.twilio_standin import TwilioStandin

T = TypeVar("T")
HOOK = "https://desk.example.test/twilio/sms"


@pytest.fixture
def ask(twilio: TwilioStandin) -> Callable[[Callable[[Client], Awaitable[T]]], T]:
    """Run one call against the stand-in."""

    def run(call: Callable[[Client], Awaitable[T]]) -> T:
        async def once() -> T:
            async with Client(twilio.url, timeout_seconds=5) as client:
                return await call(client)

        return asyncio.run(once())

    return run


def test_a_trial_account_is_told_and_its_token_not_kept(
    twilio: TwilioStandin, account: Account, ask
) -> None:
    twilio.account_type = "Trial"
    info = ask(lambda client: accounts.fetch_account(client, account))
    assert (info.sid, info.type, info.status) == (account.sid, "Trial", "active")
    assert twilio.token not in repr(info)


def test_numbers_are_read_over_all_pages(twilio: TwilioStandin, account: Account, ask) -> None:
    twilio.page_size_limit = 3
    for index in range(7):
        twilio.add_number(f"+1512555020{index}", sms=index % 2 == 0)
    numbers = ask(lambda client: accounts.list_numbers(client, account))
    assert len({number.number for number in numbers}) == 8
    assert [number.sms for number in numbers].count(True) == 5
    assert any("PageToken=" in target for _method, target in twilio.requests)


def test_a_number_is_found_or_not(account: Account, ask) -> None:
    found = ask(lambda client: accounts.find_number(client, account, Number(NUMBER)))
    assert (found.number, found.sms, found.sms_url) == (NUMBER, True, "")
    assert ask(lambda c: accounts.find_number(c, account, Number("+15125559999"))) is None


def test_a_number_is_pointed_at_us(twilio: TwilioStandin, account: Account, ask) -> None:
    number_sid = sid("PN", NUMBER)
    number = ask(lambda client: accounts.point_number(client, account, number_sid, sms_url=HOOK))
    assert (number.sms_url, number.sms_method) == (HOOK, "POST")
    assert twilio.numbers[number_sid]["sms_url"] == HOOK


def test_an_application_is_put_back(twilio: TwilioStandin, account: Account, ask) -> None:
    application = sid("AP", "old")
    ask(
        lambda client: accounts.point_number(
            client,
            account,
            sid("PN", NUMBER),
            sms_url="https://old.example.test/",
            sms_method="GET",
            application_sid=application,
        )
    )
    assert twilio.numbers[sid("PN", NUMBER)]["sms_application_sid"] == application


def test_a_messaging_service_is_found_by_its_number(
    twilio: TwilioStandin, account: Account, ask
) -> None:
    twilio.page_size_limit = 1
    twilio.add_service("Marketing")
    service_sid = twilio.add_service("Desk", [NUMBER, "+15125550101"])
    service = ask(lambda client: accounts.service_of(client, account, sid("PN", NUMBER)))
    assert (service.sid, service.inbound_request_url) == (service_sid, "")
    numbers = ask(lambda client: accounts.service_numbers(client, account, service_sid))
    assert [number.number for number in numbers] == [NUMBER, "+15125550101"]
    assert ask(lambda c: accounts.service_of(c, account, sid("PN", "+15125559999"))) is None


def test_a_messaging_service_is_pointed_at_us(twilio: TwilioStandin, account: Account, ask) -> None:
    service_sid = twilio.add_service("Desk", [NUMBER])
    ask(
        lambda client: accounts.point_service(
            client, account, service_sid, inbound_request_url=HOOK
        )
    )
    service = ask(lambda client: accounts.fetch_service(client, account, service_sid))
    assert service.inbound_request_url == HOOK
    assert not service.use_inbound_webhook_on_number


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 401}, "carrier_credentials"),
        ({"status": 403, "html": True}, "carrier_credentials"),
        ({"status": 400, "code": 20005}, "carrier_suspended"),
        ({"status": 404, "code": 20404}, "carrier_not_found"),
        ({"status": 429}, "carrier_busy"),
        ({"status": 500, "html": True}, "carrier_unreachable"),
        ({"cut": True}, "carrier_unreachable"),
        ({"garbage": True}, "carrier_refused"),
        ({"status": 400, "code": 21608}, "carrier_refused"),
        ({"status": 400, "code": 29999}, "carrier_refused"),
    ],
    ids=str,
)
def test_whatever_fails_is_one_sentence(
    twilio: TwilioStandin, account: Account, ask, fault: dict, code: str
) -> None:
    twilio.fail_next(method="GET", path="Accounts", count=2, **fault)
    with pytest.raises(CarrierProblem) as problem:
        ask(lambda client: accounts.fetch_account(client, account))
    assert problem.value.code == code
    assert problem.value.sentence.endswith(".")
    assert account.auth_token not in problem.value.sentence


def test_a_missing_service_is_named(account: Account, ask) -> None:
    with pytest.raises(CarrierProblem, match="Messaging Service is not in this"):
        ask(lambda client: accounts.fetch_service(client, account, sid("MG", "none")))


def test_an_api_key_is_not_an_account(twilio: TwilioStandin, ask) -> None:
    key = Account("SK" + "a" * 32, "secret")
    with pytest.raises(CarrierProblem, match="API keys"):
        ask(lambda client: accounts.fetch_account(client, key))
    assert not twilio.requests


def test_the_stand_in_notices_what_twilio_does_not_know(
    twilio: TwilioStandin, account: Account, ask
) -> None:
    url = f"{twilio.url}/2010-04-01/Accounts/{account.sid}/Messages.json"

    async def wrong(client: Client) -> None:
        await client.request("POST", url, account, form=[("Too", "x"), ("To", "+15125550143")])
        await client.request("POST", url, account, form=[("From", "+15125550143")])

    ask(wrong)
    assert "'Too'" in twilio.violations[0]
    assert "To" in twilio.violations[1]
    twilio.violations.clear()


def test_credentials_go_to_our_own_base_whatever_the_next_page_says() -> None:
    client = Client("http://127.0.0.1:9")
    link = "https://elsewhere.example.test/v1/Services?Page=1&PageToken=a%2Bb"
    assert (
        client.follow("messaging", link) == "http://127.0.0.1:9/v1/Services?Page=1&PageToken=a%2Bb"
    )
    assert Client().follow("api", "/x?y=1") == "https://api.twilio.com/x?y=1"
    assert Client().url("lookups", "/v2/x") == "https://lookups.twilio.com/v2/x"
