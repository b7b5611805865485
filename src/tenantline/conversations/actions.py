"""Writing conversations. ``send`` is the only way a text gets into the outbox."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from tenantline.audit import actions as audit
from tenantline.consent import actions as consent
from tenantline.consent.services import Purpose
from tenantline.conversations import inbound, queries, rules
from tenantline.conversations.models import Conversation, IdempotencyKey, Message
from tenantline.conversations.writing import write
from tenantline.facilities import queries as facilities
from tenantline.feed import actions as feed
from tenantline.intake import queries as intake
from tenantline.kernel import phone
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, NotFound, Refused
from tenantline.outbox import actions as outbox
from tenantline.outbox.actions import Wish
from tenantline.outbox.rules import checked_body
from tenantline.staff.models import Staff
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A text as somebody asks for it.

    ``automatic``: no person stands behind it now (R6). ``quiet_hours_reason`` is what a person
    gave for texting outside the hours. ``money``: it names an amount of the account (R6).
    ``cause`` is what it is due to (``outbox.causes``). ``idempotency_key`` makes a repeat give the
    same message. ``seen_until`` is the id of the newest message the writer had on screen, if known.
    """

    body: str
    purpose: Purpose = "chat"
    automatic: bool = False
    cause: str = ""
    money: bool = False
    quiet_hours_reason: str = ""
    idempotency_key: str = ""
    seen_until: int | None = None


@dataclass(frozen=True)
class Sent:
    """A text that was asked for. ``repeated``: an earlier request with the same key made it."""

    message: Message
    repeated: bool = False


def send(*, tenant: Tenant, draft: Draft, by: Actor, now: datetime, key_owner: str = "") -> Sent:
    """Ask for a text to a tenant; it is queued with its clearance, or refused.

    What has come in from this number and waits to be worked on is worked on first, so that the
    gate judges by what the tenant has said. ``key_owner`` is whose idempotency keys count
    (a token's id); by default the actor's.

    Raises:
        BadInput: the body cannot be sent, or the idempotency key was used for another text.
        Refused: the gate, R5, R6 or the line says no; the refusal is in the audit log.
    """
    checked_body(draft.body)
    _catch_up(tenant, now)
    outbox.note_silence(tenant=tenant, now=now)
    try:
        with transaction.atomic():
            return _send(tenant, draft, by, now, key_owner or by.ref)
    except Refused as refused:
        audit.record(
            act="text.refused",
            by=by,
            now=now,
            facility_id=tenant.facility_id,
            subject=f"tenant:{tenant.pk}",
            code=refused.code,
        )
        raise


def withdraw(*, messages: Iterable[Message], reason: str, now: datetime) -> int:
    """Say that nobody wants these texts sent any more; return how many were withheld at once."""
    ids = [message.text_id for message in messages if message.text_id is not None]
    return outbox.withdraw(text_ids=ids, reason=reason, now=now)


def _catch_up(tenant: Tenant, now: datetime) -> None:
    period = tenants.current_period(tenant.pk)
    for call_id in intake.unread_from(period.number) if period else ():
        inbound.work_safely(call_id=call_id, now=now)


def _send(tenant: Tenant, draft: Draft, by: Actor, now: datetime, key_owner: str) -> Sent:
    # One writer per tenant at a time: two repeats of a key, or two replies, cannot both be first.
    tenant = (
        Tenant.objects.select_for_update(of=("self",), no_key=True)
        .select_related("facility")
        .get(pk=tenant.pk)
    )
    known = _known(draft, tenant, key_owner)
    if known is not None:
        return Sent(known.message, repeated=True)
    _refuse_blind_reply(tenant, draft)
    message = write(wish=_wish(tenant, draft, now), by=by, now=now)
    if draft.idempotency_key:
        _keep_key(draft, tenant, key_owner, message, now)
    return Sent(message)


def _keep_key(
    draft: Draft, tenant: Tenant, key_owner: str, message: Message, now: datetime
) -> None:
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(
                token_ref=key_owner,
                key=draft.idempotency_key,
                fingerprint=_fingerprint(draft, tenant),
                message=message,
                created_at=now,
            )
    except IntegrityError as taken:
        # The tenant is locked, so whoever took the key just now did so for another tenant's text.
        raise _other_text() from taken


def mark_read(*, conversation: Conversation, by: Actor, now: datetime) -> None:
    """Say that somebody at the office has read a conversation."""
    read = Conversation.objects.filter(pk=conversation.pk, unread__gt=0).update(
        unread=0, read_at=now, read_by=by.name
    )
    if read:
        feed.tell(facility_id=conversation.facility_id, topic="read", ref=conversation.pk, now=now)


def mark_unread(*, conversation: Conversation, by: Actor, now: datetime) -> None:
    """Put a conversation back among the unread ones."""
    Conversation.objects.filter(pk=conversation.pk, unread=0).update(unread=F("unread") + 1)
    feed.tell(facility_id=conversation.facility_id, topic="read", ref=conversation.pk, now=now)


