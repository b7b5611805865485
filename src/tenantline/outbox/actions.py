"""The one door out: asking for a text. ``conversations`` alone calls ``request``.

What leaves, and when, is decided in ``dispatch``; how an outcome is kept, in ``settle``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tenantline.consent import gate, silence
from tenantline.consent.cleared import Cleared, Refusal
from tenantline.consent.services import Purpose
from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Line
from tenantline.feed import actions as feed
from tenantline.intake.models import InboundCall
from tenantline.kernel import segments
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import Refused
from tenantline.outbox import causes, mass_texts, queries, quiet_hours, rules
from tenantline.outbox.mass_texts import Counted
from tenantline.outbox.models import Text, WorkerBeat
from tenantline.outbox.quiet_hours import Window
from tenantline.tenants.models import Tenant


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A text somebody wants to leave.

    ``automatic``: no person stands behind it right now, so R6's hours bind it. ``cause`` is
    ``kind:id`` of what it is due to. ``first_reply``: it answers a tenant who wrote within a day
    (R5). ``wrote_lately``: the tenant wrote within the hour (R6). ``money``: it names an amount of
    the tenant's account, and never leaves at night (R6). ``answers_at`` is when the START came
    that a confirmation answers (R16).
    """

    tenant: Tenant
    body: str
    purpose: Purpose
    automatic: bool
    cause: str = ""
    first_reply: bool = False
    wrote_lately: bool = False
    money: bool = False
    quiet_hours_reason: str = ""
    answers_at: datetime | None = None
    valid_until: datetime | None = None


def request(*, wish: Wish, by: Actor, now: datetime) -> Text:
    """R1: ask the gate and queue the text with its clearance. Needs the caller's transaction.

    Raises:
        BadInput: the body is empty or too long.
        Refused: the gate, R5 or R6 says no, or the facility has no line that sends.
    """
    body = rules.checked_body(wish.body)
    _sending_line(wish.tenant.facility_id)
    cleared = gate.clear(tenant=wish.tenant, purpose=wish.purpose, left=queries.last_left, now=now)
    if isinstance(cleared, Refusal):
        raise Refused(cleared.code, cleared.sentence)
    _refuse_without_cause(wish.cause)
    counted = _counted(wish, body, now)
    timing = _timing(wish, cleared, now)
    return Text.objects.create(
        clearance_id=cleared.clearance_id,
        facility_id=wish.tenant.facility_id,
        body=body,
        segments=segments.measure(body).segments,
        priority=_priority(wish),
        automatic=wish.automatic,
        cause=wish.cause,
        author_kind=by.kind,
        author_ref=by.ref,
        author_name=by.name,
        quiet_hours_reason=wish.quiet_hours_reason.strip()[:300],
        wording_key=counted.wording_key,
        alike_key=counted.alike_key,
        wording=counted.wording,
        wording_plain=counted.wording_plain,
        counts_as_mass=counted != mass_texts.NOT_COUNTED,
        any_hour_until=timing.any_hour_until,
        not_before=timing.not_before,
        valid_until=timing.valid_until,
        next_at=timing.not_before or now,
        waits_for="quiet_hours" if timing.not_before else "",
        created_at=now,
    )


def _sending_line(facility_id: int) -> Line:
    line = facilities.sending_line(facility_id)
    if line is None:
        raise Refused("line_paused", "This facility has no line to send by; connect one first.")
    if line.paused_at is not None:
        raise Refused("line_paused", f"The line is paused: {line.paused_reason or 'ask an owner.'}")
    return line


def _refuse_without_cause(cause: str) -> None:
    gone = causes.gone([cause])
    if cause in gone:
        raise Refused("cause_gone", gone[cause])


def _counted(wish: Wish, body: str, now: datetime) -> Counted:
    """R5: count a typed text that answers nobody, or refuse words that too many got just now."""
    if wish.purpose != "chat" or wish.first_reply:
        return mass_texts.NOT_COUNTED
    return mass_texts.count(tenant=wish.tenant, body=body, now=now)


@dataclass(frozen=True)
class _Timing:
    """R6: when a text may leave. Until ``any_hour_until`` the hours do not bind it."""

    not_before: datetime | None = None
    valid_until: datetime | None = None
    any_hour_until: datetime | None = None


def _timing(wish: Wish, cleared: Cleared, now: datetime) -> _Timing:
    """R6: return when the text may leave, or refuse a person's text in quiet hours."""
    hours = queries.hours_for(wish.tenant, wish.tenant.facility, cleared.number)
    window = quiet_hours.window_at(now, hours)
    following = quiet_hours.next_window(now, hours)
    if not wish.automatic and wish.money:
        return _by_day_alone(window)
    if not wish.automatic:
        return _Timing(any_hour_until=_awake_until(wish, window, following, now))
    until = wish.valid_until or quiet_hours.default_valid_until(now, hours)
    any_hour_until = wish.answers_at + rules.CONFIRMATION_ANY_HOUR if wish.answers_at else None
    if any_hour_until is not None and now < any_hour_until:
        return _Timing(None, max(until or any_hour_until, any_hour_until), any_hour_until)
    if following is None:
        raise Refused(
            "quiet_hours", "The hours of this tenant's possible time zones have nothing in common."
        )
    return _Timing(None if window else following.opens, until, any_hour_until)


