"""The account at Twilio as the wizard, ``line connect`` and the doctor need it.

Reads the account, its numbers and Messaging Services, and points webhooks. Sends nothing to
anybody. Whatever goes wrong is a ``CarrierProblem`` with one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from tenantline.carrier.answers import text
from tenantline.carrier.errors import CarrierProblem, NothingLeftError, OutcomeUnclearError
from tenantline.carrier.reading import ask, pages
from tenantline.carrier.types import Account
from tenantline.kernel.phone import Number, national

if TYPE_CHECKING:
    from tenantline.carrier.client import Client, Method, Pairs

_PAGE: Final = ("PageSize", "1000")
_NO_SERVICE: Final = "The Messaging Service is not in this Twilio account."


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """An account. ``type`` is Trial or Full, ``status`` active, suspended or closed."""

    sid: str
    type: str
    status: str
    friendly_name: str


@dataclass(frozen=True, slots=True)
class NumberInfo:
    """A number of the account. A set ``sms_application_sid`` makes Twilio ignore ``sms_url``."""

    sid: str
    number: Number
    friendly_name: str
    sms: bool
    mms: bool
    sms_url: str
    sms_method: str
    sms_application_sid: str
    sms_fallback_url: str


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """A Messaging Service.

    Inbound texts of its numbers go to ``inbound_request_url`` (and are lost if that is empty),
    unless ``use_inbound_webhook_on_number``. ``status_callback`` is overridden by every text.
    """

    sid: str
    friendly_name: str
    inbound_request_url: str
    inbound_method: str
    use_inbound_webhook_on_number: bool
    us_app_to_person_registered: bool
    smart_encoding: bool
    status_callback: str


@dataclass(frozen=True, slots=True)
class ServiceNumber:
    """A number in a Messaging Service's pool."""

    sid: str
    number: Number


async def fetch_account(client: Client, account: Account) -> AccountInfo:
    """Check the credentials and read the account's type and state."""
    data = await ask(client, "GET", _api(client, account, ""), account)
    # The answer also holds the Auth Token; nothing but these four is kept.
    return AccountInfo(
        text(data, "sid"), text(data, "type"), text(data, "status"), text(data, "friendly_name")
    )


async def carriers_clock(client: Client, account: Account) -> datetime | None:
    """Return what time it is at Twilio, to the second, or None where it does not say."""
    try:
        answer = await client.request("GET", _api(client, account, ""), account)
    except (NothingLeftError, OutcomeUnclearError) as error:
        raise CarrierProblem(str(error), code="carrier_unreachable") from error
    return answer.date


async def list_numbers(client: Client, account: Account) -> list[NumberInfo]:
    """Read all numbers of the account, as Twilio lists them."""
    url = _api(client, account, "/IncomingPhoneNumbers", [_PAGE])
    return [_number(item) async for item in pages(client, account, url, "incoming_phone_numbers")]


async def find_number(client: Client, account: Account, number: Number) -> NumberInfo | None:
    """Read one number of the account, or None if the account does not hold it."""
    url = _api(client, account, "/IncomingPhoneNumbers", [("PhoneNumber", number)])
    # Twilio's filter matches patterns, so what it returns is compared.
    async for item in pages(client, account, url, "incoming_phone_numbers"):
        if text(item, "phone_number") == number:
            return _number(item)
    return None


async def point_number(
    client: Client,
    account: Account,
    number_sid: str,
    *,
    sms_url: str,
    sms_method: Method = "POST",
    application_sid: str | None = None,
) -> NumberInfo:
    """Set where a number's inbound texts go; returns the number as it is then.

    ``application_sid`` puts back a TwiML application; an empty one takes away what is set (which
    Twilio's description does not say, but Twilio does). The result's ``sms_application_sid`` says
    whether one still overrides ``sms_url``.
    """
    form = [("SmsUrl", sms_url), ("SmsMethod", sms_method)]
    form += [] if application_sid is None else [("SmsApplicationSid", application_sid)]
    url = _api(client, account, f"/IncomingPhoneNumbers/{number_sid}")
    missing = "The number is not in this Twilio account any more."
    return _number(await ask(client, "POST", url, account, form=form, missing=missing))


async def fetch_service(client: Client, account: Account, service_sid: str) -> ServiceInfo:
    """Read one Messaging Service of the account."""
    url = client.url("messaging", f"/v1/Services/{service_sid}")
    return _service(await ask(client, "GET", url, account, missing=_NO_SERVICE))


async def list_services(client: Client, account: Account) -> list[ServiceInfo]:
    """Read all Messaging Services of the account."""
    url = client.url("messaging", "/v1/Services", [_PAGE])
    return [_service(item) async for item in pages(client, account, url, "services")]


async def service_numbers(
    client: Client, account: Account, service_sid: str
) -> list[ServiceNumber]:
    """Read the numbers in a Messaging Service's pool."""
    url = client.url("messaging", f"/v1/Services/{service_sid}/PhoneNumbers", [_PAGE])
    found = pages(client, account, url, "phone_numbers")
    return [ServiceNumber(text(i, "sid"), Number(text(i, "phone_number"))) async for i in found]


async def service_of(client: Client, account: Account, number_sid: str) -> ServiceInfo | None:
    """Find the Messaging Service whose pool holds a number; a number is in one at most."""
    for service in await list_services(client, account):
        held = await service_numbers(client, account, service.sid)
        if any(number.sid == number_sid for number in held):
            return service
    return None


async def point_service(
    client: Client,
    account: Account,
    service_sid: str,
    *,
    inbound_request_url: str,
    inbound_method: Method = "POST",
    use_inbound_webhook_on_number: bool = False,
) -> ServiceInfo:
    """Set where the inbound texts of a service's numbers go; returns the service as it is then."""
    form = [
        ("InboundRequestUrl", inbound_request_url),
        ("InboundMethod", inbound_method),
        ("UseInboundWebhookOnNumber", "true" if use_inbound_webhook_on_number else "false"),
    ]
    url = client.url("messaging", f"/v1/Services/{service_sid}")
    return _service(await ask(client, "POST", url, account, form=form, missing=_NO_SERVICE))


def _api(client: Client, account: Account, rest: str, query: Pairs = ()) -> str:
    return client.url("api", f"/2010-04-01/Accounts/{account.sid}{rest}.json", query)


def _number(item: Mapping[str, Any]) -> NumberInfo:
    able = item.get("capabilities")
    able = able if isinstance(able, dict) else {}
    return NumberInfo(
        sid=text(item, "sid"),
        number=Number(text(item, "phone_number")),
        friendly_name=text(item, "friendly_name") or national(Number(text(item, "phone_number"))),
        sms=able.get("sms") is True,
        mms=able.get("mms") is True,
        sms_url=text(item, "sms_url"),
        sms_method=text(item, "sms_method") or "POST",
        sms_application_sid=text(item, "sms_application_sid"),
        sms_fallback_url=text(item, "sms_fallback_url"),
    )


def _service(item: Mapping[str, Any]) -> ServiceInfo:
    return ServiceInfo(
        sid=text(item, "sid"),
        friendly_name=text(item, "friendly_name"),
        inbound_request_url=text(item, "inbound_request_url"),
        inbound_method=text(item, "inbound_method") or "POST",
        use_inbound_webhook_on_number=item.get("use_inbound_webhook_on_number") is True,
        us_app_to_person_registered=item.get("us_app_to_person_registered") is True,
        smart_encoding=item.get("smart_encoding") is True,
        status_callback=text(item, "status_callback"),
    )
