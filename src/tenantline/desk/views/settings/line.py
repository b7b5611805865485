"""One line: who hears its texts, which phones its carrier blocks, whose signature counts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from tenantline.carrier import connecting
from tenantline.conversations import drift
from tenantline.desk import line_health, problems
from tenantline.desk import pace as paces
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.facilities import actions
from tenantline.facilities import queries as facilities
from tenantline.intake import queries as intake


@require_GET
@staff_page
def page(request: DeskRequest, line_id: int) -> HttpResponse:
    """Show how a line is."""
    now = request.desk.now
    line = facilities.line(scope=request.desk.scope, line_id=line_id)
    health = line_health.one(line, now)
    until = line.previous_token_until
    context = {
        "tab": "lines",
        "line": line,
        "health": health,
        "pace": paces.of([line], now)[line.pk],
        "last_handed": intake.last_handed(line.pk),
        "missed": intake.missed_calls(line.pk, now) if health.missed else [],
        "hook": connecting.hook_address(),
        "drift": drift.of(line, now),
        "two_tokens": until is not None and until > now,
    }
    return render(request, "desk/settings/line.html", context)


@require_POST
@staff_page
def answer_help(request: DeskRequest, line_id: int) -> HttpResponse:
    """R16: say whether we answer HELP that comes to this line, or the carrier does."""
    demand(request, "edit_facility")
    desk = request.desk
    line = facilities.line(scope=desk.scope, line_id=line_id)
    answers = request.POST.get("answers") == "on"
    actions.answer_help(line=line, answers=answers, by=desk.actor, now=desk.now)
    said = "HELP to this line is answered by us now." if answers else "HELP is left to the carrier."
    problems.say(request, said)
    return problems.see_other("desk:line", line.pk)
