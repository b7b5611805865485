"""Keeping what became of a text: the carrier's answers and its status callbacks (R7, R9)."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, QuerySet

from tenantline.carrier import blocks, codes
from tenantline.carrier.codes import Kind, Meaning
from tenantline.carrier.types import Accepted, Outcome, Rejected, RetryLater
from tenantline.consent import actions as consent
from tenantline.consent import parking
from tenantline.consent.parking import Sign
from tenantline.facilities import actions as facilities
from tenantline.facilities import queries as lines
from tenantline.feed import actions as feed
from tenantline.intake.models import StatusCall
from tenantline.kernel import many, phone
from tenantline.kernel.actor import system
from tenantline.kernel.phone import Number
from tenantline.outbox import pacing, rules
from tenantline.outbox.models import Attempt, Text

_BY = system("dispatch")
_FIRST_WAIT: Final = timedelta(seconds=1)
_LONGEST_WAIT: Final = timedelta(minutes=5)
_QUEUE_IS_FULL_FOR: Final = timedelta(minutes=5)
_MOST_TRIES: Final = 12
# As long as that nothing but the carrier or the network may be in the way of a person's text.
_GIVE_UP_AFTER: Final = timedelta(hours=24)


def settle(*, attempt_id: int, outcome: Outcome, now: datetime) -> None:
    """Keep the outcome of one attempt (see ``settle_all``)."""
    settle_all({attempt_id: outcome}, now=now)


def settle_all(outcomes: Mapping[int, Outcome], *, now: datetime) -> None:
    """Keep the outcomes of attempts, by their ids, in one transaction.

    Only what was provably not taken is queued again; an unclear outcome is ``unknown``. An answer
    to an attempt that another has followed says nothing of the text, unless the carrier took it.
    """
    with transaction.atomic():
        concerned = Attempt.objects.filter(pk__in=outcomes)
        texts = {text.pk: text for text in _locked(pk__in=concerned.values("text_id"))}
        # Read after the texts are locked: what gives a text back to the queue locks it too.
        attempts = list(concerned.exclude(outcome="expired").order_by("pk"))
        newest = _newest_attempts(texts)
        for attempt in attempts:
            text, outcome = texts[attempt.text_id], outcomes[attempt.pk]
            _note(attempt, outcome, now)
            _apply(text, outcome, attempt, overtaken=newest[text.pk] > attempt.pk, now=now)
        _save_noted(attempts)
        _save_taken(texts[a.text_id] for a in attempts if isinstance(outcomes[a.pk], Accepted))
        feed.tell_all([(t.facility_id, "status", t.pk) for t in texts.values()], now=now)


def _newest_attempts(text_ids: Collection[int]) -> dict[int, int]:
    rows = Attempt.objects.filter(text_id__in=text_ids).order_by()
    return dict(rows.values_list("text_id").annotate(Max("pk")))


def _apply(
    text: Text, outcome: Outcome, attempt: Attempt, *, overtaken: bool, now: datetime
) -> None:
    match outcome:
        case Accepted():
            _take(text, outcome.sid, outcome.status, now)
        case _ if overtaken:
            pass
        case RetryLater():
            _uncount(text, attempt)
            _queue_again(text, outcome, now)
        case Rejected():
            _uncount(text, attempt)
            _refused(text, outcome, now)
        case _:
            _become_unknown(text, now)


def _locked(**which: object) -> QuerySet[Text]:
    """Lock texts in the order of their ids, so that nobody waits for another in a circle."""
    # Their clearances and lines are asked of a few that were refused, hardly ever of all.
    return Text.objects.select_for_update().filter(**which).order_by("pk")


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


def _save_noted(attempts: Iterable[Attempt]) -> None:
    names = ["ended_at", "outcome", "carrier_sid", "code", "http_status"]
    rows = [(a.ended_at, a.outcome, a.carrier_sid, a.code, a.http_status, a.pk) for a in attempts]
    many.update(Attempt, names, rows)


def _save_taken(texts: Iterable[Text]) -> None:
    """Write what ``_take`` changes."""
    names = [
        *("carrier_sid", "carrier_rank", "state", "leased_until"),
        *("waits_for", "sent_at", "delivered_at"),
    ]
    many.update(Text, names, [[*(getattr(t, name) for name in names), t.pk] for t in texts])


def _uncount(text: Text, attempt: Attempt) -> None:
    """What did not leave takes nothing from the line's day."""
    pacing.give_back(line_id=text.line_id, segments=text.segments, taken_at=attempt.started_at)


