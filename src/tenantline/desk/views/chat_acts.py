"""What staff do in a chat: send, read, assign, link a number to a tenant, e-mail the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from tenantline.consent import forms
from tenantline.consent import unclear as questions
from tenantline.conversations import actions
from tenantline.conversations import queries as conversations
from tenantline.desk import chatting, problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.chatting import Chat, Draft
from tenantline.desk.views.chat import newest, pane
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import BadInput, Conflict, NotFound, Refused, TenantlineError
from tenantline.staff import queries as staff
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.conversations.models import Conversation
    from tenantline.tenants.models import Tenant

_NEWS = 5
_ANSWERED = {
    "revoked": "Recorded: no more texts to this number.",
    "message": "Noted: just a message. Automatic texts go on.",
    "same": "Noted: the number is still theirs. Texts go on.",
    "not_theirs": "The number was closed, and its consent with it.",
}


@require_POST
@staff_page
def send(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Send a text to one tenant. What is refused stays in the composer, with the reason."""
    demand(request, "text")
    tenant = tenants.get(scope=request.desk.scope, tenant_id=tenant_id)
    body = request.POST.get("body", "").replace("\r\n", "\n")
    draft = actions.Draft(
        body=body,
        quiet_hours_reason=request.POST.get("reason", "").strip(),
        idempotency_key=request.POST.get("key", "")[:64],
        seen_until=_seen(request),
    )
    try:
        sent = actions.send(tenant=tenant, draft=draft, by=request.desk.actor, now=request.desk.now)
    except (Refused, BadInput) as error:
        return _refused(request, tenant, body, error)
    conversation = sent.message.conversation
    actions.mark_read(conversation=conversation, by=request.desk.actor, now=request.desk.now)
    return _sent(request, tenant, conversation)


