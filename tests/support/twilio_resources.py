"""Twilio's resources as JSON, as the stand-in keeps them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

ACCOUNT_SID = "AC" + "a1" * 16
TOKEN = "the-auth-token-of-the-stand-in-0"
NUMBER = "+15125550100"
_API = "/2010-04-01/Accounts"


def sid(prefix: str, seed: str) -> str:
    """Make an id of Twilio's shape that is the same for the same seed."""
    return prefix + hashlib.md5(seed.encode(), usedforsecurity=False).hexdigest()


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - Twilio has a clock of its own


@dataclass
class Message:
    """A message in the account. Change its fields freely; ``created_at`` and ``sent_at`` too."""

    number: int
    sender: str
    recipient: str
    body: str
    status: str
    inbound: bool = False
    form: dict[str, str] = field(default_factory=dict)  # as it was posted
    error_code: int | None = None
    account_sid: str = ACCOUNT_SID
    created_at: datetime = field(default_factory=now)
    sent_at: datetime | None = None

    @property
    def sid(self) -> str:
        return sid("SM", f"{self.account_sid}/{self.number}")

    @property
    def status_callback(self) -> str:
        return self.form.get("StatusCallback", "")

    def as_json(self) -> dict[str, Any]:
        path = f"{_API}/{self.account_sid}/Messages/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "messaging_service_sid": self.form.get("MessagingServiceSid"),
            "from": self.sender,
            "to": self.recipient,
            "body": self.body,
            "status": self.status,
            "direction": "inbound" if self.inbound else "outbound-api",
            "num_segments": "1",
            "num_media": "0",
            "price": None,
            "price_unit": "USD",
            "error_code": self.error_code,
            "error_message": None,
            "date_created": format_datetime(self.created_at),
            "date_sent": format_datetime(self.sent_at) if self.sent_at else None,
            "date_updated": format_datetime(self.created_at),
            "api_version": "2010-04-01",
            "uri": f"{path}.json",
            "subresource_uris": {"media": f"{path}/Media.json"},
        }


def account_json(account_sid: str, token: str, kind: str, status: str) -> dict[str, Any]:
    """The answer to an account fetch, Auth Token included, as Twilio has it."""
    return {
        "sid": account_sid,
        "auth_token": token,
        "friendly_name": "Example Storage",
        "type": kind,
        "status": status,
        "owner_account_sid": account_sid,
        "date_created": "Thu, 30 Jul 2015 23:19:04 +0000",
        "date_updated": "Thu, 30 Jul 2015 23:19:04 +0000",
        "subresource_uris": {},
        "uri": f"{_API}/{account_sid}.json",
    }


def number_json(account_sid: str, number: str, *, sms: bool = True) -> dict[str, Any]:
    """A number of the account, pointed nowhere."""
    number_sid = sid("PN", number)
    return {
        "sid": number_sid,
        "account_sid": account_sid,
        "phone_number": number,
        "friendly_name": number,
        "capabilities": {"voice": True, "sms": sms, "mms": sms, "fax": False},
        "sms_url": None,
        "sms_method": "POST",
        "sms_fallback_url": None,
        "sms_fallback_method": "POST",
        "sms_application_sid": "",
        "api_version": "2010-04-01",
        "date_created": "Thu, 30 Jul 2015 23:19:04 +0000",
        "date_updated": "Thu, 30 Jul 2015 23:19:04 +0000",
        "status": "in-use",
        "type": "local",
        "uri": f"{_API}/{account_sid}/IncomingPhoneNumbers/{number_sid}.json",
    }


def service_json(account_sid: str, name: str) -> dict[str, Any]:
    """A Messaging Service that swallows inbound texts, as a new one does."""
    service_sid = sid("MG", name)
    url = f"https://messaging.twilio.com/v1/Services/{service_sid}"
    return {
        "sid": service_sid,
        "account_sid": account_sid,
        "friendly_name": name,
        "inbound_request_url": None,
        "inbound_method": "POST",
        "fallback_url": None,
        "fallback_method": "POST",
        "status_callback": None,
        "use_inbound_webhook_on_number": False,
        "us_app_to_person_registered": False,
        "sticky_sender": True,
        "mms_converter": True,
        "smart_encoding": False,
        "scan_message_content": "inherit",
        "fallback_to_long_code": False,
        "area_code_geomatch": True,
        "synchronous_validation": False,
        "validity_period": 14400,
        "usecase": "undeclared",
        "date_created": "2015-07-30T20:12:31Z",
        "date_updated": "2015-07-30T20:12:33Z",
        "links": {"phone_numbers": f"{url}/PhoneNumbers"},
        "url": url,
    }


def service_number_json(account_sid: str, service_sid: str, number: str) -> dict[str, Any]:
    """A number in a Messaging Service's pool."""
    number_sid = sid("PN", number)
    return {
        "sid": number_sid,
        "account_sid": account_sid,
        "service_sid": service_sid,
        "phone_number": number,
        "country_code": "US",
        "capabilities": ["SMS", "MMS"],
        "date_created": "2015-07-30T20:12:31Z",
        "date_updated": "2015-07-30T20:12:33Z",
        "url": f"https://messaging.twilio.com/v1/Services/{service_sid}/PhoneNumbers/{number_sid}",
    }
