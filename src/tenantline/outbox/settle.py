"""Keeping what became of a text: the carrier's answers and its status callbacks (R7, R9)."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import transaction

from tenantline.carrier import codes
from tenantline.carrier.codes import Kind, Meaning
from tenantline.carrier.types import Accepted, Outcome, Rejected, RetryLater
from tenantline.consent import actions as consent
from tenantline.facilities import actions as facilities
from tenantline.feed import actions as feed
from tenantline.intake.models import StatusCall
from tenantline.kernel.actor import system
from tenantline.outbox import rules
from tenantline.outbox.models import Attempt, Text

_BY = system("dispatch")
_FIRST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=5)
_MOST_TRIES = 12


def settle(*, attempt_id: int, outcome: Outcome, now: datetime) -> None:
    """Keep the outcome of one attempt, in one transaction.

    Only what was provably not taken is queued again; an unclear outcome is ``unknown``. An answer
    to an attempt that another has followed says nothing of the text, unless the carrier took it.
    """
    with transaction.atomic():
        attempt = Attempt.objects.get(pk=attempt_id)
        text = (
            Text.objects.select_for_update(of=("self",))
            .select_related("clearance", "line")
            .get(pk=attempt.text_id)
        )
        _note(attempt, outcome, now)
        overtaken = text.attempts.filter(pk__gt=attempt.pk).exists()
        match outcome:
            case Accepted():
                adopt(text, outcome.sid, outcome.status, now)
            case _ if overtaken:
                pass
            case RetryLater():
                _queue_again(text, outcome, now)
            case Rejected():
                _refused(text, outcome, now)
            case _:
                _become_unknown(text, now)
        feed.tell(facility_id=text.facility_id, topic="status", ref=text.pk, now=now)


def _note(attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    attempt.ended_at = now
    match outcome:
        case Accepted():
            attempt.outcome, attempt.carrier_sid = "accepted", outcome.sid
        case RetryLater():
            attempt.outcome, attempt.code = "retry", _digits(outcome.code)
        case Rejected():
            attempt.outcome, attempt.code = "rejected", _digits(outcome.code)
            attempt.http_status = outcome.http_status
        case _:
            attempt.outcome = "unclear"
    attempt.save()


def apply_status(*, call: StatusCall, now: datetime) -> None:
    """R9: apply one stored callback. Needs the caller's transaction.

    The attempt's token in its path finds the text even before the SID is committed. A status
    that does not rank above what is known changes nothing; the first error is kept.
    """
    text = _text_of(call)
    if text is None:
        return
    adopt(text, call.message_sid, call.status, now)
    if call.error_code.isascii() and call.error_code.isdecimal():
        _hear_error(text, call, codes.meaning_of(int(call.error_code)), now)
    feed.tell(facility_id=text.facility_id, topic="status", ref=text.pk, now=now)


def _hear_error(text: Text, call: StatusCall, meaning: Meaning, now: datetime) -> None:
    """Let each new error that a callback tells of have its consequences, once."""
    code = str(meaning.code)
    earlier = StatusCall.objects.filter(
        attempt_token=call.attempt_token, error_code=call.error_code, pk__lt=call.pk
    )
    if text.error_code != code and not earlier.exists():
        keep_error(text, meaning, call.message_sid, now)


def keep_error(text: Text, meaning: Meaning, source: str, now: datetime) -> None:
    """Keep the first error of a text and draw its consequences; ``source`` is what told of it."""
    if not text.error_code:
        text.error_code, text.error_words = str(meaning.code), meaning.words[:300]
        text.save(update_fields=["error_code", "error_words"])
    _follow(text, meaning, source, now)


def sweep_leases(*, now: datetime) -> int:
    """Settle texts whose sender is gone: with an open attempt they are ``unknown`` (R7)."""
    swept = 0
    expired = Text.objects.filter(state="sending", leased_until__lt=now)
    for text_id in list(expired.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            text = Text.objects.select_for_update().get(pk=text_id)
            if text.state == "sending" and text.leased_until and text.leased_until < now:
                _become_unknown(text, now)
                feed.tell(facility_id=text.facility_id, topic="status", ref=text.pk, now=now)
                swept += 1
    return swept


def _text_of(call: StatusCall) -> Text | None:
    rows = Text.objects.select_for_update(of=("self",)).select_related("clearance", "line")
    found = rows.filter(attempts__token=call.attempt_token).first()
    if found is not None and found.carrier_sid in (None, call.message_sid):
        return found
    return rows.filter(carrier_sid=call.message_sid).first()


def adopt(text: Text, sid: str, status: str, now: datetime) -> None:
    """Take the carrier's id and status, never moving backward."""
    text.carrier_sid = text.carrier_sid or sid
    text.leased_until = None
    rank = rules.RANKS.get(status, rules.RANKS["accepted"])
    state = rules.state_for(status)
    if rank > text.carrier_rank or text.state in {"sending", "unknown"}:
        if text.state != state and rules.may_move(text.state, state):
            text.state = state
        text.carrier_rank = max(rank, text.carrier_rank)
    text.sent_at = text.sent_at or now
    if text.state == "delivered":
        text.delivered_at = text.delivered_at or now
    text.save()


def _queue_again(text: Text, outcome: RetryLater, now: datetime) -> None:
    # An answer may come after the lease has ended: what provably did not leave may wait again.
    if text.state not in {"sending", "unknown"}:
        return
    text.tries += 1
    if text.tries >= _MOST_TRIES:
        _fail(text, outcome.code, outcome.words)
        return
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2**text.tries) * random.uniform(0.8, 1.2)  # noqa: S311
    if outcome.after_seconds is not None:
        wait = max(wait, timedelta(seconds=outcome.after_seconds))
    text.state, text.leased_until, text.next_at = "queued", None, now + wait
    text.save()


def _refused(text: Text, outcome: Rejected, now: datetime) -> None:
    if outcome.kind is Kind.RETRY:
        _queue_again(text, RetryLater(None, outcome.words, outcome.code), now)
        return
    _fail(text, outcome.code, outcome.words)
    meaning = Meaning(outcome.code or 0, outcome.words, outcome.kind)
    _follow(text, meaning, text.clearance.number, now)


def _follow(text: Text, meaning: Meaning, source: str, now: datetime) -> None:
    """Draw what follows from an error beyond this text: a STOP, or a line that cannot send."""
    if meaning.kind is Kind.STOP:
        consent.hear_stop(
            number=text.clearance.number,
            facility_id=text.facility_id,
            source=f"{meaning.code}:{source}",
            at=now,
            text="",
            now=now,
        )
    elif meaning.kind is Kind.ACCOUNT and text.line is not None and text.line.paused_at is None:
        facilities.pause_line(line=text.line, reason=meaning.words, by=_BY, now=now)


def _fail(text: Text, code: int | None, words: str) -> None:
    if not rules.may_move(text.state, "failed"):
        return
    text.state, text.leased_until = "failed", None
    text.error_code = text.error_code or _digits(code)
    text.error_words = text.error_words or words[:300]
    text.save()


def _become_unknown(text: Text, now: datetime) -> None:
    if rules.may_move(text.state, "unknown"):
        text.state, text.leased_until, text.next_at = "unknown", None, now
        text.save()


def _digits(code: int | None) -> str:
    return "" if code is None else str(code)
