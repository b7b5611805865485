"""Lines: what is connected, connecting another, pausing, resuming, disconnecting."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.carrier import connecting
from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.forms import Form, typed
from tenantline.facilities import actions
from tenantline.facilities import queries as facilities
from tenantline.kernel import phone
from tenantline.kernel.errors import TenantlineError


@require_GET
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show every line in scope with its state."""
    context = {"tab": "lines", "lines": facilities.lines(request.desk.scope)}
    return render(request, "desk/settings/lines.html", context)


@require_http_methods(["GET", "POST"])
@staff_page
def connect(request: DeskRequest) -> HttpResponse:
    """Connect a Twilio number to a facility, as ``tenantline line connect`` does."""
    demand(request, "edit_lines")
    chosen = request.desk.facility
    form = Form({"site": request.GET.get("site", chosen.code if chosen else "")})
    if request.method == "POST":
        try:
            done = _connected(request)
        except TenantlineError as error:
            form = typed(request.POST, error)
        else:
            context = {"tab": "lines", "done": done}
            return render(request, "desk/settings/line_connected.html", context)
    context = {
        "tab": "lines",
        "form": form,
        "sites": [(site.code, site.name) for site in request.desk.facilities],
        "hook": connecting.hook_address(),
    }
    status = 400 if form.error else 200
    return render(request, "desk/settings/line_connect.html", context, status=status)


def _connected(request: DeskRequest) -> connecting.Connected:
    data = request.POST
    site = facilities.facility(scope=request.desk.scope, code=data.get("site", ""))
    return connecting.connect(
        facility=site,
        wanted=connecting.Wanted(
            account_sid=data.get("account_sid", "").strip(),
            auth_token=data.get("auth_token", "").strip(),
            number=data.get("number", "").strip(),
            messaging_service_sid=data.get("messaging_service_sid", "").strip(),
            keep_webhook="keep_webhook" in data,
            take_service="take_service" in data,
        ),
        by=request.desk.actor,
        now=request.desk.now,
        client_base_url=settings.TWILIO_API_URL,
    )


@require_POST
@staff_page
def pause(request: DeskRequest, line_id: int) -> HttpResponse:
    """Let nothing leave by a line until somebody resumes it."""
    demand(request, "edit_lines")
    line = facilities.line(scope=request.desk.scope, line_id=line_id)
    reason = request.POST.get("reason", "").strip() or f"Paused by {request.desk.name}."
    actions.pause_line(line=line, reason=reason, by=request.desk.actor, now=request.desk.now)
    problems.say(request, f"Nothing leaves by {_shown(line.number)} until it is resumed.")
    return problems.see_other("desk:lines")


@require_POST
@staff_page
def resume(request: DeskRequest, line_id: int) -> HttpResponse:
    """Let texts leave by a paused line again."""
    demand(request, "edit_lines")
    line = facilities.line(scope=request.desk.scope, line_id=line_id)
    actions.resume_line(line=line, by=request.desk.actor, now=request.desk.now)
    problems.say(request, f"Texts leave by {_shown(line.number)} again.")
    return problems.see_other("desk:lines")


@require_http_methods(["GET", "POST"])
@staff_page
def disconnect(request: DeskRequest, line_id: int) -> HttpResponse:
    """Say what disconnecting a line does, then do it."""
    demand(request, "edit_lines")
    line = facilities.line(scope=request.desk.scope, line_id=line_id)
    context = {"tab": "lines", "line": line}
    if request.method == "POST":
        done = connecting.disconnect(
            line=line,
            by=request.desk.actor,
            now=request.desk.now,
            client_base_url=settings.TWILIO_API_URL,
        )
        return render(request, "desk/settings/line_disconnected.html", context | {"done": done})
    return render(request, "desk/settings/line_disconnect.html", context)


def _shown(number: str) -> str:
    return phone.national(phone.Number(number))