def apply_status(*, call: StatusCall, now: datetime) -> None:
    """R9: apply one stored callback. Needs the caller's transaction.

    The attempt's token in its path finds the text even before the SID is committed. A status
    that does not rank above what is known changes nothing; the first error is kept.
    """
    text = _text_of(call)
    if text is None:
        return
    code = int(call.error_code) if _is_code(call.error_code) else None
    attempt = text.attempts.filter(token=call.attempt_token).first()
    if code is None or not _took_back(text, attempt, call.message_sid, call.status, code, now):
        adopt(text, call.message_sid, call.status, now)
        if code is not None:
            _hear_error(text, call, codes.meaning_of(code), now)
    feed.tell(facility_id=text.facility_id, topic="status", ref=text.pk, now=now)


def hear(*, text: Text, status: str, code: int | None, now: datetime) -> None:
    """Keep what the carrier said of a text when it was asked. Needs the caller's transaction."""
    sid = text.carrier_sid or ""
    attempt = text.attempts.filter(carrier_sid=sid).last() or text.attempts.last()
    if code is not None and _took_back(text, attempt, sid, status, code, now):
        return
    adopt(text, sid, status, now)
    if code is not None and not text.error_code:
        keep_error(text, codes.meaning_of(code), sid, now)


def _is_code(words: str) -> bool:
    return words.isascii() and words.isdecimal()


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


def _took_back(
    text: Text, attempt: Attempt | None, sid: str, status: str, code: int, now: datetime
) -> bool:
    """Queue a text again that the carrier took and gave back unsent; say whether it did.

    30036: nobody sent it within its validity; a machine's text goes back through the gate.
    30023: the carriers' day is full; it waits for the next one.
    """
    at = _again_at(text, status, code, now)
    if at is None or attempt is None or text.tries >= _MOST_TRIES:
        return False
    if text.state not in {"sending", "unknown", "sent"}:
        return False
    attempt.outcome, attempt.code, attempt.carrier_sid = "expired", str(code), sid
    attempt.ended_at = attempt.ended_at or now
    attempt.save()
    _uncount(text, attempt)
    text.state, text.next_at, text.tries = "queued", at, text.tries + 1
    if code == codes.DAY_IS_FULL:
        text.waits_for, text.not_before = "day", at
    text.carrier_sid, text.carrier_rank, text.sent_at, text.leased_until = None, 0, None, None
    text.save()
    return True


def _again_at(text: Text, status: str, code: int, now: datetime) -> datetime | None:
    if rules.state_for(status) not in {"undelivered", "failed"}:
        return None
    if code == codes.EXPIRED and text.automatic:
        return now
    return pacing.reset_after(now) if code == codes.DAY_IS_FULL else None


def sweep_leases(*, now: datetime) -> int:
    """Settle texts whose sender is gone (R7): with an open attempt they are ``unknown``."""
    swept = 0
    expired = Text.objects.filter(state="sending", leased_until__lt=now)
    for text_id in list(expired.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            text = _locked(pk=text_id).get()
            if text.state == "sending" and text.leased_until and text.leased_until < now:
                _lose(text, now)
                feed.tell(facility_id=text.facility_id, topic="status", ref=text.pk, now=now)
                swept += 1
    return swept


def _lose(text: Text, now: datetime) -> None:
    if text.attempts.filter(ended_at=None).exists():
        _become_unknown(text, now)
        return
    text.state, text.leased_until, text.next_at = "queued", None, now
    text.save()


def _text_of(call: StatusCall) -> Text | None:
    """Return the text that a callback is about, None where there is none, or no more.

    The SID comes first: where the same words went out twice and one text was taken for the other,
    each still has one SID of its own. An attempt whose text the carrier gave back says no more.
    """
    rows = Text.objects.select_for_update(of=("self",)).select_related("clearance", "line")
    holder = rows.filter(carrier_sid=call.message_sid).first()
    if holder is not None:
        return holder
    attempt = Attempt.objects.filter(token=call.attempt_token).exclude(outcome="expired").first()
    text = rows.filter(pk=attempt.text_id).first() if attempt else None
    # Asked of the locked row: while we waited for it, somebody else may have brought this very SID.
    return text if text is not None and text.carrier_sid in {None, call.message_sid} else None


def adopt(text: Text, sid: str, status: str, now: datetime) -> None:
    """Take the carrier's id and status, never moving backward, and save the text."""
    _take(text, sid, status, now)
    text.save()


def _take(text: Text, sid: str, status: str, now: datetime) -> None:
    text.carrier_sid = text.carrier_sid or sid or None
    text.leased_until = None
    rank = rules.RANKS.get(status, rules.RANKS["accepted"])
    state = rules.state_for(status)
    if rank > text.carrier_rank or text.state in {"sending", "unknown"}:
        if text.state != state and rules.may_move(text.state, state):
            text.state = state
        text.carrier_rank = max(rank, text.carrier_rank)
    text.waits_for = ""
    text.sent_at = text.sent_at or now
    if text.state == "delivered":
        text.delivered_at = text.delivered_at or now


def _queue_again(text: Text, outcome: RetryLater, now: datetime) -> None:
    # An answer may come after the lease has ended: what provably did not leave may wait again.
    if text.state not in {"sending", "unknown"}:
        return
    text.tries += not outcome.at_once
    if text.tries >= _MOST_TRIES and now - text.created_at > _GIVE_UP_AFTER:
        _fail(text, outcome.code, outcome.words)
        return
    text.state, text.leased_until, text.next_at, text.waits_for = "queued", None, now, ""
    if not outcome.at_once:
        _wait_again(text, outcome, now)
    text.save()


def _wait_again(text: Text, outcome: RetryLater, now: datetime) -> None:
    """Say when a text is tried again: its line waits where the line was too fast, else it alone.

    While the line waits, the text keeps its place before the others.
    """
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(text.tries, 16))
    if outcome.after_seconds is not None:
        wait = max(wait, timedelta(seconds=outcome.after_seconds))
    wait *= random.uniform(1.0, 1.3)  # noqa: S311 - so that not all come back at once
    too_many = outcome.code == codes.TOO_MANY or outcome.after_seconds is not None
    if text.line is not None and (too_many or outcome.code in codes.QUEUE_FULL):
        pacing.hold_back(line=text.line, until=now + wait, whole_account=too_many)
        return
    text.next_at, text.waits_for = now + wait, "retry"


