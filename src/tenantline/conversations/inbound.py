"""Working on what came in: consent hears the keyword first, then the text joins its thread (R8).

One transaction per call. A call that cannot be worked on stays open, is tried again, and closes
the gate for its number until somebody has read it.
"""

from __future__ import annotations

import re
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F

from tenantline.carrier import blocks
from tenantline.consent import actions as consent
from tenantline.consent import queries as consent_queries
from tenantline.consent import revocation, unclear
from tenantline.consent.actions import Started
from tenantline.consent.revocation import Decision
from tenantline.consent.services import Purpose
from tenantline.consent.wording import CONFIRMATION, HELP, SERVICE_NAMES
from tenantline.conversations.models import Conversation, Message, Stray
from tenantline.conversations.writing import conversation_with, write
from tenantline.facilities.models import Line
from tenantline.facilities.scope import EVERYWHERE
from tenantline.feed import actions as feed
from tenantline.intake import actions as intake
from tenantline.intake import files
from tenantline.intake.files import Named
from tenantline.intake.models import InboundCall, OtherContent
from tenantline.kernel import phone
from tenantline.kernel.actor import system
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import Refused
from tenantline.kernel.phone import Number
from tenantline.outbox import actions as outbox
from tenantline.outbox.actions import Wish
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant

_log = structlog.get_logger(__name__)
_BY = system("inbound")
_MEDIA = re.compile(r"MediaUrl(\d{1,3})", re.ASCII)
_HEARD_AS = {"revoke": "stop", "start": "start", "help": "help", "ask": "unclear", "nothing": ""}
_MOST_FILES = 10  # as many as Twilio takes with one text; more are believed only if they are named


def work_safely(*, call_id: int, now: datetime) -> bool:
    """Work on a stored call; on failure keep it open for another try. Return whether it worked."""
    try:
        work(call_id=call_id, now=now)
    except Exception as error:  # whatever it was, it must stop neither the others nor the worker
        _log.error("inbound call could not be worked on", call=call_id, exc_info=True)
        intake.mark_failed(call_id, error=f"{type(error).__name__}: {error}", now=now)
        return False
    return True


def work(*, call_id: int, now: datetime) -> None:
    """Work on one stored inbound call, once; a call worked on already is left alone."""
    revocation.prepare()
    with transaction.atomic():
        call = intake.take(call_id)
        if call is None:
            return
        intake.mark_worked(call, now=now)
        if not _was_worked_on(call):
            _work_first(call, now)
        for other in intake.take_others(call, now=now):
            _hear_other(call, other, now)


def _work_first(call: InboundCall, now: datetime) -> None:
    decision = revocation.decide(call.body, opt_out_type=call.params.get("OptOutType", ""))
    if decision.heard != "start":
        outbox.note_silence_before(call=call, now=now)  # R15: only START ends it
    started = _hear(call, decision, now)
    if decision.heard == "revoke":
        outbox.recheck(number=call.sender, now=now)
    named = _files(call)
    if named:
        files.expect(call=call, named=named, now=now)
    if call.line is None:
        Stray.objects.create(call=call, at=call.received_at)
        return
    blocks.note_keyword(line=call.line, number=call.sender, body=call.body, at=call.received_at)
    _join_thread(call, call.line, decision, now)
    if started.counted:
        _confirm(started, call, now)
    elif decision.heard == "help" and call.line.answers_help:
        _help(call, call.line, now)


def _was_worked_on(call: InboundCall) -> bool:
    """Tell whether a call is open once more only because of what came again under its id."""
    if not call.differs:
        return False
    return Message.objects.filter(call=call).exists() or Stray.objects.filter(call=call).exists()


def _hear_other(call: InboundCall, other: OtherContent, now: datetime) -> None:
    """Honour a revocation in what came again with other content; let open pages show the flag."""
    decision = revocation.decide(other.body, opt_out_type=other.params.get("OptOutType", ""))
    _hear_withdrawal(other, call, decision, now)
    if decision.heard == "revoke":
        outbox.recheck(number=other.sender, now=now)
    message = Message.objects.select_related("conversation").filter(call=call).first()
    if message is not None:
        thread = message.conversation
        feed.tell(facility_id=thread.facility_id, topic="message", ref=thread.pk, now=now)