@require_POST
@staff_page
def read(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """Say that the texts have been read."""
    conversation = _conversation(request, conversation_id)
    actions.mark_read(conversation=conversation, by=request.desk.actor, now=request.desk.now)
    return _back(request, conversation)


@require_POST
@staff_page
def unread(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """Put the conversation back among the unread ones, and leave it."""
    conversation = _conversation(request, conversation_id)
    actions.mark_unread(conversation=conversation, by=request.desk.actor, now=request.desk.now)
    return redirect("desk:inbox")


@require_POST
@staff_page
def assign(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """Give the conversation to a colleague, or to nobody."""
    conversation = _conversation(request, conversation_id)
    wanted = request.POST.get("to", "")
    to = staff.active(wanted) if wanted else None
    if wanted and to is None:
        raise BadInput("There is no such colleague.", field="to")
    actions.assign(conversation=conversation, to=to, by=request.desk.actor, now=request.desk.now)
    if request.htmx:
        chat = chatting.of_conversation(request.desk, conversation_id)
        context = pane(request, chat) | {"alone": "alone" in request.POST}
        return render(request, "desk/chat/head.html", context)
    return _back(request, conversation)


@require_POST
@staff_page
def link(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """R4: say whose number an unknown sender's is."""
    demand(request, "edit_tenants")
    conversation = _conversation(request, conversation_id)
    tenant = tenants.get(scope=request.desk.scope, tenant_id=request.POST.get("tenant", ""))
    actions.link(
        conversation=conversation, tenant=tenant, by=request.desk.actor, now=request.desk.now
    )
    problems.say(request, f"This is now the mobile number of {tenant.name}.")
    return _to(request, conversation)


@require_POST
@staff_page
def opt_in(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """E-mail the opt-in form, from the banner that says what will happen."""
    demand(request, "text")
    tenant = tenants.get(scope=request.desk.scope, tenant_id=tenant_id)
    form = forms.issue(tenant=tenant, by=request.desk.actor, now=request.desk.now)
    said = f"The opt-in form is on its way to {form.email}."
    chat = _chat_with(request, tenant)
    if request.htmx:
        context = {"chat": chat, "draft": Draft(seen=newest(chat)), "fresh": True}
        return problems.toast(render(request, "desk/chat/composer.html", context), said)
    problems.say(request, said)
    return redirect("desk:chat_tenant", tenant_id)


@require_POST
@staff_page
def unclear(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """R3, R4: say what an unclear text meant, or whether the number is still the tenant's."""
    _conversation(request, conversation_id)
    said = request.POST.get("answer", "")
    source = request.POST.get("source", "")
    try:
        questions.answer(
            tenant=_asked_about(request, conversation_id),
            source=source,
            said=said,
            by=request.desk.actor,
            now=request.desk.now,
        )
        words, kind = _ANSWERED[said], "good"
    except Conflict as error:
        words, kind = error.sentence, "waiting"
    if request.htmx:
        to = "" if said == "not_theirs" else request.POST.get("to", "")
        chat = chatting.of_conversation(request.desk, conversation_id, to)
        context = {"chat": chat, "draft": Draft(seen=newest(chat)), "fresh": True}
        answer = render(request, "desk/chat/composer.html", context)
        return problems.toast(answer, words, kind=kind)
    problems.say(request, words)
    return redirect("desk:chat", conversation_id)


def _asked_about(request: DeskRequest, conversation_id: int) -> Tenant:
    """Return whom the question is about: who is named, else the one that is asked about now."""
    named = request.POST.get("about", "")
    if named:
        return tenants.get(scope=request.desk.scope, tenant_id=named)
    asked = chatting.of_conversation(request.desk, conversation_id).asked
    if asked is None:
        raise Conflict("This has been answered already.", code="answered")
    return asked.tenant


def _sent(request: DeskRequest, tenant: Tenant, conversation: Conversation) -> HttpResponse:
    if not request.htmx:
        return _back(request, conversation, tenant)
    if request.POST.get("first"):
        # The thread began with this text: the page of the tenant becomes that of the thread.
        return _said_sent(HttpResponseClientRedirect(_address(conversation, tenant)))
    chat = chatting.of_conversation(request.desk, conversation.pk, str(tenant.pk))
    context = {"chat": chat, "draft": Draft(seen=newest(chat)), "fresh": True}
    return _said_sent(render(request, "desk/chat/composer.html", context))


def _said_sent(answer: HttpResponse) -> HttpResponse:
    return trigger_client_event(answer, "chat-sent", {})


def _refused(
    request: DeskRequest, tenant: Tenant, body: str, error: TenantlineError
) -> HttpResponse:
    """Show the composer again with all that was typed, and why it was not sent."""
    chat = _chat_with(request, tenant)
    seen = _seen(request) or 0
    news = []
    if error.code == "new_texts" and chat.conversation is not None:
        news = conversations.since(chat.conversation, seen)[-_NEWS:]
    draft = Draft(
        body=body,
        seen=newest(chat) if news or not seen else seen,
        error=_words(error),
        code=error.code,
        reason=request.POST.get("reason", ""),
        news=news,
    )
    status = problems.status_of(error)
    if request.htmx:
        context = {"chat": chat, "draft": draft, "fresh": True}
        return render(request, "desk/chat/composer.html", context, status=status)
    return render(request, "desk/chat.html", pane(request, chat, draft=draft), status=status)


def _words(error: TenantlineError) -> str:
    if error.code == "idempotency_mismatch":
        return (
            "The text before your last change has been sent already. Press Send to send this too."
        )
    return error.sentence


def _chat_with(request: DeskRequest, tenant: Tenant) -> Chat:
    chat = chatting.of_tenant(request.desk, tenant)
    if chat is None:
        raise NotFound("This tenant has no mobile number any more.")
    return chat


def _seen(request: DeskRequest) -> int | None:
    return whole_number(request.POST.get("seen", ""))


def _conversation(request: DeskRequest, conversation_id: int) -> Conversation:
    demand(request, "text")
    return conversations.get(scope=request.desk.scope, conversation_id=conversation_id)


def _back(
    request: DeskRequest, conversation: Conversation, tenant: Tenant | None = None
) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=204)
    return redirect(_address(conversation, tenant))


def _to(request: DeskRequest, conversation: Conversation) -> HttpResponse:
    address = _address(conversation)
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _address(conversation: Conversation, tenant: Tenant | None = None) -> str:
    address = reverse("desk:chat", args=[conversation.pk])
    if tenant is not None and len(conversations.holders(conversation)) > 1:
        return f"{address}?to={tenant.pk}"
    return address
