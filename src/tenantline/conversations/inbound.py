"""Working on what came in: consent hears the keyword first, then the text joins its thread (R8).

One transaction per call. A call that cannot be worked on stays open, is tried again, and closes
the gate for its number until somebody has read it.
"""

from __future__ import annotations

import re
from datetime import datetime

import structlog
from django.db import DatabaseError, transaction
from django.db.models import F

from tenantline.consent import actions as consent
from tenantline.consent import keywords
from tenantline.consent import queries as consent_queries
from tenantline.consent.actions import Started
from tenantline.consent.keywords import Reading
from tenantline.consent.services import Purpose
from tenantline.consent.wording import CONFIRMATION, HELP, SERVICE_NAMES
from tenantline.conversations.models import Conversation, Message, Stray
from tenantline.conversations.writing import conversation_with, write
from tenantline.facilities.models import Line
from tenantline.facilities.scope import EVERYWHERE
from tenantline.feed import actions as feed
from tenantline.intake import actions as intake
from tenantline.intake.models import InboundCall
from tenantline.kernel import phone
from tenantline.kernel.actor import system
from tenantline.kernel.errors import Refused, TenantlineError
from tenantline.kernel.phone import Number
from tenantline.outbox import actions as outbox
from tenantline.outbox.actions import Wish
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant

_log = structlog.get_logger(__name__)
_BY = system("inbound")
_MEDIA = re.compile(r"MediaUrl(\d+)")


def work_safely(*, call_id: int, now: datetime) -> bool:
    """Work on a stored call; on failure keep it open for another try. Return whether it worked."""
    try:
        work(call_id=call_id, now=now)
    except (TenantlineError, DatabaseError, ValueError, LookupError) as error:
        _log.error("inbound call could not be worked on", call=call_id, exc_info=True)
        intake.mark_failed(call_id, error=f"{type(error).__name__}: {error}", now=now)
        return False
    return True


def work(*, call_id: int, now: datetime) -> None:
    """Work on one stored inbound call, once; a call worked on already is left alone."""
    with transaction.atomic():
        call = intake.take(call_id)
        if call is None:
            return
        reading = keywords.read(call.body, opt_out_type=call.params.get("OptOutType", ""))
        intake.mark_worked(call, now=now)
        started = _hear(call, reading, now)
        if reading.heard == "stop":
            outbox.recheck(number=call.sender, now=now)
        if call.line is None:
            Stray.objects.create(call=call, at=call.received_at)
            return
        _join_thread(call, call.line, reading, now)
        if started.counted:
            _confirm(started, call, now)
        elif reading.heard == "help" and call.line.answers_help:
            _help(call, call.line, now)


def _hear(call: InboundCall, reading: Reading, now: datetime) -> Started:
    """Let consent hear the keyword, before anything else happens with the text."""
    if reading.heard == "stop":
        consent.hear_stop(
            number=call.sender,
            facility_id=call.line.facility_id if call.line else None,
            source=call.message_sid,
            at=call.received_at,
            text=call.body,
            now=now,
        )
    elif reading.heard == "start" and call.line is not None:
        return consent.hear_start(call=call, facility_id=call.line.facility_id, now=now)
    return Started()


def _join_thread(call: InboundCall, line: Line, reading: Reading, now: datetime) -> None:
    conversation = conversation_with(facility_id=line.facility_id, number=call.sender, now=now)
    message = Message.objects.create(
        conversation=conversation,
        direction="in",
        at=call.received_at,
        body=call.body,
        media=_media(call),
        call=call,
        line=line,
        heard_as=reading.heard if reading.heard != "nothing" else "",
    )
    holders = tenants.holders(call.sender, facility_id=line.facility_id)
    message.tenants.add(*(period.tenant for period in holders))
    Conversation.objects.filter(pk=conversation.pk).update(
        last_at=now, last_inbound_at=call.received_at, unread=F("unread") + 1
    )
    feed.tell(facility_id=line.facility_id, topic="message", ref=conversation.pk, now=now)


def _media(call: InboundCall) -> list[dict[str, str]]:
    names = sorted(int(m[1]) for m in map(_MEDIA.fullmatch, call.params) if m)
    return [
        {"url": call.params[f"MediaUrl{n}"], "type": call.params.get(f"MediaContentType{n}", "")}
        for n in names
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