def _by_day_alone(window: Window | None) -> _Timing:
    """R6: let a person's text that names an amount leave inside the hours, confirmed or not."""
    if window is None:
        raise Refused(
            "quiet_hours",
            "A text that names an amount leaves by day alone. Send it within texting hours.",
        )
    return _Timing()


def _awake_until(
    wish: Wish, window: Window | None, following: Window | None, now: datetime
) -> datetime:
    """R6: return until when a person's text may leave at any hour, or refuse it.

    What was written inside the hours and could not leave waits for the next ones, as a machine's
    text would: a line that comes back at night must not wake anybody.
    """
    if window is not None:
        return now + rules.LAST_WORDS
    if wish.quiet_hours_reason.strip():
        return following.opens if following else now + rules.REPLY_WINDOW
    if wish.wrote_lately:
        return now + rules.LATELY
    raise Refused(
        "quiet_hours",
        "It is outside texting hours where this tenant is. Confirm with a reason to send it now.",
    )


def _priority(wish: Wish) -> int:
    if wish.automatic and wish.purpose == "chat":
        return rules.AUTOMATIC_CHAT_PRIORITY
    return rules.PRIORITY[wish.purpose]


def withhold(*, text: Text, code: str, reason: str, now: datetime) -> bool:
    """Choose not to send a queued text; say whether it was still queued. Not a failure."""
    moved = Text.objects.filter(pk=text.pk, state="queued").update(
        state="withheld", reason_code=code, reason=reason[:300]
    )
    if moved:
        feed.tell(facility_id=text.facility_id, topic="status", ref=text.pk, now=now)
    return bool(moved)


def withdraw(*, text_ids: Collection[int], reason: str, now: datetime) -> int:
    """Say that nobody wants these texts sent any more; return how many were withheld at once.

    One that is on its way, or of which nobody knows, is withheld if it should ever wait again.
    """
    with transaction.atomic():
        rows = Text.objects.filter(pk__in=text_ids, state__in=["queued", "sending", "unknown"])
        rows.update(withdrawn=reason[:300])
        waiting = list(Text.objects.filter(pk__in=text_ids, state="queued"))
        return sum(withhold(text=t, code="withdrawn", reason=reason, now=now) for t in waiting)


# Refusals that pass by themselves: the text waits, and is asked for again.
_PASSING = {"unread_inbound": timedelta(milliseconds=300), "held": timedelta(seconds=30)}


def wait_after(refusal: Refusal) -> timedelta | None:
    """Return how long a refused text waits before the gate is asked again; None: withhold it."""
    return _PASSING.get(refusal.code)


def recheck(*, number: str, now: datetime) -> int:
    """Withhold what waits for a number and may not leave any more; return how many.

    Only makes early visible what the gate at dispatch decides anyway.
    """
    withheld = 0
    with transaction.atomic():
        waiting = list(queries.queued_for(number))
        ids = [text.clearance_id for text in waiting]
        answers = gate.ask_again(clearance_ids=ids, left=queries.last_left, now=now)
        for text in waiting:
            answer = answers[text.clearance_id]
            if isinstance(answer, Refusal) and wait_after(answer) is None:
                withheld += withhold(text=text, code=answer.code, reason=answer.sentence, now=now)
    return withheld


def withhold_out_of_date(*, now: datetime, limit: int = 500) -> int:
    """Withhold what has waited too long, also for a line that sends nothing; return how many."""
    late = Text.objects.filter(state="queued", valid_until__lte=now).order_by("valid_until")
    reason = "It could not leave in time and is out of date."
    return sum(
        withhold(text=text, code="out_of_date", reason=reason, now=now) for text in late[:limit]
    )


def recheck_waiting(*, now: datetime, limit: int = 500) -> int:
    """Withhold early what waits for a later hour and may not leave any more; return how many."""
    waiting = Text.objects.filter(state="queued", next_at__gt=now).order_by("next_at")
    numbers = waiting.values_list("clearance__number", flat=True)[:limit]
    return sum(recheck(number=number, now=now) for number in sorted(set(numbers)))


def note_silence(*, now: datetime, tenant: Tenant | None = None) -> int:
    """R15: note consents that have fallen silent: this tenant's, or a number of anybody's.

    Returns how many were looked at.
    """
    return silence.note(tenant=tenant, left=queries.last_left, now=now)


def note_silence_before(*, call: InboundCall, now: datetime) -> None:
    """R15: note what was silent until this text came. Needs the caller's transaction."""
    silence.note_before(call=call, left=queries.last_left, now=now)


def beat(*, worker: str, started_at: datetime, now: datetime, trouble: str = "") -> None:
    """Give a worker's sign of life; ``trouble`` says which of its loops fail, if any."""
    _, is_new = WorkerBeat.objects.update_or_create(
        name=worker,
        defaults={"started_at": started_at, "beat_at": now, "trouble": trouble[:300]},
    )
    if is_new:
        WorkerBeat.objects.filter(beat_at__lt=now - rules.FORGET_WORKERS_AFTER).delete()


def rest(*, worker: str) -> None:
    """Say that a worker has ended in order; one that has died says nothing."""
    WorkerBeat.objects.filter(name=worker).delete()
