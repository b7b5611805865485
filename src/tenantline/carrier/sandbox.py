"""The sandbox carrier: takes texts as Twilio would and delivers them to handsets on a page.

It keeps Twilio's habits that matter to the story: a number that texted STOP to a line is blocked
there (21610) until it texts START, keywords are answered by the carrier itself, delivery is told
by status callbacks, and the list of messages can be read back. Posting the webhooks is the
``sandbox`` room's work; here are the facts and the forms.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from asgiref.sync import sync_to_async
from django.db.models import Q, QuerySet

from tenantline.carrier.blocks import START_WORDS, STOP_WORDS
from tenantline.carrier.codes import meaning_of
from tenantline.carrier.errors import CarrierProblem
from tenantline.carrier.models import DailyList, SandboxDeactivation, SandboxText
from tenantline.carrier.types import Accepted, Parcel, Rejected
from tenantline.carrier.webhooks import Form, inbound_form, status_form
from tenantline.facilities.models import Line
from tenantline.kernel.phone import Number
from tenantline.kernel.segments import measure

OUT, IN = SandboxText.Direction.OUT, SandboxText.Direction.IN

# Twilio's own keywords; only a text that is the single word counts.
_HELP_WORDS: Final = frozenset({"HELP", "INFO"})
_REPLIES: Final = {
    STOP_WORDS: "You are unsubscribed and will get no more messages from this number. "
    "Reply START to resubscribe.",
    START_WORDS: "You are resubscribed and will get messages from this number. "
    "Reply HELP for help, STOP to unsubscribe. Msg & data rates may apply.",
    _HELP_WORDS: "Reply STOP to unsubscribe. Msg & data rates may apply.",
}
_NEXT_STATUS: Final = {"queued": "sent", "sent": "delivered"}


@dataclass(frozen=True, slots=True)
class HandsetText:
    """A line of the story on a handset. ``from_carrier`` marks the carrier's own replies."""

    at: datetime
    line: Number
    body: str
    mine: bool
    from_carrier: bool = False


@dataclass(frozen=True, slots=True)
class DueCallback:
    """A status callback that has to be posted, signed with the token of ``account_sid``.

    ``at`` is when the text was taken.
    """

    at: datetime
    sid: str
    account_sid: str
    url: str
    status: str
    form: Form


@dataclass(frozen=True, slots=True)
class InboundCall:
    """A handset's text as Twilio would post it to the line's webhook."""

    sid: str
    account_sid: str
    form: Form


async def accept(number: Number, parcel: Parcel, *, at: datetime) -> Accepted | Rejected:
    """Take one text for a handset, or refuse it with 21610 where the handset has said STOP."""
    return await sync_to_async(_accept)(number, parcel, at)


def receive(
    handset: Number, line: Number, body: str, *, account_sid: str, at: datetime
) -> InboundCall:
    """Record a text from a handset to a line and return the webhook call that follows."""
    sid = _new_sid()
    SandboxText.objects.create(
        sid=sid,
        direction=IN,
        sender=handset,
        recipient=line,
        body=body,
        at=at,
        status="received",
        account_sid=account_sid,
        callback_done=True,
    )
    form = inbound_form(sid=sid, account_sid=account_sid, sender=handset, recipient=line, body=body)
    return InboundCall(sid, account_sid, form)


def due_callbacks(limit: int = 100) -> list[DueCallback]:
    """Return the next status callback of every text that is not yet delivered, oldest first."""
    rows = SandboxText.objects.filter(callback_done=False).order_by("id")[:limit]
    return [_due(row) for row in rows]


def callback_posted(callback: DueCallback) -> None:
    """Note that a callback was posted; safe to repeat and to come late."""
    before = [status for status, after in _NEXT_STATUS.items() if after == callback.status]
    SandboxText.objects.filter(sid=callback.sid, status__in=before).update(
        status=callback.status, callback_done=callback.status not in _NEXT_STATUS
    )


def handset_thread(handset: Number, line: Number | None = None) -> list[HandsetText]:
    """Return what a handset shows, oldest first: all lines, or one. Carrier replies included."""
    rows = SandboxText.objects.filter(Q(sender=handset, direction=IN) | Q(recipient=handset))
    if line is not None:
        rows = rows.filter(Q(sender=line) | Q(recipient=line))
    return [shown for row in rows.order_by("id") for shown in _shown(row)]


