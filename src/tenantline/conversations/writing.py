"""Putting a text into the outbox and its conversation: what ``send`` and START's answer share."""

from __future__ import annotations

from datetime import datetime

from tenantline.conversations.models import Conversation, Message
from tenantline.feed import actions as feed
from tenantline.kernel.actor import Actor
from tenantline.outbox import actions as outbox
from tenantline.outbox.actions import Wish


def write(*, wish: Wish, by: Actor, now: datetime) -> Message:
    """Queue a text and put it into its conversation. Needs the caller's transaction."""
    text = outbox.request(wish=wish, by=by, now=now)
    conversation = conversation_with(
        facility_id=wish.tenant.facility_id, number=text.clearance.number, now=now
    )
    message = Message.objects.create(
        conversation=conversation, direction="out", at=now, body=text.body, text=text
    )
    message.tenants.add(wish.tenant)
    Conversation.objects.filter(pk=conversation.pk).update(last_at=now)
    feed.tell(facility_id=conversation.facility_id, topic="message", ref=conversation.pk, now=now)
    return message


def conversation_with(*, facility_id: int, number: str, now: datetime) -> Conversation:
    """Return the conversation of a number with a facility, beginning it where it is new."""
    found, _ = Conversation.objects.get_or_create(
        facility_id=facility_id, number=number, defaults={"last_at": now}
    )
    return found
