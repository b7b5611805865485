"""Whether a call is Twilio's, and whose: account, number and token must belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as it came in.

    ``target`` is path and query as requested; the signature is over the configured public
    address, whatever a proxy made of the host. ``attempt_token`` is given for status callbacks.
    """

    target: str
    params: Sequence[tuple[str, str]] = field(repr=False)
    signature: str = field(repr=False)
    attempt_token: str | None = None


Call = Inbound | Status | Probe


def verified(asked: Sequence[Asked], *, now: datetime) -> list[Call | Exception | None]:
    """Return each call that a token of its account signed, None for one that must get 403.

    What went wrong with one call stands in its place: ``Unusable`` where it is signed, but has no
    MessageSid or one that nobody could have sent.
    """
    read = [dict(one.params) for one in asked]
    concerned = facilities.lines_of_accounts(
        {_clean(values.get("AccountSid", "")) for values in read},
        # Which side is ours: a text comes to our line, and is told of as coming from it.
        numbers={
            _clean(values.get("To" if one.attempt_token is None else "From", ""))
            for one, values in zip(asked, read, strict=True)
        },
    )
    return [_found(one, values, concerned, now) for one, values in zip(asked, read, strict=True)]


def _found(
    one: Asked, values: dict[str, str], lines: Sequence[Line], now: datetime
) -> Call | Exception | None:
    try:
        return _verified(one, values, lines, now)
    except Exception as error:  # it is this call's alone; the hooks decide what it means
        return error


def _verified(
    one: Asked, values: dict[str, str], lines: Sequence[Line], now: datetime
) -> Call | None:
    account_sid = _clean(values.get("AccountSid", ""))
    recipient, sender = _clean(values.get("To", "")), _clean(values.get("From", ""))
    named = [
        line
        for line in lines
        if line.account_sid == account_sid and line.number in (recipient, sender)
    ]
    # Perhaps it is a stray's, or another line of the account has its newer token already.
    if not _is_signed(one, named, now) and not _is_signed(
        one, facilities.lines_of_account(account_sid), now
    ):
        return None
    if PROBE in values:
        return Probe(proof(values[PROBE]))
    message_sid = values.get("MessageSid") or values.get("SmsSid") or ""
    if not 0 < len(message_sid) <= _LONGEST_ID:
        raise Unusable("The call names no MessageSid.")
    if one.attempt_token is not None:
        return _status(values, account_sid, message_sid, one.attempt_token)
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


def _is_signed(one: Asked, lines: Sequence[Line], now: datetime) -> bool:
    """Tell whether a token of these lines has signed; two may while one is exchanged."""
    url, params, given = settings.PUBLIC_URL + one.target, one.params, one.signature
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