def _hear(call: InboundCall, decision: Decision, now: datetime) -> Started:
    """Let consent hear what was decided, before anything else happens with the text."""
    if decision.heard == "start" and call.line is not None:
        return consent.hear_start(call=call, facility_id=call.line.facility_id, now=now)
    _hear_withdrawal(call, call, decision, now)
    return Started()


def _hear_withdrawal(
    said: InboundCall | OtherContent, call: InboundCall, decision: Decision, now: datetime
) -> None:
    """Let consent hear what ends or may end it, as it was said in a call."""
    if decision.heard == "revoke":
        consent.hear_stop(
            number=said.sender,
            facility_id=call.line.facility_id if call.line else None,
            source=call.message_sid,
            at=said.received_at,
            text=said.body,
            now=now,
            words=decision.words,
            pattern=decision.why,
        )
    elif decision.heard == "ask":
        unclear.hear_unclear(
            number=said.sender,
            source=call.message_sid,
            at=said.received_at,
            text=said.body,
            decision=decision,
            now=now,
        )


def _join_thread(call: InboundCall, line: Line, decision: Decision, now: datetime) -> None:
    conversation = conversation_with(facility_id=line.facility_id, number=call.sender, now=now)
    message = Message.objects.create(
        conversation=conversation,
        direction="in",
        at=call.received_at,
        body=call.body,
        media=[{"url": one.url, "type": one.declared} for one in _files(call)],
        call=call,
        line=line,
        heard_as=_HEARD_AS[decision.heard],
        heard_words=decision.words[:200],
    )
    holders = tenants.holders(call.sender, facility_id=line.facility_id)
    message.tenants.add(*(period.tenant for period in holders))
    Conversation.objects.filter(pk=conversation.pk).update(
        last_at=now, last_inbound_at=call.received_at, unread=F("unread") + 1
    )
    feed.tell(facility_id=line.facility_id, topic="message", ref=conversation.pk, now=now)


def _files(call: InboundCall) -> list[Named]:
    """Return the call's pictures and other files.

    A text that only a reading has found says how many it has; where they are is asked later.
    """
    nths = {int(m[1]) for m in map(_MEDIA.fullmatch, call.params) if m}
    told = whole_number(call.params.get("NumMedia", ""), most=3) or 0
    nths |= set(range(min(told, _MOST_FILES)))
    return [
        Named(call.params.get(f"MediaUrl{n}", ""), call.params.get(f"MediaContentType{n}", ""))
        for n in sorted(nths)
    ]


def _confirm(started: Started, call: InboundCall, now: datetime) -> None:
    """R16: ask for the one confirmation of a START, in START's own transaction.

    Where several share the phone it is written to the first who may get it.
    """
    any(
        _ask(tenant, _confirmation(tenant, now), "confirmation", call, now)
        for tenant in started.tenants
    )


def _confirmation(tenant: Tenant, now: datetime) -> str:
    shown = consent_queries.of(tenant=tenant, scope=EVERYWHERE, now=now)
    names = SERVICE_NAMES[tenant.language]
    services = ", ".join(names[s] for s, active in shown.services.items() if active)
    return CONFIRMATION[tenant.language].format(facility=tenant.facility.name, services=services)


def _help(call: InboundCall, line: Line, now: datetime) -> None:
    """R16: answer HELP where the carrier does not, to a number with active consent."""
    office = phone.national(Number(line.facility.phone or line.number))
    holders = [p.tenant for p in tenants.holders(call.sender, facility_id=line.facility_id)]
    any(
        _ask(
            tenant,
            HELP[tenant.language].format(facility=line.facility.name, office=office),
            "help",
            call,
            now,
        )
        for tenant in holders
    )


def _ask(tenant: Tenant, body: str, purpose: Purpose, call: InboundCall, now: datetime) -> bool:
    """Ask for a reply; return whether it was queued."""
    wish = Wish(
        tenant=tenant,
        body=body,
        purpose=purpose,
        automatic=True,
        cause=f"inbound:{call.message_sid}",
        answers_at=call.received_at if purpose == "confirmation" else None,
    )
    try:
        with transaction.atomic():
            write(wish=wish, by=_BY, now=now)
    except Refused as refused:
        # The START itself counts all the same; that its answer could not be queued is shown.
        _log.warning("reply refused", purpose=purpose, code=refused.code, call=call.pk)
        return False
    return True
