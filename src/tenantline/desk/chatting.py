"""What the chat shows of the people behind a number, and whether they may be written to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tenantline.consent import forms, unclear
from tenantline.consent import queries as consent
from tenantline.conversations import queries as conversations
from tenantline.desk import asking
from tenantline.desk.access import Desk
from tenantline.desk.asking import AskedNumber
from tenantline.facilities import queries as facilities
from tenantline.kernel import phone, segments
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import NotFound
from tenantline.tenants import queries as tenants
from tenantline.tenants.queries import Sharing

if TYPE_CHECKING:
    from tenantline.consent.queries import Consent
    from tenantline.consent.unclear import Question
    from tenantline.conversations.models import Conversation, Message
    from tenantline.facilities.models import Facility
    from tenantline.kernel.errors import Refused
    from tenantline.tenants.models import Tenant

PAGE = 60  # texts


@dataclass(frozen=True)
class Side:
    """A tenant who holds the number: who it is, what they agreed to, what hinders a form."""

    tenant: Tenant
    consent: Consent
    units: list[str]
    obstacle: Refused | None

    @property
    def may_chat(self) -> bool:
        """Tell whether a text may be written (the gate decides again at every text)."""
        return self.consent.services["chat"] and not self.consent.parked

    @property
    def parked(self) -> bool:
        """Tell whether only the question whose phone it is stands between us and a text."""
        return self.consent.services["chat"] and self.consent.parked


@dataclass(frozen=True)
class Asked:
    """What staff are asked in this chat, and whose number it is about.

    R3: what an unclear text wished, or whether the number is still the tenant's. ``message`` is
    the text that made us ask, None where it was something else, or came to another facility.
    """

    question: Question
    message: Message | None
    tenant: Tenant


@dataclass(frozen=True)
class Chat:
    """One number with one facility, and the tenants who hold it.

    ``conversation`` is None as long as no text has come or gone. ``chosen`` is the tenant whom a
    text would be written to, None where nobody has this number on file; ``line`` is the facility's
    sending number as people read it out, empty where there is none yet. ``asked`` is what staff
    are asked here because of a text or of what the carrier says. ``also`` are others on this phone,
    at other facilities; ``numbers_asked`` is what is asked about a number that two tenants name.
    """

    facility: Facility
    number: str
    conversation: Conversation | None
    sides: list[Side]
    chosen: Side | None
    line: str = ""
    asked: Asked | None = None
    also: Sharing = field(default_factory=Sharing)
    numbers_asked: list[AskedNumber] = field(default_factory=list)

    @property
    def shared(self) -> bool:
        """R12: tell whether several tenants hold the number here."""
        return len(self.sides) > 1

    @property
    def names(self) -> str:
        """Return who holds the number, or the number where nobody does."""
        return ", ".join(side.tenant.name for side in self.sides) or self.national

    @property
    def national(self) -> str:
        """Return the number as people read it out."""
        return phone.national(phone.Number(self.number))

    @property
    def textable(self) -> bool:
        """Tell a person's number from a short code or a sender's name."""
        return self.number.startswith("+")

    @property
    def key(self) -> str:
        """Return what a draft is kept under."""
        return f"{self.facility.pk}:{self.number}"

    @property
    def holders(self) -> str:
        """Return the ids of the tenants, for the page to know whose news concern it."""
        return " ".join(str(side.tenant.pk) for side in self.sides)


@dataclass(frozen=True)
class Draft:
    """What stands in the composer. ``error`` is the refusal's sentence, ``code`` its code.

    ``seen`` is the id of the newest text on screen; ``news`` are texts that came while it was
    written; ``key`` makes sending twice send once.
    """

    body: str = ""
    seen: int = 0
    key: str = field(default_factory=lambda: new_token(12))
    error: str = ""
    code: str = ""
    reason: str = ""
    news: list[Message] = field(default_factory=list)

    @property
    def measure(self) -> segments.Measure:
        """Return what the words would cost, for a page without scripts."""
        return segments.measure(self.body)


def of_conversation(desk: Desk, conversation_id: int, to: str = "") -> Chat:
    """Return a chat by its conversation; ``NotFound`` out of scope (R10)."""
    conversation = conversations.get(scope=desk.scope, conversation_id=conversation_id)
    holders = conversations.holders(conversation)
    return _chat(desk, conversation.facility, conversation.number, conversation, holders, to)


def of_tenant(desk: Desk, tenant: Tenant) -> Chat | None:
    """Return the chat with a tenant's current number, None where there is no number."""
    period = tenants.current_period(tenant.pk)
    if period is None:
        return None
    conversation = conversations.with_number(tenant.facility_id, period.number)
    found = tenants.holders(period.number, facility_id=tenant.facility_id)
    holders = [holding.tenant for holding in found]
    return _chat(desk, tenant.facility, period.number, conversation, holders, str(tenant.pk))


def _chat(
    desk: Desk,
    facility: Facility,
    number: str,
    conversation: Conversation | None,
    holders: list[Tenant],
    to: str,
) -> Chat:
    sides = [_side(desk, tenant, desk.now) for tenant in holders]
    line = facilities.sending_line(facility.pk)
    own = phone.national(phone.Number(line.number)) if line else ""
    chosen = _chosen(sides, to)
    here = [side.tenant.pk for side in sides]
    also = tenants.sharing(numbers=[number], scope=desk.scope).get(number, Sharing())
    return Chat(
        facility,
        number,
        conversation,
        sides,
        chosen,
        own,
        _asked(conversation, sides, chosen),
        also.without(*here),
        asking.about(desk, *here),
    )


def _asked(
    conversation: Conversation | None, sides: list[Side], chosen: Side | None
) -> Asked | None:
    """Return what is asked first: about the tenant who would be written to, if about them."""
    for side in sorted(sides, key=lambda side: side is not chosen):
        question = unclear.question(tenant=side.tenant) if side.consent.held else None
        if question is None:
            continue
        message = (
            conversations.that_came_as(conversation, question.source) if conversation else None
        )
        # What a text wished is asked where it came; whose phone it is, wherever it is texted.
        if message is not None or question.about == "person":
            return Asked(question, message, side.tenant)
    return None


def _side(desk: Desk, tenant: Tenant, now: datetime) -> Side:
    return Side(
        tenant=tenant,
        consent=consent.of(tenant=tenant, scope=desk.scope, now=now),
        units=tenants.units(tenant.pk, now),
        obstacle=forms.obstacle(tenant, now),
    )


def _chosen(sides: list[Side], to: str) -> Side | None:
    """Return who is named, else the first who may be written to, else the first."""
    if to:
        named = [side for side in sides if str(side.tenant.pk) == to]
        if not named:
            raise NotFound("This tenant does not hold this number any more.")
        return named[0]
    return next((side for side in sides if side.may_chat), sides[0] if sides else None)
