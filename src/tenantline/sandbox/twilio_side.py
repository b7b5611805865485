"""Twilio's side of the demo: webhooks posted and signed as Twilio would, to this very server.

Nothing here leaves the machine: an address that is not loopback is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

import structlog
from django.conf import settings

from tenantline.carrier import sandbox
from tenantline.carrier.signature import signature
from tenantline.facilities import queries as facilities
from tenantline.kernel.errors import BadInput, Refused, TenantlineError
from tenantline.kernel.phone import Number

if TYPE_CHECKING:
    from tenantline.facilities.models import Line

SMS_PATH: Final = "/twilio/sms"
LONGEST_TEXT: Final = 1600  # characters, as at Twilio
# A phone network takes a moment; without it nobody would see a text go from sent to delivered.
_AFTER: Final = {"sent": timedelta(seconds=0.4), "delivered": timedelta(seconds=1.6)}
_TIMEOUT_SECONDS: Final = 10
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

_log = structlog.get_logger(__name__)


class NotTaken(TenantlineError):
    """The webhook was not answered with success. As with Twilio, the text stays in its list."""

    code = "not_taken"


def text(*, handset: Number, line: Line, body: str, now: datetime) -> None:
    """Text from a handset to a line: recorded by the sandbox carrier, then posted to the webhook.

    Raises:
        BadInput: there is nothing to send, or too much.
        NotTaken: the desk did not take the call; it finds the text later, in the carrier's list.
        Refused: the public address is not on this machine.
    """
    body = body.replace("\x00", "").strip()
    if not body:
        raise BadInput("Write something first.", field="body")
    if len(body) > LONGEST_TEXT:
        raise BadInput("A text has at most 1,600 characters.", field="body")
    call = sandbox.receive(handset, Number(line.number), body, account_sid=line.account_sid, at=now)
    token = facilities.auth_token(line)
    try:
        status = _post(settings.PUBLIC_URL + SMS_PATH, call.form, token)
    except (OSError, HTTPException) as error:
        raise NotTaken("The desk does not answer; it finds the text when it is back.") from error
    if status != 200:
        raise NotTaken(f"The desk answered {status}, so the text is only at the carrier for now.")


def post_due_callbacks(now: datetime) -> int:
    """Post the status callbacks that are due and return how many; one query where none is.

    Called by the worker in demo mode. A callback that the desk could not store is posted again
    at the next call; one that it refuses is over, as at Twilio.
    """
    posted = 0
    for callback in sandbox.due_callbacks():
        if now < callback.at + _AFTER[callback.status]:
            continue
        lines = facilities.lines_of_account(callback.account_sid)
        token = facilities.auth_token(lines[0]) if lines else ""
        try:
            status = _post(callback.url, callback.form, token)
        except (OSError, HTTPException) as error:
            _log.warning("a status callback could not be posted", error=str(error))
            return posted
        if status >= 500:
            _log.warning("a status callback was not stored", status=status)
            return posted
        sandbox.callback_posted(callback)
        posted += 1
    return posted


def _post(url: str, form: Sequence[tuple[str, str]], token: str) -> int:
    """Post a signed form to this machine and return the HTTP status."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        raise Refused("not_loopback", "The sandbox talks to this machine only.")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1 (sandbox)",
        "X-Twilio-Signature": signature(url, form, token),
    }
    connection = HTTPConnection(parts.hostname, parts.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("POST", parts.path, urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
