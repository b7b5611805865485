"""A tenant's letters: issuing one, seeing first how it would go, and what was issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.choices import METHODS
from tenantline.desk.forms import Form, typed
from tenantline.desk.prints import LETTERS
from tenantline.desk.views.tenant import header
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import BadInput, NotFound, Refused
from tenantline.letters import actions, preview, queries
from tenantline.printing import queries as printing
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.letters.actions import Issued
    from tenantline.letters.models import Notice
    from tenantline.printing.models import Printing
    from tenantline.tenants.models import Tenant

_PER_PAGE = 50
_STATES = {
    "to_print": ("Waits to be printed", "waiting"),
    "printed": ("Printed", "good"),
    "withdrawn": ("Taken back", "quiet"),
    "queued": ("Queued", "waiting"),
    "sending": ("Sending", "waiting"),
    "unknown": ("Unknown", "stop"),
    "sent": ("Sent", "good"),
    "delivered": ("Delivered", "good"),
    "undelivered": ("Not delivered", "stop"),
    "failed": ("Failed", "stop"),
    "withheld": ("Withheld", "stop"),
}
_DONE = {
    "sms": "The letter goes by SMS.",
    "email": "The letter goes by e-mail.",
    "print": "The letter waits to be printed: below, or with the others under Letters, Print.",
}


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Show what was issued to a tenant; a POST issues a letter."""
    context = header(request, tenant_id, "letters")
    tenant, form = context["tenant"], Form()
    if request.method == "POST":
        demand(request, "issue")
        try:
            issued = _issue(request, tenant)
        except (BadInput, Refused, NotFound) as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, _DONE[issued.notice.method])
            return problems.see_other("desk:tenant_letters", tenant.pk)
    rows = queries.letters(scope=request.desk.scope, facility_id=tenant.facility_id)
    notices = Paginator(queries.notices(tenant=tenant), _PER_PAGE).get_page(request.GET.get("page"))
    prints = printing.prints_of(LETTERS.papers, list(notices))
    context |= {
        "form": form,
        "key": request.POST.get("key", "")[:64] or new_token(12),
        "letters": _choices([(str(row.pk), row.name) for row in rows]),
        "methods": [("", "As the letter or the tenant says"), *METHODS],
        "shown": notices,
        "notices": [_shown(notice, prints.get(notice.pk, [])) for notice in notices],
    }
    return render(request, "desk/tenant_letters.html", context, status=400 if form.error else 200)


def _choices(letters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the letters to choose from; of several none is chosen before somebody has."""
    return [("", "Choose…"), *letters] if len(letters) > 1 else letters


def _issue(request: DeskRequest, tenant: Tenant) -> Issued:
    if not request.POST.get("letter"):
        raise BadInput("Choose a letter.", field="letter")
    letter = queries.letter(scope=request.desk.scope, letter_id=request.POST.get("letter", ""))
    key = request.POST.get("key", "")[:64]
    return actions.issue(
        letter=letter,
        tenant=tenant,
        method=request.POST.get("method") or None,
        key=f"{request.desk.actor.kind}:{request.desk.actor.ref}\x1f{key}" if key else "",
        by=request.desk.actor,
        now=request.desk.now,
    )


def _shown(notice: Notice, prints: list[Printing]) -> dict[str, Any]:
    state, at = queries.state(notice)
    words, tone = _STATES[state]
    return {
        "notice": notice,
        "state": words,
        "tone": tone,
        "at": at,
        "method": dict(METHODS)[notice.method],
        "skipped": [one["sentence"] for one in notice.skipped],
        "words": list(notice.words.values()),
        "may_be_taken_back": state in ("to_print", "queued"),
        "may_be_printed": state in ("to_print", "printed"),
        "prints": prints,
    }


@require_GET
@staff_page
def look(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Show how a letter would go to this tenant, before it is issued."""
    desk = request.desk
    tenant = tenants.get(scope=desk.scope, tenant_id=tenant_id)
    context: dict[str, Any] = {"tenant": tenant, "methods": dict(METHODS), "issuing": True}
    chosen = request.GET.get("letter", "")
    if chosen:
        letter = queries.letter(scope=desk.scope, letter_id=chosen)
        context["preview"] = preview.of(
            letter=letter,
            version=queries.current(letter),
            tenant=tenant,
            method=request.GET.get("method") or None,
            now=desk.now,
        )
    return render(request, "desk/parts/letter_preview.html", context)


@require_POST
@staff_page
def withdraw(request: DeskRequest, tenant_id: int, notice_id: int) -> HttpResponse:
    """Take back a notice that has not left."""
    desk = request.desk
    tenant = tenants.get(scope=desk.scope, tenant_id=tenant_id)
    notice = queries.notice(scope=desk.scope, notice_id=notice_id)
    demand(request, "issue")
    if notice.tenant_id != tenant.pk:
        raise NotFound("There is no such notice.")
    actions.withdraw(notice=notice, reason="Taken back by the office.", by=desk.actor, now=desk.now)
    problems.say(request, "The notice was taken back.")
    return problems.see_other("desk:tenant_letters", tenant.pk)
