"""What waits for a person: every question about consent, each with its one-click answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tenantline.consent import unclear as questions
from tenantline.consent import waiting
from tenantline.consent.unclear import ANSWERS
from tenantline.conversations import queries as conversations
from tenantline.desk import asking, problems, sheets
from tenantline.desk.access import Desk, DeskRequest, demand, staff_page
from tenantline.kernel.errors import BadInput, NotFound
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from django.core.paginator import Page

    from tenantline.consent.waiting import Held

_PER_PAGE = 50
_NUMBERS: Final = "numbers"
_TABS: Final = {
    "person": "Wrong person?",
    "wish": "Unclear texts",
    _NUMBERS: "Shared or passed on?",
}
_ANSWERED: Final = {
    "revoked": "Recorded: no more texts to this number.",
    "message": "Noted: just a message. Automatic texts go on.",
    "same": "Noted: the number is still theirs. Texts go on.",
    "not_theirs": "The number was closed, and its consent with it.",
}


@require_safe
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show one kind of what waits, oldest first; without a choice, the first that is not empty."""
    demand(request, "text")
    desk = request.desk
    found = waiting.counts(scope=desk.scope, view=desk.view)
    first = next((name for name in _TABS if found[name]), "person")
    about = request.GET.get("about") or first
    if about not in _TABS:
        raise NotFound("There is no such list.")
    tabs = [
        {"name": name, "words": words, "count": found[name], "chosen": name == about}
        for name, words in _TABS.items()
    ]
    context = {"about": about, "tabs": tabs, "total": sum(found.values())}
    return render(request, "desk/waiting.html", context | _rows(request, desk, about))


def _rows(request: DeskRequest, desk: Desk, about: str) -> dict[str, Any]:
    if about == _NUMBERS:
        asked, others = tenants.questions_waiting(scope=desk.scope, view=desk.view)
        questions_shown = Paginator(asked, _PER_PAGE).get_page(request.GET.get("page"))
        rows = asking.shown(desk, questions_shown)
        return {"shown": questions_shown, "rows": rows, "others": others}
    kind = next(known for known in ANSWERS if known == about)
    held = waiting.held(scope=desk.view, about=kind)
    shown = Paginator(held, _PER_PAGE).get_page(request.GET.get("page"))
    return {"shown": shown, "rows": _held(desk, shown), "others": 0}


def _held(desk: Desk, shown: Page[Any]) -> list[dict[str, Any]]:
    rows: list[Held] = waiting.shown(shown)
    shares = tenants.sharing(numbers={row.number for row in rows}, scope=desk.scope)
    chats = conversations.with_numbers([(row.tenant.facility_id, row.number) for row in rows])
    return [
        {
            "held": row,
            "sharing": shares[row.number].without(row.tenant.pk) if row.number in shares else None,
            "chat": chats.get((row.tenant.facility_id, row.number)),
        }
        for row in rows
    ]


@require_POST
@staff_page
def unclear(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """R3, R4: answer what a text, the carrier or the reader of a form made us ask."""
    demand(request, "text")
    tenant = tenants.get(scope=request.desk.scope, tenant_id=tenant_id)
    said = request.POST.get("answer", "")
    if said not in _ANSWERED:
        raise BadInput("Answer with one of the buttons below the question.", field="answer")
    questions.answer(
        tenant=tenant,
        source=request.POST.get("source", ""),
        said=said,
        by=request.desk.actor,
        now=request.desk.now,
    )
    problems.say(request, _ANSWERED[said])
    return sheets.back(request, tenant_id)
