"""Recovery after a restore: what is read back, what only people know, the owner's word (R7)."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from tenantline.backups import recovering
from tenantline.consent import queries as consent
from tenantline.conversations import queries as conversations
from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.forms import Form, typed
from tenantline.facilities import queries as facilities
from tenantline.facilities.members import demand_everywhere
from tenantline.kernel import phone
from tenantline.kernel.errors import BadInput
from tenantline.recovery import actions, queries, rules

_SHOWN = 50


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show how far the recovery is; take an owner's word that the list has been gone through."""
    form = Form()
    if request.method == "POST":
        _demand_owner(request)
        try:
            actions.confirm(
                ticked=request.POST.getlist("done"), by=request.desk.actor, now=request.desk.now
            )
        except BadInput as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, "Confirmed. Automatic texts leave once every line is read back.")
            return problems.see_other("desk:recovery")
    return render(request, "desk/settings/recovery.html", _shown(request, form), status=_code(form))


@require_POST
@staff_page
def leave_out(request: DeskRequest, line_id: int) -> HttpResponse:
    """Go on without reading a line back that the carrier does not let us read any more."""
    _demand_owner(request)
    line = facilities.line(scope=request.desk.scope, line_id=line_id)
    actions.leave_out(
        line_id=line.pk,
        facility_id=line.facility_id,
        by=request.desk.actor,
        now=request.desk.now,
    )
    number = phone.national(phone.Number(line.number))
    problems.say(request, f"{number} is not waited for any more; a STOP to it may be missing.")
    return problems.see_other("desk:recovery")


def _shown(request: DeskRequest, form: Form) -> dict[str, object]:
    """Return what the page shows. Lines elsewhere are counted and not named (R10)."""
    desk = request.desk
    progress = recovering.progress(desk.now)
    lines = progress.lines if progress else []
    mine = [one for one in lines if desk.scope.covers(one.line.facility_id)]
    since = progress.recovery.made_at if progress else desk.now
    starts = conversations.texted_start(scope=desk.scope, since=since)
    in_vain = consent.with_status(starts, desk.now).exclude(Q(consent_status="opted_in"))
    return {
        "tab": "recovery",
        "progress": progress,
        "last": queries.latest(),
        "lines": mine,
        "elsewhere": len(lines) - len(mine),
        "items": rules.UNKNOWABLE,
        "in_vain": in_vain[:_SHOWN] if progress else [],
        "form": form,
        "ticked": form.list_of("done"),
        "owner": desk.may("confirm_recovery") and desk.scope.facility_ids is None,
        "zone": desk.zone,
    }


def _code(form: Form) -> int:
    return 400 if form.error else 200


def _demand_owner(request: DeskRequest) -> None:
    demand(request, "confirm_recovery")
    demand_everywhere(request.desk.scope)
