"""Reading conversations. Every way to a thread takes the asker's ``Scope`` (R10)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, Literal, get_args

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from tenantline.conversations.models import Conversation, Message, Stray
from tenantline.conversations.rules import WRITING
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import Scope
from tenantline.intake import queries as intake
from tenantline.kernel.errors import NotFound
from tenantline.staff.models import Staff
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import NumberPeriod, Tenant

Filter = Literal["all", "unread", "unanswered", "mine", "failed", "opted_out"]
FILTERS: Final[tuple[Filter, ...]] = get_args(Filter)
NOT_SENT: Final = ("withheld", "failed", "undelivered")


def get(*, scope: Scope, conversation_id: int) -> Conversation:
    """Return the conversation, or raise ``NotFound`` (out of scope looks like absent)."""
    rows = scope.narrow(Conversation.objects.select_related("facility", "assigned_to"))
    found = rows.filter(pk=conversation_id).first()
    if found is None:
        raise NotFound("There is no such conversation.")
    return found


def with_number(facility_id: int, number: str) -> Conversation | None:
    """Return the conversation of a number with a facility, None where none has begun."""
    rows = Conversation.objects.select_related("facility", "assigned_to")
    return rows.filter(facility_id=facility_id, number=number).first()


def with_numbers(pairs: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Return the ids of these conversations, each named by facility and number; in one query."""
    numbers = {number for _, number in pairs}
    rows = Conversation.objects.filter(number__in=numbers)
    found = rows.filter(facility_id__in={facility_id for facility_id, _ in pairs})
    return {(row.facility_id, row.number): row.pk for row in found}


def of_call(call_id: int) -> Conversation | None:
    """Return the conversation that a stored call has joined, None for a stray."""
    return Conversation.objects.filter(messages__call=call_id).first()


def holders(conversation: Conversation) -> list[Tenant]:
    """R12: return the tenants of this facility who hold the conversation's number now."""
    found = tenants.holders(conversation.number, facility_id=conversation.facility_id)
    return [period.tenant for period in found]


def messages(
    conversation: Conversation, *, before: int | None = None, limit: int = 60
) -> list[Message]:
    """Return a page of a thread, oldest first; ``before`` is the first message id already shown."""
    rows = _thread(conversation).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows[:limit])[::-1]


def for_tenant(*, tenant: Tenant) -> QuerySet[Message]:
    """Return a tenant's texts, in and out, newest first (also those with earlier numbers)."""
    return detailed(Message.objects.filter(tenants=tenant))


def at_facilities(*, scope: Scope, facility: Facility | None = None) -> QuerySet[Message]:
    """Return everything that came to or left facilities in scope, newest first."""
    rows = scope.narrow(Message.objects.all(), "conversation__facility_id")
    if facility is not None:
        rows = rows.filter(conversation__facility=facility)
    return detailed(rows)


def not_delivered(*, scope: Scope, since: datetime) -> QuerySet[Message]:
    """Return texts written since then that did not arrive or were withheld, newest first."""
    rows = at_or_after(at_facilities(scope=scope), since)
    return rows.filter(direction="out", text__state__in=NOT_SENT)


def unknown(*, scope: Scope) -> QuerySet[Message]:
    """R7: return texts of which nobody knows whether they were sent, newest first."""
    return at_facilities(scope=scope).filter(direction="out", text__state="unknown")


def message(*, scope: Scope, message_id: int) -> Message:
    """Return one message in scope, or raise ``NotFound``."""
    found = at_facilities(scope=scope).filter(pk=message_id).first()
    if found is None:
        raise NotFound("There is no such message.")
    return found


