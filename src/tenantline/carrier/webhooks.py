"""The forms that Twilio posts to us, name by name, for those who play Twilio."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from django.conf import settings

from tenantline.kernel.segments import measure

API_VERSION = "2010-04-01"
PROBE: Final = "TenantlineProbe"
"""The parameter that makes a signed call a probe of the doctor's. Twilio never sends it."""
PROOF_HEADER: Final = "x-tenantline-probe"

Form = list[tuple[str, str]]


def probe_form(*, account_sid: str, nonce: str) -> Form:
    """Return a call by which the doctor asks the public address whether it is ours."""
    return [("AccountSid", account_sid), (PROBE, nonce)]


def proof(nonce: str) -> str:
    """Return what only an installation with our secret key answers to a probe."""
    key = f"probe:{settings.SECRET_KEY}".encode()
    return hmac.new(key, nonce.encode(), hashlib.sha256).hexdigest()


def inbound_form(*, sid: str, account_sid: str, sender: str, recipient: str, body: str) -> Form:
    """Return what Twilio posts for a text from ``sender`` to the line ``recipient``.

    Places are empty strings, as Twilio sends them where it knows none; they count in the
    signature. (Source: https://www.twilio.com/docs/messaging/guides/webhook-request)
    """
    places = [
        (f"{end}{part}", "US" if part == "Country" else "")
        for end in ("From", "To")
        for part in ("City", "State", "Zip", "Country")
    ]
    return [
        *places,
        ("MessageSid", sid),
        ("SmsSid", sid),
        ("SmsMessageSid", sid),
        ("AccountSid", account_sid),
        ("From", sender),
        ("To", recipient),
        ("Body", body),
        ("NumMedia", "0"),
        ("NumSegments", str(measure(body).segments)),
        ("SmsStatus", "received"),
        ("ReferralNumMedia", "0"),
        ("ApiVersion", API_VERSION),
    ]


def status_form(
    *,
    sid: str,
    account_sid: str,
    sender: str,
    recipient: str,
    status: str,
    error_code: int | None = None,
) -> Form:
    """Return what Twilio posts to a status callback; an error code comes with failures only."""
    form = [
        ("MessageSid", sid),
        ("SmsSid", sid),
        ("MessageStatus", status),
        ("SmsStatus", status),
        ("AccountSid", account_sid),
        ("From", sender),
        ("To", recipient),
        ("ApiVersion", API_VERSION),
    ]
    return form if error_code is None else [*form, ("ErrorCode", str(error_code))]
