"""One line: who hears its texts, which phones its carrier blocks, whose signature counts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenantline.carrier import connecting
from tenantline.conversations import drift
from tenantline.desk import line_health
from tenantline.desk import pace as paces
from tenantline.desk.access import DeskRequest, staff_page
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