def handsets() -> list[Number]:
    """Return every number that has sent or got a text, in order."""
    outgoing = SandboxText.objects.filter(direction=OUT).values_list("recipient", flat=True)
    incoming = SandboxText.objects.filter(direction=IN).values_list("sender", flat=True)
    return sorted({Number(number) for number in (*outgoing, *incoming)})


def held(
    account_sid: str, sender: str | None, recipient: str | None, since: date | None
) -> list[SandboxText]:
    """Return the account's texts newest first, as Twilio's message list would hold them."""
    rows: QuerySet[SandboxText] = SandboxText.objects.filter(account_sid=account_sid)
    rows = rows.filter(sender=sender) if sender else rows
    rows = rows.filter(recipient=recipient) if recipient else rows
    rows = rows.filter(at__date__gte=since) if since else rows
    return list(rows.order_by("-id"))


def one(sid: str) -> SandboxText:
    """Return one text, or raise ``CarrierProblem``."""
    row = SandboxText.objects.filter(sid=sid).first()
    if row is None:
        raise CarrierProblem("The sandbox holds no such message.", code="carrier_not_found")
    return row


def is_blocked(handset: Number, line: Number) -> bool:
    """Say whether the last keyword from the handset to the line was a STOP word."""
    bodies: Iterable[str] = (
        SandboxText.objects.filter(direction=IN, sender=handset, recipient=line)
        .order_by("-id")
        .values_list("body", flat=True)
    )
    words = (_keyword(body) for body in bodies)
    return next((word in STOP_WORDS for word in words if word not in _HELP_WORDS and word), False)


def give_up(handset: Number, *, at: datetime) -> None:
    """Let the owner of a number give it up: it stands on the day's list, which is new then."""
    SandboxDeactivation.objects.create(number=handset, at=at)
    DailyList.objects.filter(account_sid__in=_accounts(), day=at.date()).delete()


def given_up(day: date) -> dict[str, datetime]:
    """Return the numbers that were given up on a day (UTC), and when each was."""
    rows = SandboxDeactivation.objects.filter(at__date=day).order_by("at")
    return dict(rows.values_list("number", "at"))


def _accounts() -> list[str]:
    rows = Line.objects.filter(carrier="sandbox").values_list("account_sid", flat=True)
    return list(rows.distinct())


def _accept(number: Number, parcel: Parcel, at: datetime) -> Accepted | Rejected:
    if is_blocked(number, parcel.sender):
        meaning = meaning_of(21610)
        return Rejected(meaning.code, 400, meaning.words, meaning.kind)
    row = SandboxText.objects.create(
        sid=_new_sid(),
        direction=OUT,
        sender=parcel.sender,
        recipient=number,
        body=parcel.body,
        at=at,
        # Without a callback nobody is told of the delivery, so it is done at once.
        status="queued" if parcel.status_callback else "delivered",
        status_callback=parcel.status_callback,
        account_sid=parcel.account.sid,
        callback_done=not parcel.status_callback,
    )
    return Accepted(row.sid, "queued", measure(parcel.body).segments)


def _due(row: SandboxText) -> DueCallback:
    status = _NEXT_STATUS[row.status]
    form = status_form(
        sid=row.sid,
        account_sid=row.account_sid,
        sender=row.sender,
        recipient=row.recipient,
        status=status,
    )
    return DueCallback(row.at, row.sid, row.account_sid, row.status_callback, status, form)


def _shown(row: SandboxText) -> list[HandsetText]:
    if row.direction == OUT:
        return [HandsetText(row.at, Number(row.sender), row.body, mine=False)]
    line = Number(row.recipient)
    texts = [HandsetText(row.at, line, row.body, mine=True)]
    word = _keyword(row.body)
    for words, reply in _REPLIES.items():
        if word in words:
            texts.append(HandsetText(row.at, line, reply, mine=False, from_carrier=True))
    return texts


def _keyword(body: str) -> str:
    """Return the keyword that a text is as a whole; empty for any other text."""
    word = body.strip().upper()
    return word if word in STOP_WORDS | START_WORDS | _HELP_WORDS else ""


def _new_sid() -> str:
    return f"SM{uuid.uuid4().hex}"
