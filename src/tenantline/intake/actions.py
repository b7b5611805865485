"""Storing what the carrier hands us, before it is answered (R8, R9). Nothing is judged here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from tenantline.intake.models import InboundCall, OtherContent, StatusCall
from tenantline.kernel import many

WEBHOOK = "webhook"
READING = "reconcile"
# Attributes in the order of the rows below: hundreds of calls a second are no time for objects.
_TEXT: Final = (
    "message_sid", "account_sid", "line_id", "sender", "recipient", "body", "params", "source",
    "received_at", "attempts", "next_at", "error", "differs", "handed_at", "missed",
)  # fmt: skip
_STATUS: Final = (
    "attempt_token", "message_sid", "account_sid", "status", "error_code", "params", "received_at",
)  # fmt: skip
_RETRY_AFTER = (timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class Inbound:
    """One verified inbound text. ``line_id`` None: a stray.

    ``received_at`` is when the carrier had it, where that was not just now (a reading found it).
    ``missed``: a web process listened when it came, and yet only a reading has found it.
    """

    message_sid: str
    account_sid: str
    line_id: int | None
    sender: str
    recipient: str
    body: str
    params: Mapping[str, str] = field(repr=False)
    source: str = WEBHOOK
    received_at: datetime | None = None
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """One verified status callback, as it came."""

    attempt_token: str
    message_sid: str
    account_sid: str
    status: str
    error_code: str
    params: Mapping[str, str] = field(repr=False)


def store(
    calls: Sequence[Inbound | Status], *, now: datetime, leave: timedelta = timedelta()
) -> list[int | None]:
    """Store verified calls in one transaction; it is committed when this returns.

    ``leave``: workers leave the texts so long to the caller, who works on them meanwhile.

    Returns one id per call: of an inbound call that is to be worked on, and None for a status and
    for a MessageSid that is known already, which changes nothing. Where it came with other content
    that is kept too, and the call is to be worked on once more.
    """
    # One instant each, in the order they came: START before STOP is not STOP before START.
    dated = [(call, now + timedelta(microseconds=nth)) for nth, call in enumerate(calls)]
    statuses = [_status_row(call, at) for call, at in dated if isinstance(call, Status)]
    texts = [(call, at) for call, at in dated if isinstance(call, Inbound)]
    try:
        with transaction.atomic():
            many.insert(StatusCall, _STATUS, statuses)
            found = iter(_store_texts(texts, leave))
    except IntegrityError:
        # One of the texts is known; so hardly ever that they are not asked for first.
        with transaction.atomic():
            many.insert(StatusCall, _STATUS, statuses)
            found = iter([_store_alone(call, at, leave) for call, at in texts])
    return [next(found) if isinstance(call, Inbound) else None for call in calls]


def _store_texts(texts: Sequence[tuple[Inbound, datetime]], leave: timedelta) -> list[int | None]:
    """Store texts in one statement; return an id or None for each, in order.

    Raises:
        IntegrityError: one of them is known, and nothing is stored.
    """
    fresh: dict[str, Sequence[object]] = {}
    for call, at in texts:
        fresh.setdefault(call.message_sid, _text_row(call, at, leave))
    made = dict(zip(fresh, many.insert(InboundCall, _TEXT, fresh.values()), strict=True))
    return [made.pop(call.message_sid, None) or _came_again(call, at) for call, at in texts]


def _store_alone(call: Inbound, now: datetime, leave: timedelta) -> int | None:
    try:
        with transaction.atomic():
            return many.insert(InboundCall, _TEXT, [_text_row(call, now, leave)])[0]
    except IntegrityError:
        return _came_again(call, now)


def _text_row(call: Inbound, now: datetime, leave: timedelta) -> Sequence[object]:
    return (
        call.message_sid,
        call.account_sid,
        call.line_id,
        call.sender,
        call.recipient,
        call.body,
        json.dumps(dict(call.params)),
        call.source,
        call.received_at or now,
        0,
        now + leave,
        "",
        False,
        now if call.source == WEBHOOK else None,
        call.missed,
    )


def _status_row(call: Status, now: datetime) -> Sequence[object]:
    return (
        call.attempt_token,
        call.message_sid,
        call.account_sid,
        call.status,
        call.error_code,
        json.dumps(dict(call.params)),
        now,
    )


def _came_again(call: Inbound, now: datetime) -> int | None:
    """Note a MessageSid that is known; return its call's id if that is to be worked on again."""
    known = InboundCall.objects.select_for_update().filter(message_sid=call.message_sid).first()
    if known is None:
        raise IntegrityError(f"inbound call {call.message_sid} could not be stored")
    if call.source == WEBHOOK and known.handed_at is None:
        known.handed_at, known.missed = now, False  # it was on its way when a reading found it
        known.save(update_fields=["handed_at", "missed"])
    if _content(known) == _content(call):
        return None
    _, is_new = OtherContent.objects.get_or_create(
        call=known,
        digest=hashlib.sha256(json.dumps(_content(call)).encode()).hexdigest(),
        defaults={
            "sender": call.sender,
            "recipient": call.recipient,
            "body": call.body,
            "params": dict(call.params),
            "received_at": now,
        },
    )
    if not is_new:
        return None
    known.differs, known.worked_at, known.next_at = True, None, now
    known.save(update_fields=["differs", "worked_at", "next_at"])
    return known.pk


def _content(call: Inbound | InboundCall) -> tuple[str, str, str]:
    return call.sender, call.recipient, call.body


def take(call_id: int) -> InboundCall | None:
    """Lock an unworked inbound call for this transaction, or return None if there is none."""
    rows = InboundCall.objects.select_for_update().filter(pk=call_id, worked_at=None)
    return rows.first()


def mark_worked(call: InboundCall, *, now: datetime) -> None:
    """Say that a call was worked on, in the transaction that did it."""
    call.worked_at, call.error = now, ""
    call.save(update_fields=["worked_at", "error"])


def take_others(call: InboundCall, *, now: datetime) -> list[OtherContent]:
    """Return what came under the call's MessageSid with other content, and mark it worked on."""
    if not call.differs:
        return []
    others = list(call.others.filter(worked_at=None).order_by("id"))
    call.others.filter(worked_at=None).update(worked_at=now)
    return others


def mark_failed(call_id: int, *, error: str, now: datetime) -> None:
    """Keep a call open that could not be worked on; it is tried again, later each time."""
    call = InboundCall.objects.filter(pk=call_id, worked_at=None).first()
    if call is None:
        return
    wait = _RETRY_AFTER[min(call.attempts, len(_RETRY_AFTER) - 1)]
    call.attempts, call.error, call.next_at = call.attempts + 1, error[:300], now + wait
    call.save(update_fields=["attempts", "error", "next_at"])


def mark_status_worked(call_ids: list[int], *, now: datetime) -> None:
    """Say that these status callbacks were applied."""
    StatusCall.objects.filter(pk__in=call_ids).update(worked_at=now)
