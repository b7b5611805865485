"""What staff do to a tenant. Each act says what will happen before the button with its verb."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from tenantline.consent import actions as consent
from tenantline.consent import forms, tenancies
from tenantline.desk import asking, problems, sheets
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.choices import MEDIA
from tenantline.desk.forms import Form, typed
from tenantline.desk.views.tenant import header
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.outbox import queries as outbox
from tenantline.tenants import actions
from tenantline.tenants import queries as tenants


@require_http_methods(["GET", "POST"])
@staff_page
def opt_in(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Ask before the opt-in form is e-mailed; *Issue* sends it."""
    demand(request, "text")
    context = header(request, tenant_id, "info")
    if request.method == "POST":
        form = forms.issue(tenant=context["tenant"], by=request.desk.actor, now=request.desk.now)
        problems.say(request, f"The opt-in form is on its way to {form.email}.")
        return problems.see_other("desk:tenant", tenant_id)
    context |= {
        "obstacle": forms.obstacle(context["tenant"], request.desk.now),
        "questions": asking.about(request.desk, tenant_id),
    }
    return sheets.show(request, "opt_in", context)


@require_http_methods(["GET", "POST"])
@staff_page
def revocation(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """R3: record that the tenant withdrew consent in another way than by text."""
    demand(request, "text")
    context = header(request, tenant_id, "info")
    form = Form()
    if request.method == "POST":
        try:
            _record(request, context)
        except (BadInput, Conflict) as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, "The revocation was recorded; no text goes to this number.")
            return sheets.back(request, tenant_id)
    context |= {
        "form": form,
        "media": MEDIA,
        "next": (request.POST if request.method == "POST" else request.GET).get("next", ""),
        "on_phone": 1 + len(context["sharing"]),
        "queued": outbox.queued_for(context["consent"].number).count(),
    }
    return sheets.show(request, "revocation", context)


def _record(request: DeskRequest, context: dict[str, Any]) -> None:
    shown = request.POST.get("shown", context["consent"].number)
    if shown != context["consent"].number:
        raise Conflict("The tenant's number has changed meanwhile; this is the one on file now.")
    if not request.POST.get("medium"):
        raise BadInput("Say how the tenant said it.", field="medium")
    consent.record_revocation(
        tenant=context["tenant"],
        medium=request.POST["medium"],
        note=request.POST.get("note", "").strip(),
        by=request.desk.actor,
        now=request.desk.now,
    )


@require_POST
@staff_page
def move_in(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Begin a rental of a unit."""
    demand(request, "edit_tenants")
    tenant = tenants.get(scope=request.desk.scope, tenant_id=tenant_id)
    rental = consent.move_in(
        tenant=tenant,
        unit=request.POST.get("unit", ""),
        by=request.desk.actor,
        now=request.desk.now,
    )
    problems.say(request, f"Unit {rental.unit} is now rented by {tenant.name}.")
    return problems.see_other("desk:tenant", tenant_id)


@require_http_methods(["GET", "POST"])
@staff_page
def move_out(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """R15: say what moving out ends and when, then end the rental of a unit (or the tenancy)."""
    demand(request, "edit_tenants")
    context = header(request, tenant_id, "info")
    posted = request.method == "POST"
    unit = (request.POST if posted else request.GET).get("unit", "")
    if unit and unit not in context["units"]:
        raise BadInput("The tenant does not rent this unit.", field="unit")
    last = not unit or context["units"] == [unit]
    today = f"{request.desk.now.astimezone(ZoneInfo(context['zone'])):%Y-%m-%d}"
    form = Form({"on": today})
    if posted:
        try:
            at = _last_moment(request, context["zone"], today) if last else request.desk.now
            tenant = context["tenant"]
            desk = request.desk
            consent.move_out(tenant=tenant, at=at, by=desk.actor, now=desk.now, unit=unit)
        except BadInput as error:
            form = typed(request.POST, error)
        else:
            moved = "has moved out" if at <= desk.now else "will move out"
            problems.say(request, f"{tenant.name} {moved}{unit and f' of {unit}'}.")
            return sheets.done(request, "desk:tenant", tenant_id)
    standing = context["consent"]
    context |= {
        "form": form,
        "unit": unit,
        "last": last,
        "chat_days": context["tenant"].facility.chat_days_after_move_out,
        "chat_ends": tenancies.chat_ends(context["tenant"], request.desk.now),
        "agreed_automatic": standing.services["statements"] or standing.services["notices"],
        "link_lives": sheets.link_lives(standing, request.desk.now),
    }
    return sheets.show(request, "move_out", context)


def _last_moment(request: DeskRequest, zone: str, today: str) -> datetime:
    """Return when the tenancy ends: now if the last day is today, else with that day there."""
    typed_in = request.POST.get("on", "") or today
    if typed_in == today:
        return request.desk.now
    try:
        day = date.fromisoformat(typed_in)
    except ValueError:
        raise BadInput("Write the last day as a date.", field="on") from None
    if not 1970 <= day.year <= 2100:
        raise BadInput("That day is too far away.", field="on")
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


@require_POST
@staff_page
def stays(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """R15: call off a move-out that is still to come."""
    demand(request, "edit_tenants")
    tenant = tenants.get(scope=request.desk.scope, tenant_id=tenant_id)
    actions.keep_renting(tenant=tenant, by=request.desk.actor, now=request.desk.now)
    problems.say(request, f"{tenant.name} stays; the move-out was called off.")
    return problems.see_other("desk:tenant", tenant_id)
