"""R4, R12, R15: a tenant's mobile number, changed in one screen; whose a number is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.consent import forms, history, numbers
from tenantline.consent.numbers import Others
from tenantline.conversations import actions as conversations
from tenantline.conversations import queries as threads
from tenantline.desk import asking, problems, sheets
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.forms import Form, typed
from tenantline.desk.views.tenant import header
from tenantline.kernel import phone
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.outbox import queries as outbox
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from datetime import datetime

    from tenantline.conversations.models import Conversation
    from tenantline.tenants.models import Tenant


@dataclass(frozen=True)
class Choice:
    """Another tenant with the new number, as the form asks: what was chosen, what is missing."""

    tenant: Tenant
    until: datetime | None
    agreed: bool
    chosen: str
    error: bool
    focused: bool = False


@dataclass(frozen=True)
class Choices:
    """Who else holds or held the new number, as the form asks about them."""

    inside: tuple[Choice, ...] = ()
    elsewhere: int = 0


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Say what a new mobile number will end and whose it is, then change it. Empty removes it."""
    demand(request, "edit_tenants")
    context = header(request, tenant_id, "info")
    wanted = request.GET.get("mobile", "")
    context |= {"focus_number": True, "others": Choices(), "chat": request.GET.get("chat", "")}
    form = Form({"mobile": phone.national(phone.Number(wanted)) if wanted else ""})
    if request.method == "POST":
        context["chat"] = request.POST.get("chat", "")
        thread = _thread(request, context["chat"])
        try:
            new = _typed_number(request)
            asked = _asked(request, context["tenant"], new)
            if asked is None:
                _change(request, context, new, thread)
                return sheets.done(request, "desk:number_changed", tenant_id)
            context |= {"others": asked, "focus_number": False}
            form = Form({"mobile": request.POST.get("mobile", "")})
        except (BadInput, Conflict) as error:
            context |= header(request, tenant_id, "info")
            form = typed(request.POST, error)
    return sheets.show(request, "number", context | {"form": form} | _ends(request, context))


@require_GET
@staff_page
def changed(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Say what a change of number has done, and offer the next step."""
    context = header(request, tenant_id, "info")
    tenant = context["tenant"]
    ended = [(one.ended_at, one) for one in tenants.periods(tenant.pk) if one.ended_at is not None]
    context |= {
        "before": max(ended, key=lambda pair: pair[0])[1] if ended else None,
        "questions": asking.about(request.desk, tenant.pk),
        "obstacle": forms.obstacle(tenant, request.desk.now),
    }
    return sheets.show(request, "number_changed", context)


@require_POST
@staff_page
def answer(request: DeskRequest, tenant_id: int, question_id: int) -> HttpResponse:
    """Say whether a number that two tenants name is one shared phone, or was passed on."""
    demand(request, "edit_tenants")
    desk = request.desk
    question = tenants.question(scope=desk.scope, tenant_id=tenant_id, question_id=question_id)
    said = request.POST.get("answer", "")
    try:
        numbers.answer(
            question=question, answer=said, scope=desk.scope, by=desk.actor, now=desk.now
        )
    except Conflict as error:
        problems.say(request, error.sentence)
    else:
        problems.say(request, _said(said, question.other))
    return sheets.back(request, tenant_id)


def _said(answer: str, other: Tenant) -> str:
    if answer == "shared":
        return "Recorded: one phone, shared. Each has a consent of their own; a STOP ends both."
    return f"Recorded: the number was passed on. It has ended for {other.name}."


def _typed_number(request: DeskRequest) -> phone.Number | None:
    typed_in = request.POST.get("mobile", "").strip()
    return phone.parse(typed_in) if typed_in else None


def _asked(request: DeskRequest, tenant: Tenant, new: phone.Number | None) -> Choices | None:
    """Return what has to be said of the new number first, None where all of it has been."""
    if new is None or new == request.POST.get("shown", ""):
        return None
    found = numbers.others(
        tenant=tenant, number=new, scope=request.desk.scope, now=request.desk.now
    )
    shown_before = any(name.startswith(("other_", "elsewhere")) for name in request.POST)
    choices = _choices(request, found, complain=shown_before)
    told = request.POST.get("elsewhere", "0") == str(found.elsewhere)
    if told and not any(choice.chosen == "" for choice in choices.inside):
        return None
    return choices


def _choices(request: DeskRequest, found: Others, *, complain: bool) -> Choices:
    inside = []
    for other in found.inside:
        chosen = request.POST.get(f"other_{other.tenant.pk}", "")
        missing = complain and not chosen
        inside.append(Choice(other.tenant, other.until, other.agreed, chosen, missing))
    for place, choice in enumerate(inside):
        if not choice.chosen:
            inside[place] = replace(choice, focused=True)
            break
    return Choices(tuple(inside), found.elsewhere)


def _change(
    request: DeskRequest,
    context: dict[str, Any],
    new: phone.Number | None,
    thread: Conversation | None,
) -> None:
    desk, tenant = request.desk, context["tenant"]
    answers = {
        pk: request.POST[name]
        for name in request.POST
        if name.startswith("other_")
        and (pk := whole_number(name.removeprefix("other_"))) is not None
    }
    shown = request.POST.get("shown", context["consent"].number)
    numbers.change(
        tenant=tenant,
        number=new,
        shown=shown,
        answers=answers,
        scope=desk.scope,
        by=desk.actor,
        now=desk.now,
    )
    if thread is not None and thread.number == new:
        conversations.link(conversation=thread, tenant=tenant, by=desk.actor, now=desk.now)
    problems.say(request, _about(new, shown))


def _about(new: phone.Number | None, shown: str) -> str:
    if (new or "") == shown:
        return "That is the number on file already; nothing was changed."
    if new is None:
        return "The mobile number was removed."
    return f"The mobile number is now {phone.national(new)}."


def _thread(request: DeskRequest, chat: str) -> Conversation | None:
    """Return the conversation with an unknown sender that led here, None where none did."""
    pk = whole_number(chat)
    return threads.get(scope=request.desk.scope, conversation_id=pk) if pk is not None else None


def _ends(request: DeskRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return what ends with the number on file."""
    tenant, standing = context["tenant"], context["consent"]
    services = history.services(tenant=tenant, now=request.desk.now)
    queued = outbox.queued_for(standing.number).filter(clearance__tenant=tenant)
    return {
        "services": services,
        "nothing_agreed": all(service.state == "none" for service in services),
        "link_lives": sheets.link_lives(standing, request.desk.now),
        "queued": queued.count(),
    }