def detailed(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Load what a message shows (outbox row, clearance, thread, tenants, files), newest first."""
    return (
        rows.select_related(
            "text__clearance__tenant", "text__line", "call", "conversation__facility"
        )
        .prefetch_related("tenants", intake.with_files("call__files"))
        .order_by("-id")
    )


def with_status(rows: QuerySet[Message], status: str) -> QuerySet[Message]:
    """Keep messages of one status; ``received`` are the inbound ones."""
    if status == "received":
        return rows.filter(direction="in")
    return rows.filter(text__state=status)


def at_or_after(rows: QuerySet[Message], moment: datetime) -> QuerySet[Message]:
    """Keep messages that were written or received at ``moment`` or later."""
    return rows.filter(at__gte=moment)


def inbox(*, scope: Scope, facility: Facility | None = None) -> QuerySet[Conversation]:
    """Return conversations in scope, newest first, with facility and assignee loaded."""
    rows = scope.narrow(Conversation.objects.select_related("facility", "assigned_to"))
    if facility is not None:
        rows = rows.filter(facility=facility)
    return rows.order_by("-last_at", "-id")


def unread(*, scope: Scope, limit: int = 20) -> list[Conversation]:
    """Return conversations with unread texts, newest first."""
    return list(inbox(scope=scope).filter(unread__gt=0)[:limit])


def unread_count(*, scope: Scope, facility: Facility | None = None) -> int:
    """Return how many conversations in scope have unread texts."""
    return inbox(scope=scope, facility=facility).filter(unread__gt=0).order_by().count()


def filtered(
    rows: QuerySet[Conversation], wanted: Filter, *, member: Staff | None = None
) -> QuerySet[Conversation]:
    """Keep conversations that need somebody in one way; ``member`` is who ``mine`` means."""
    match wanted:
        case "unread":
            return rows.filter(unread__gt=0)
        case "unanswered":
            wrote = _newest(Q(direction="in", heard_as__in=WRITING))
            answered = _newest(Q(direction="out") & ~Q(text__state="withheld"))
            rows = rows.annotate(wrote_id=wrote, answered_id=Coalesce(answered, Value(0)))
            return rows.filter(wrote_id__gt=F("answered_id"))
        case "mine":
            return rows.filter(assigned_to=member)
        case "failed":
            return rows.annotate(last_state=_newest(Q(direction="out"), "text__state")).filter(
                last_state__in=NOT_SENT
            )
        case "opted_out":
            return rows.filter(Exists(_opted_out()))
    return rows


def _newest(which: Q, field: str = "pk") -> Subquery:
    rows = Message.objects.filter(which, conversation=OuterRef("pk")).order_by("-pk")
    return Subquery(rows.values(field)[:1])


def _opted_out() -> QuerySet[NumberPeriod]:
    return NumberPeriod.objects.filter(
        ended_at=None,
        number=OuterRef("number"),
        tenant__facility=OuterRef("facility"),
        tenant__standing__status="opted_out",
    )


def older_than(rows: QuerySet[Conversation], last_at: datetime, pk: int) -> QuerySet[Conversation]:
    """Keep what comes after this place in ``inbox``'s order: the next page begins there."""
    return rows.filter(Q(last_at__lt=last_at) | Q(last_at=last_at, pk__lt=pk))


def newer_than(rows: QuerySet[Conversation], last_at: datetime, pk: int) -> QuerySet[Conversation]:
    """Keep what comes before this place in ``inbox``'s order, nearest first."""
    rows = rows.filter(Q(last_at__gt=last_at) | Q(last_at=last_at, pk__gt=pk))
    return rows.order_by("last_at", "pk")


def newest_of(
    conversations: list[Conversation], *, inbound_only: bool = False
) -> dict[int, Message]:
    """Return the newest message of each of these conversations, by conversation id."""
    rows = Message.objects.filter(conversation__in=conversations)
    ids = (
        (rows.filter(direction="in") if inbound_only else rows)
        .values("conversation_id")
        .annotate(newest=Max("id"))
        .values_list("newest", flat=True)
    )
    newest = Message.objects.select_related("text").filter(pk__in=list(ids))
    return {message.conversation_id: message for message in newest}


def names_of(conversations: list[Conversation]) -> dict[int, list[Tenant]]:
    """Return, by conversation id, the tenants of its facility who hold its number now."""
    numbers = {conversation.number for conversation in conversations}
    found: dict[tuple[int, str], list[Tenant]] = {}
    periods = NumberPeriod.objects.select_related("tenant").filter(
        number__in=numbers, ended_at=None
    )
    for period in periods.order_by("id"):
        found.setdefault((period.tenant.facility_id, period.number), []).append(period.tenant)
    return {c.pk: found.get((c.facility_id, c.number), []) for c in conversations}


def search(rows: QuerySet[Conversation], words: str) -> QuerySet[Conversation]:
    """Keep conversations whose number, tenants' names or texts hold these words."""
    by_name = tenants_named(words)
    digits = "".join(c for c in words if c.isdigit())
    found = Q(messages__body__icontains=words) | Q(number__in=by_name)
    if len(digits) >= 4:
        found |= Q(number__contains=digits)
    return rows.filter(Q(pk__in=Conversation.objects.filter(found).values("pk")))


def tenants_named(words: str) -> QuerySet[NumberPeriod, str]:
    """Return the numbers now held by tenants whose names or units hold these words."""
    return NumberPeriod.objects.filter(
        ended_at=None, tenant__search_text__contains=words.lower()
    ).values_list("number", flat=True)


def newest_in(conversation: Conversation) -> int:
    """Return the id of a thread's newest message, 0 where there is none."""
    return conversation.messages.aggregate(newest=Max("id"))["newest"] or 0


def last_wrote(tenant_id: int) -> datetime | None:
    """R6: return when the tenant last wrote (keywords aside), None where that never happened."""
    return _latest(_written().filter(tenants=tenant_id))


def unanswered_since(tenant_id: int, *, number: str, line_id: int) -> datetime | None:
    """R5: return when the tenant last wrote from this number to this line.

    None where that never happened, or a chat text has gone to the tenant since. What machines
    write is no answer, and what was withheld is none.
    """
    rows = Message.objects.filter(tenants=tenant_id, direction="out")
    answers = rows.filter(text__clearance__purpose="chat").exclude(text__state="withheld")
    answered = answers.aggregate(last=Max("id"))["last"] or 0
    wrote = _written().filter(tenants=tenant_id, conversation__number=number, line=line_id)
    return _latest(wrote.filter(id__gt=answered))


def _written() -> QuerySet[Message]:
    return Message.objects.filter(direction="in", heard_as__in=WRITING)


def _latest(rows: QuerySet[Message]) -> datetime | None:
    return rows.order_by("-at").values_list("at", flat=True).first()


def since(conversation: Conversation, after: int, *, limit: int = 200) -> list[Message]:
    """Return what came to a thread after a message, oldest first."""
    return list(_thread(conversation).filter(id__gt=after).order_by("id")[:limit])


def with_texts(conversation: Conversation, text_ids: list[int]) -> list[Message]:
    """Return the thread's messages with these outbox rows, oldest first."""
    return list(_thread(conversation).filter(text_id__in=text_ids).order_by("id"))


def that_came_as(conversation: Conversation, message_sid: str) -> Message | None:
    """Return the thread's inbound message that the carrier gave this id, None where none has it."""
    return _thread(conversation).filter(call__message_sid=message_sid).first()


def with_ids(conversation: Conversation, ids: list[int]) -> list[Message]:
    """Return these messages of the thread, oldest first."""
    return list(_thread(conversation).filter(pk__in=ids).order_by("id"))


def _thread(conversation: Conversation) -> QuerySet[Message]:
    rows = conversation.messages.select_related("text__clearance__tenant", "call")
    return rows.prefetch_related(intake.with_files("call__files"), "call__others")


def newest_message_id(tenant_id: int) -> int:
    """Return the id of the newest message that concerns a tenant, 0 where there is none."""
    return Message.objects.filter(tenants=tenant_id).aggregate(newest=Max("id"))["newest"] or 0


def texted_start(*, scope: Scope, since: datetime) -> QuerySet[Tenant]:
    """Return the tenants whose phone texted START at or after ``since``, by name."""
    starts = Message.objects.filter(
        tenants=OuterRef("pk"), direction="in", heard_as="start", at__gte=since
    )
    return tenants.listing(scope=scope).filter(Exists(starts))


def strays(*, limit: int = 100) -> list[Stray]:
    """Return texts to numbers that are no line of ours, newest first."""
    rows = Stray.objects.select_related("call")
    return list(rows.prefetch_related(intake.with_files("call__files")).order_by("-id")[:limit])
