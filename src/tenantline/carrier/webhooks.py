"""The forms that Twilio posts to us, name by name, for those who play Twilio."""

from __future__ import annotations

from tenantline.kernel.segments import measure

API_VERSION = "2010-04-01"

Form = list[tuple[str, str]]


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