def assign(*, conversation: Conversation, to: Staff | None, by: Actor, now: datetime) -> None:
    """Give a conversation to a colleague who works at its facility, or (None) to nobody.

    Raises:
        BadInput: the colleague does not work at this facility, or has left.
    """
    if to is not None and to not in facilities.members(conversation.facility_id):
        raise BadInput(f"{to.username} does not work at this facility.", field="to")
    with transaction.atomic():
        Conversation.objects.filter(pk=conversation.pk).update(assigned_to=to)
        _note_assignment(conversation, to, by, now)


def unassign_all(*, member: Staff, by: Actor, now: datetime) -> int:
    """Take a staff member who leaves off every conversation; return how many there were."""
    theirs = list(Conversation.objects.filter(assigned_to=member))
    with transaction.atomic():
        Conversation.objects.filter(assigned_to=member).update(assigned_to=None)
        for conversation in theirs:
            _note_assignment(conversation, None, by, now)
    return len(theirs)


def _note_assignment(
    conversation: Conversation, to: Staff | None, by: Actor, now: datetime
) -> None:
    audit.record(
        act="conversation.assigned",
        by=by,
        now=now,
        facility_id=conversation.facility_id,
        subject=f"conversation:{conversation.pk}",
        to=to.username if to else "",
    )
    feed.tell(facility_id=conversation.facility_id, topic="read", ref=conversation.pk, now=now)


def link(*, conversation: Conversation, tenant: Tenant, by: Actor, now: datetime) -> None:
    """Say whose number an unknown sender's is: it becomes the tenant's mobile number.

    R4: a number the tenant had before is closed, and its consent with it. The conversation's
    texts appear on the tenant's page. Nothing here opts anybody in.

    Raises:
        NotFound: the tenant belongs to another facility.
        BadInput: the sender is a short code or name, which nobody can be texted at.
    """
    if tenant.facility_id != conversation.facility_id:
        raise NotFound("There is no such tenant at this facility.")
    if not conversation.number.startswith("+"):
        raise BadInput("This sender is a short code or a name, not a person's mobile number.")
    with transaction.atomic():
        number = phone.parse(conversation.number)
        consent.change_number(tenant=tenant, number=number, by=by, now=now)
        for message in conversation.messages.filter(tenants=None):
            message.tenants.add(tenant)
        audit.record(
            act="conversation.linked",
            by=by,
            now=now,
            facility_id=conversation.facility_id,
            subject=f"conversation:{conversation.pk}",
            tenant=tenant.pk,
        )
        feed.tell(
            facility_id=conversation.facility_id, topic="message", ref=conversation.pk, now=now
        )


def _wish(tenant: Tenant, draft: Draft, now: datetime) -> Wish:
    return Wish(
        tenant=tenant,
        body=draft.body,
        purpose=draft.purpose,
        automatic=draft.automatic,
        cause=draft.cause,
        money=draft.money,
        first_reply=rules.is_first_reply(_unanswered_since(tenant), now),
        wrote_lately=rules.wrote_lately(queries.last_wrote(tenant.pk), now),
        quiet_hours_reason=draft.quiet_hours_reason,
    )


def _unanswered_since(tenant: Tenant) -> datetime | None:
    period, line = tenants.current_period(tenant.pk), facilities.sending_line(tenant.facility_id)
    if period is None or line is None:
        return None  # then nothing leaves anyway
    return queries.unanswered_since(tenant.pk, number=period.number, line_id=line.pk)


def _refuse_blind_reply(tenant: Tenant, draft: Draft) -> None:
    """Stop a reply written before the newest texts were on screen."""
    if draft.seen_until is None:
        return
    newest = queries.newest_message_id(tenant.pk)
    if newest > draft.seen_until:
        raise Refused("new_texts", "New texts came while you were writing; read them, then send.")


def _known(draft: Draft, tenant: Tenant, key_owner: str) -> IdempotencyKey | None:
    if not draft.idempotency_key:
        return None
    if len(draft.idempotency_key) > 255:
        raise BadInput("An idempotency key has at most 255 characters.", field="Idempotency-Key")
    known = (
        IdempotencyKey.objects.select_related("message")
        .filter(token_ref=key_owner, key=draft.idempotency_key)
        .first()
    )
    if known is not None and known.fingerprint != _fingerprint(draft, tenant):
        raise _other_text()
    return known


def _other_text() -> BadInput:
    return BadInput(
        "This idempotency key was used for another text.",
        code="idempotency_mismatch",
        field="Idempotency-Key",
    )


def _fingerprint(draft: Draft, tenant: Tenant) -> str:
    plain = replace(draft, idempotency_key="", seen_until=None)
    return hashlib.sha256(f"{tenant.pk}\x00{plain}".encode()).hexdigest()