def _refused(text: Text, outcome: Rejected, now: datetime) -> None:
    if outcome.kind is Kind.RETRY:
        wait = _QUEUE_IS_FULL_FOR.total_seconds() if outcome.code in codes.QUEUE_FULL else None
        _queue_again(text, RetryLater(wait, outcome.words, outcome.code), now)
        return
    _fail(text, outcome.code, outcome.words)
    meaning = Meaning(outcome.code or 0, outcome.words, outcome.kind)
    _follow(text, meaning, text.clearance.number, now)


def _follow(text: Text, meaning: Meaning, source: str, now: datetime) -> None:
    """Draw what follows from an error beyond this text.

    A STOP, a number that may be somebody else's by now, or a line that cannot send.
    """
    number = text.clearance.number
    if meaning.kind is Kind.STOP:
        if text.line is not None:
            number = text.clearance.number
            blocks.note_refusal(line=text.line, number=number, code=meaning.code, at=now)
        consent.hear_stop(
            number=number,
            facility_id=text.facility_id,
            source=f"{meaning.code}:{source}",
            at=now,
            text="",
            now=now,
        )
    elif meaning.code in codes.SOMEBODY_ELSES:
        sign = Sign(why=meaning.words, source=f"{meaning.code}:{source}")
        parking.park(number=number, sign=sign, at=now, now=now)
    elif _is_ours(meaning, number):
        _pause(text, meaning, now)


def _is_ours(meaning: Meaning, number: str) -> bool:
    """Tell whether an error is the account's or the line's, whoever was to get the text."""
    if meaning.code == codes.NO_PERMISSION:
        return phone.is_american(Number(number))
    return meaning.kind is Kind.ACCOUNT


def _pause(text: Text, meaning: Meaning, now: datetime) -> None:
    """Pause the line, or every line of the account: the others would lose a text each.

    What is told late of a text from before somebody resumed a line says nothing of it now.
    """
    if text.line is None:
        return
    concerned = [text.line]
    if meaning.code in codes.ACCOUNT_WIDE:
        concerned = lines.lines_of_account(text.line.account_sid)
    for line in concerned:
        line.refresh_from_db(fields=["paused_at", "resumed_at"])
        left, resumed = text.claimed_at, line.resumed_at
        is_old = resumed is not None and left is not None and left < resumed
        if line.paused_at is None and line.sending and not is_old:
            facilities.pause_line(line=line, reason=meaning.words, by=_BY, now=now)


def _fail(text: Text, code: int | None, words: str) -> None:
    if not rules.may_move(text.state, "failed"):
        return
    text.state, text.leased_until, text.waits_for = "failed", None, ""
    text.error_code = text.error_code or _digits(code)
    text.error_words = text.error_words or words[:300]
    text.save()


def _become_unknown(text: Text, now: datetime) -> None:
    if rules.may_move(text.state, "unknown"):
        text.state, text.leased_until, text.next_at = "unknown", None, now
        text.save()


def _digits(code: int | None) -> str:
    return "" if code is None else str(code)
