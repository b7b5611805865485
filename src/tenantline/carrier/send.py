"""The socket: hands one cleared text to its carrier and says what became of it.

Only ``outbox.dispatch`` may import this. Nothing here retries: Twilio takes every POST as a new
text, so whoever calls decides from the outcome.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tenantline.carrier import sandbox
from tenantline.carrier.answers import error_code, integer, text
from tenantline.carrier.client import CONNECT_TIMEOUT_SECONDS, Answer, Client
from tenantline.carrier.codes import Kind, meaning_of
from tenantline.carrier.errors import NothingLeftError, OutcomeUnclearError, TooLateError
from tenantline.carrier.types import Accepted, Outcome, Parcel, Rejected, RetryLater, Unclear
from tenantline.consent.cleared import Cleared
from tenantline.kernel import clock

_MESSAGE_SID: Final = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
# Errors inside Twilio: the text may have gone out, whatever HTTP status they come with.
_UNCLEAR_CODES: Final = frozenset({20500, 20503})
_TOO_LATE: Final = RetryLater(None, "It was not sent in time and waits again.", None, at_once=True)


async def send(
    cleared: Cleared,
    *,
    parcel: Parcel,
    client: Client,
    connect_seconds: float = CONNECT_TIMEOUT_SECONDS,
    may_leave: Callable[[], bool] = lambda: True,
) -> Outcome:
    """Send one text to the cleared number, once. Never raises for what the network does.

    ``connect_seconds`` limits the wait for a connection, so that a caller can keep the time
    between the gate's yes and the socket short. ``may_leave`` is asked just before the first byte
    is written, also where the process was suspended in between.
    """
    if parcel.account.carrier == "sandbox":
        if not may_leave():
            return _TOO_LATE
        return await sandbox.accept(cleared.number, parcel, at=clock.now())
    url = client.url("api", f"/2010-04-01/Accounts/{parcel.account.sid}/Messages.json")
    try:
        answer = await client.request(
            "POST",
            url,
            parcel.account,
            form=_form(cleared, parcel),
            connect_seconds=connect_seconds,
            may_leave=may_leave,
        )
    except TooLateError:
        return _TOO_LATE
    except NothingLeftError as error:
        return RetryLater(None, str(error), None)
    except OutcomeUnclearError as error:
        return Unclear(str(error))
    return _outcome(answer)


def _form(cleared: Cleared, parcel: Parcel) -> list[tuple[str, str]]:
    form = [("To", cleared.number), ("From", parcel.sender), ("Body", parcel.body)]
    if parcel.messaging_service_sid:
        # Both: the service carries the registration, From keeps the facility's own number.
        form.append(("MessagingServiceSid", parcel.messaging_service_sid))
    if parcel.status_callback:
        form.append(("StatusCallback", parcel.status_callback))
    if parcel.validity_seconds is not None:
        form.append(("ValidityPeriod", str(parcel.validity_seconds)))
    return form


def _outcome(answer: Answer) -> Outcome:
    code = error_code(answer)
    if 200 <= answer.status < 300:
        return _accepted(answer)
    if answer.status == 429 or code == 20429:
        return RetryLater(answer.retry_after, meaning_of(20429).words, code)
    # 408 and redirects come from something between us and Twilio, which may have passed it on.
    if not 400 <= answer.status < 500 or answer.status == 408 or code in _UNCLEAR_CODES:
        return Unclear(f"Twilio answered with HTTP {answer.status}; the text may have been sent.")
    return _rejected(answer.status, code)


def _accepted(answer: Answer) -> Accepted | Unclear:
    data = answer.data or {}
    sid = text(data, "sid")
    if not _MESSAGE_SID.fullmatch(sid):
        return Unclear("Twilio's answer could not be read; the text may have been sent.")
    # "0" only means that a Messaging Service has not yet chosen the sender.
    return Accepted(sid, text(data, "status") or "queued", integer(data, "num_segments") or None)


def _rejected(status: int, code: int | None) -> Rejected:
    if code is not None:
        meaning = meaning_of(code)
        return Rejected(code, status, meaning.words, meaning.kind)
    if status in {401, 403, 404, 407}:
        words = f"Twilio, or a proxy before it, refused the account (HTTP {status})."
        return Rejected(None, status, words, Kind.ACCOUNT)
    return Rejected(None, status, f"Twilio refused the text (HTTP {status}).", Kind.UNKNOWN)
