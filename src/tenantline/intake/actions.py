"""Storing what the carrier hands us, before it is answered (R8, R9). Nothing is judged here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from tenantline.intake.models import InboundCall, OtherContent, StatusCall

WEBHOOK = "webhook"
READING = "reconcile"
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


def store(calls: Sequence[Inbound | Status], *, now: datetime) -> list[int | None]:
    """Store verified calls in one transaction; it is committed when this returns.

    Returns one id per call: of an inbound call that is to be worked on, and None for a status and
    for a MessageSid that is known already, which changes nothing. Where it came with other content
    that is kept too, and the call is to be worked on once more.
    """
    with transaction.atomic():
        return [
            # One instant each, in the order they came: START before STOP is not STOP before START.
            _store_one(call, now + timedelta(microseconds=nth))
            for nth, call in enumerate(calls)
        ]


def _store_one(call: Inbound | Status, now: datetime) -> int | None:
    if isinstance(call, Status):
        StatusCall.objects.create(
            attempt_token=call.attempt_token,
            message_sid=call.message_sid,
            account_sid=call.account_sid,
            status=call.status,
            error_code=call.error_code,
            params=dict(call.params),
            received_at=now,
        )
        return None
    try:
        with transaction.atomic():
            row = InboundCall.objects.create(
                message_sid=call.message_sid,
                account_sid=call.account_sid,
                line_id=call.line_id,
                sender=call.sender,
                recipient=call.recipient,
                body=call.body,
                params=dict(call.params),
                source=call.source,
                received_at=call.received_at or now,
                next_at=now,
                handed_at=now if call.source == WEBHOOK else None,
                missed=call.missed,
            )
    except IntegrityError:
        return _came_again(call, now)
    return row.pk


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
