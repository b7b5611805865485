"""Texts of which nobody knows whether they were sent: what a person says of them (R7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tenantline.conversations import queries as conversations
from tenantline.desk import chatting, problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.views.chat import shown_items
from tenantline.kernel.errors import BadInput, NotFound
from tenantline.outbox import unknown

if TYPE_CHECKING:
    from tenantline.conversations.models import Conversation

_DECIDED = {
    "yes": "Noted: the text was sent.",
    "no": "The text waits to be sent again.",
}


@require_POST
@staff_page
def decide(request: DeskRequest, conversation_id: int, text_id: int) -> HttpResponse:
    """Say what became of a text: it was sent, or it is sent again."""
    demand(request, "text")
    conversation = conversations.get(scope=request.desk.scope, conversation_id=conversation_id)
    found = conversations.with_texts(conversation, [text_id])
    if not found or found[0].text is None:
        raise NotFound("There is no such text.")
    said = request.POST.get("arrived", "")
    if said not in _DECIDED:
        raise BadInput("Say whether the text was sent.", field="arrived")
    unknown.decide(
        text=found[0].text, arrived=said == "yes", by=request.desk.actor, now=request.desk.now
    )
    if request.htmx:
        return problems.toast(_shown(request, conversation, text_id), _DECIDED[said])
    problems.say(request, _DECIDED[said])
    return (
        redirect("desk:home") if "home" in request.POST else redirect("desk:chat", conversation.pk)
    )


def _shown(request: DeskRequest, conversation: Conversation, text_id: int) -> HttpResponse:
    chat = chatting.of_conversation(request.desk, conversation.pk)
    again = conversations.with_texts(conversation, [text_id])
    context = {"chat": chat, "items": shown_items(request, chat, again, split=False)}
    return render(request, "desk/chat/items.html", context)
