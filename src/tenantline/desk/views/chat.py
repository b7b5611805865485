"""The chat: a page of its own, the same as a pane in the inbox, and what it fetches by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenantline.consent import answers
from tenantline.consent.answers import Given
from tenantline.conversations import queries as conversations
from tenantline.desk import chatting, thread
from tenantline.desk.access import DeskRequest, staff_page
from tenantline.desk.chatting import PAGE, Chat, Draft
from tenantline.desk.rows import tenant_rows
from tenantline.facilities import queries as facilities
from tenantline.facilities.scope import Scope
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import BadInput
from tenantline.outbox import waiting
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.conversations.models import Message

_MOST_AGAIN = 40
_FOUND = 8


@require_safe
@staff_page
def page(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """Show a conversation; to htmx, as the pane alone."""
    chat = chatting.of_conversation(request.desk, conversation_id, request.GET.get("to", ""))
    context = pane(request, chat, before=_number(request.GET.get("before", "")))
    return render(request, _template(request), context)


@require_safe
@staff_page
def tenant_page(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Show the chat with a tenant's current number, also before the first text."""
    tenant = tenants.get(scope=request.desk.scope, tenant_id=tenant_id)
    chat = chatting.of_tenant(request.desk, tenant)
    if chat is None:
        return render(request, "desk/chat/no_number.html", {"tenant": tenant})
    if chat.conversation is not None:
        to = f"?to={tenant.pk}" if chat.shared else ""
        return redirect(reverse("desk:chat", args=[chat.conversation.pk]) + to)
    return render(request, _template(request), pane(request, chat))


@require_safe
@staff_page
def texts(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """Show what came after the text ``after``, and anew those whose state may have changed.

    Those are named by their outbox row in ``again``, and where pictures were being fetched by
    their own number in ``files``. ``before`` asks for an earlier page instead.
    """
    chat = chatting.of_conversation(request.desk, conversation_id)
    assert chat.conversation is not None  # noqa: S101 - it was found by its id
    before = _number(request.GET.get("before", ""))
    if before is not None:
        return render(request, "desk/chat/texts.html", _thread(request, chat, before))
    after = _number(request.GET.get("after", "")) or 0
    changed = conversations.with_texts(chat.conversation, _numbers(request, "again"))
    changed += conversations.with_ids(chat.conversation, _numbers(request, "files"))
    shown = shown_items(request, chat, changed, split=False)
    last = conversations.messages(chat.conversation, before=after + 1, limit=1)
    fresh = conversations.since(chat.conversation, after)
    shown += shown_items(request, chat, fresh, follows=last[0] if last else None)
    return render(request, "desk/chat/texts.html", {"items": shown, "chat": chat})


@require_safe
@staff_page
def composer(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """Show the composer anew: somebody else was chosen, or a consent has changed."""
    chat = chatting.of_conversation(request.desk, conversation_id, request.GET.get("to", ""))
    draft = Draft(seen=newest(chat))
    return render(request, "desk/chat/composer.html", {"chat": chat, "draft": draft, "fresh": True})


@require_safe
@staff_page
def find(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """Show which tenants of this facility an unknown sender may be."""
    chat = chatting.of_conversation(request.desk, conversation_id)
    return render(request, "desk/chat/found.html", {"chat": chat} | _found(request, chat))


def pane(
    request: DeskRequest, chat: Chat, *, draft: Draft | None = None, before: int | None = None
) -> dict[str, Any]:
    """Return what the whole chat shows."""
    context = {
        "chat": chat,
        "draft": draft or Draft(seen=newest(chat)),
        "members": facilities.members(chat.facility.pk),
        **_thread(request, chat, before),
    }
    return context if chat.sides else context | _found(request, chat)


def newest(chat: Chat) -> int:
    """Return the id of the newest text in the thread: what the composer has seen."""
    return conversations.newest_in(chat.conversation) if chat.conversation else 0


def _thread(request: DeskRequest, chat: Chat, before: int | None) -> dict[str, Any]:
    if chat.conversation is None:
        return {"items": [], "chat": chat}
    found = conversations.messages(chat.conversation, before=before, limit=PAGE + 1)
    shown = found[-PAGE:]
    return {
        "items": shown_items(request, chat, shown),
        "chat": chat,
        "earlier": shown[0].pk if len(found) > PAGE else None,
        "is_earlier": before is not None,
    }


def shown_items(
    request: DeskRequest,
    chat: Chat,
    messages: list[Message],
    *,
    follows: Message | None = None,
    split: bool = True,
) -> list[thread.Item]:
    """Return texts as shown; ``split`` with day separators between them."""
    texts = [message.text for message in messages if message.text is not None]
    return thread.items(
        messages,
        zone=chat.facility.timezone,
        now=request.desk.now,
        sender=chat.names,
        shared=chat.shared,
        follows=follows,
        split=split,
        known=thread.Known(
            waits=waiting.of(texts, now=request.desk.now),
            given=_given(chat) if any(m.heard_as == "unclear" for m in messages) else (),
        ),
    )


def _given(chat: Chat) -> list[Given]:
    return answers.given(number=chat.number, facility_id=chat.facility.pk)


def _found(request: DeskRequest, chat: Chat) -> dict[str, Any]:
    words = request.GET.get("find", "").strip()[:200]
    if not words:
        return {"find": ""}
    here = Scope(frozenset({chat.facility.pk}))
    rows = tenant_rows(tenants.listing(scope=here, search=words)[: _FOUND + 1], request.desk.now)
    return {"find": words, "found": rows[:_FOUND], "more_found": len(rows) > _FOUND}


def _template(request: DeskRequest) -> str:
    return "desk/chat/pane.html" if request.htmx else "desk/chat.html"


def _numbers(request: DeskRequest, name: str) -> list[int]:
    words = request.GET.get(name, "").split(",")[:_MOST_AGAIN]
    return [n for n in map(whole_number, words) if n is not None]


def _number(text: str) -> int | None:
    if not text:
        return None
    number = whole_number(text)
    if number is None:
        raise BadInput("That part of the address is not a number.")
    return number
