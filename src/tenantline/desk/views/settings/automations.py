"""Automations: the list and adding one; one with its mode, what it would do now, its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.automations import actions, queries
from tenantline.automations.rules import WHENS
from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.choices import METHODS
from tenantline.desk.forms import Form, typed
from tenantline.facilities import queries as facilities
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import BadInput, TenantlineError
from tenantline.letters import queries as letters

if TYPE_CHECKING:
    from tenantline.automations.models import Automation
    from tenantline.automations.queries import Would
    from tenantline.letters.models import Letter

_SHOWN = 25
_PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """List the automations at the facilities on view; a POST adds one, which is off."""
    demand(request, "run")
    desk = request.desk
    form = Form({"when": "charge_due", "days": "3"})
    if request.method == "POST":
        try:
            made = _added(request)
        except TenantlineError as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, "The automation is added. It is off: try it simulated first.")
            return problems.see_other("desk:automation", made.pk)
    everywhere = [("", "All facilities")] if desk.scope.facility_ids is None else []
    context = {
        "tab": "automations",
        "rows": [(row, queries.words(row)) for row in queries.automations(scope=desk.view)],
        "form": form,
        "whens": [(key, when.name) for key, when in WHENS.items()],
        "letters": [(str(one.pk), one.name) for one in letters.letters(scope=desk.scope)],
        "places": [*everywhere, *((site.code, site.name) for site in desk.facilities)],
    }
    status = 400 if form.error else 200
    return render(request, "desk/settings/automations.html", context, status=status)


def _added(request: DeskRequest) -> Automation:
    desk, said = request.desk, request.POST
    code = said.get("facility", "")
    facility = facilities.facility(scope=desk.scope, code=code) if code else None
    queries.demand_may_change(scope=desk.scope, facility_id=facility.pk if facility else None)
    return actions.add(
        when=said.get("when", ""),
        days=_days(request),
        letter=_letter(request),
        facility=facility,
        by=desk.actor,
        now=desk.now,
    )


def _days(request: DeskRequest) -> int:
    days = whole_number(request.POST.get("days", "").strip(), most=3)
    return days if days is not None else -1


def _letter(request: DeskRequest) -> Letter:
    chosen = request.POST.get("letter")
    if not chosen:
        raise BadInput("Choose a letter.", field="letter")
    return letters.letter(scope=request.desk.scope, letter_id=chosen)


@require_GET
@staff_page
def one(request: DeskRequest, automation_id: int) -> HttpResponse:
    """Show an automation: whom it would write to now, and what it has done."""
    demand(request, "run")
    desk = request.desk
    found = queries.automation(scope=desk.scope, automation_id=automation_id)
    would = queries.would_do(automation=found, scope=desk.view, now=desk.now, most=_SHOWN + 1)
    before = request.GET.get("before", "")
    rows = queries.history(
        automation=found,
        scope=desk.view,
        before=whole_number(before),
        limit=_PER_PAGE + 1,
    )
    methods = dict(METHODS)
    context: dict[str, Any] = {
        "tab": "automations",
        "automation": found,
        "words": queries.words(found),
        "modes": queries.MODES,
        "form": Form({"mode": found.mode}),
        "may_change": found.facility_id is not None or desk.scope.facility_ids is None,
        "would": [(one, methods.get(one.method, "")) for one in would[:_SHOWN]],
        "more": len(would) > _SHOWN,
        "rows": [(row, methods.get(row.method, "")) for row in rows[:_PER_PAGE]],
        "before": rows[_PER_PAGE - 1].pk if len(rows) > _PER_PAGE else None,
        "paged": bool(before),
    }
    return render(request, "desk/settings/automation.html", context)


@require_http_methods(["GET", "POST"])
@staff_page
def change(request: DeskRequest, automation_id: int) -> HttpResponse:
    """Change days or letter: first whom it would write to then, with the next look; then do it."""
    found = _to_change(request, automation_id)
    desk, act, words = request.desk, request.POST.get("act", "look"), queries.words(found)
    form = Form({"days": str(found.days), "letter": str(found.letter_id)})
    would: list[Would] | None = None
    if request.method == "POST":
        form = Form({"days": str(_days(request)), "letter": request.POST.get("letter", "")})
        try:
            days, letter = _days(request), _letter(request)
            if act in ("write", "leave") or found.mode == "off":
                return _changed(request, found, days, letter)
            would = queries.would_do_changed(
                automation=found,
                days=days,
                letter=letter,
                scope=desk.scope,
                now=desk.now,
                most=_SHOWN + 1,
            )
        except TenantlineError as error:
            form = typed(request.POST, error)
            found.refresh_from_db()
    methods = dict(METHODS)
    listed = [] if would is None else [(one, methods.get(one.method, "")) for one in would[:_SHOWN]]
    known = letters.letters(scope=desk.scope, facility_id=found.facility_id)
    context = {
        "tab": "automations",
        "automation": found,
        "words": words,
        "then": queries.words(found),
        "takes_days": WHENS[found.when].days is not None,
        "letters": [(str(one.pk), one.name) for one in known],
        "form": form,
        "looked": would is not None,
        "would": listed,
        "more": would is not None and len(would) > _SHOWN,
    }
    status = 400 if form.error else 200
    return render(request, "desk/settings/automation_change.html", context, status=status)


def _changed(
    request: DeskRequest, automation: Automation, days: int, letter: Letter
) -> HttpResponse:
    left = actions.change(
        automation=automation,
        days=days,
        letter=letter,
        leave_alone=request.POST.get("act") == "leave",
        by=request.desk.actor,
        now=request.desk.now,
    )
    causes = "1 cause is" if left == 1 else f"{left:,} causes are"
    alone = f" {causes} left alone." if left else ""
    problems.say(request, f"The automation is changed.{alone}")
    return problems.see_other("desk:automation", automation.pk)


@require_POST
@staff_page
def switch(request: DeskRequest, automation_id: int) -> HttpResponse:
    """Switch an automation off, to simulated or on."""
    found = _to_change(request, automation_id)
    mode = request.POST.get("mode", "")
    actions.switch(automation=found, mode=mode, by=request.desk.actor, now=request.desk.now)
    problems.say(request, f"The automation is {dict(queries.MODES)[mode].lower()} now.")
    return problems.see_other("desk:automation", found.pk)


@require_POST
@staff_page
def end(request: DeskRequest, automation_id: int) -> HttpResponse:
    """End an automation for good."""
    found = _to_change(request, automation_id)
    actions.end(automation=found, by=request.desk.actor, now=request.desk.now)
    problems.say(request, "The automation is removed. What it issued stays with the tenants.")
    return problems.see_other("desk:automations")


def _to_change(request: DeskRequest, automation_id: int) -> Automation:
    demand(request, "run")
    scope = request.desk.scope
    found = queries.automation(scope=scope, automation_id=automation_id)
    queries.demand_may_change(scope=scope, facility_id=found.facility_id)
    return found
