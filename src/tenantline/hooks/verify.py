"""Whether a call is Twilio's, and whose: account, number and token must belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from tenantline.carrier import signature
from tenantline.carrier.webhooks import PROBE, proof
from tenantline.facilities import actions as facility_actions
from tenantline.facilities import queries as facilities
from tenantline.intake.actions import Inbound, Status
from tenantline.kernel.errors import BadInput

if TYPE_CHECKING:
    from tenantline.facilities.models import Line

_LONGEST_ID = 64


class Unusable(BadInput):
    """A signed call that lacks what every such call has."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A call of our own doctor's: is this address really ours? Nothing is stored of it."""

    proof: str


def verified(
    target: str,
    params: Sequence[tuple[str, str]],
    given: str,
    *,
    attempt_token: str | None,
    now: datetime,
) -> Inbound | Status | Probe | None:
    """Return the call if a token of its account signed it, None if it must get 403.

    ``target`` is path and query as requested; the signature is over the configured public
    address, whatever a proxy made of the host. ``attempt_token`` is given for status callbacks.

    Raises:
        Unusable: signed, but without a MessageSid or with one that nobody could have sent.
    """
    values = dict(params)
    account_sid = _clean(values.get("AccountSid", ""))
    recipient, sender = _clean(values.get("To", "")), _clean(values.get("From", ""))
    named = facilities.lines_of_account(account_sid, numbers={recipient, sender})
    if not _is_signed(settings.PUBLIC_URL + target, params, given, named, now):
        # Perhaps a stray's, or another line of the account has its newer token already.
        every = facilities.lines_of_account(account_sid)
        if not _is_signed(settings.PUBLIC_URL + target, params, given, every, now):
            return None
    if PROBE in values:
        return Probe(proof(values[PROBE]))
    message_sid = values.get("MessageSid") or values.get("SmsSid") or ""
    if not 0 < len(message_sid) <= _LONGEST_ID:
        raise Unusable("The call names no MessageSid.")
    if attempt_token is not None:
        return _status(values, account_sid, message_sid, attempt_token)
    line = next((line for line in named if line.number == recipient), None)
    return Inbound(
        message_sid=message_sid,
        account_sid=account_sid,
        line_id=line.pk if line else None,
        sender=sender[:_LONGEST_ID],
        recipient=recipient[:_LONGEST_ID],
        body=_clean(values.get("Body", "")),
        params={_clean(name): _clean(value) for name, value in values.items()},
    )


def _is_signed(
    url: str, params: Sequence[tuple[str, str]], given: str, lines: Sequence[Line], now: datetime
) -> bool:
    """Tell whether a token of these lines has signed; two may while one is exchanged."""
    tokens = dict.fromkeys(t for line in lines for t in facilities.auth_tokens(line, now=now))
    if not tokens or not signature.matches(url, params, given, list(tokens)):
        return False
    soon = now + facility_actions.OLD_TOKEN_AFTER_NEW
    changing = [one for one in lines if (one.previous_token_until or now) > soon]
    new = [facilities.auth_token(line) for line in changing]
    if new and signature.matches(url, params, given, new):
        facility_actions.retire_old_tokens(account_sid=lines[0].account_sid, now=now)
    return True


def _status(
    values: dict[str, str], account_sid: str, message_sid: str, attempt_token: str
) -> Status:
    return Status(
        attempt_token=_clean(attempt_token)[:_LONGEST_ID],
        message_sid=message_sid,
        account_sid=account_sid,
        status=_clean(values.get("MessageStatus") or values.get("SmsStatus") or "")[:32],
        error_code=_clean(values.get("ErrorCode", ""))[:16],
        params={_clean(name): _clean(value) for name, value in values.items()},
    )


def _clean(value: str) -> str:
    """Return the value without NUL, which PostgreSQL cannot store; nothing else is lost."""
    return value.replace("\x00", "\N{SYMBOL FOR NULL}")
