"""Facilities: the list, adding one, one facility's details, hours for texts and units."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.consent.tenancies import set_chat_days
from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.choices import COMMON_ZONES
from tenantline.desk.forms import Form, typed
from tenantline.facilities import actions
from tenantline.facilities import queries as facilities
from tenantline.facilities.members import demand_everywhere
from tenantline.kernel import phone
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import BadInput, Conflict

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility

_DETAILS = ("name", "timezone", "street", "city", "state", "postal_code", "phone", "email")
_UNITS_SHOWN = 500


@require_GET
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show the facilities in scope, each with its line."""
    sites = [(site, facilities.sending_line(site.pk)) for site in request.desk.facilities]
    return render(request, "desk/settings/facilities.html", {"tab": "facilities", "sites": sites})


@require_http_methods(["GET", "POST"])
@staff_page
def add(request: DeskRequest) -> HttpResponse:
    """Add a facility; only an owner of all facilities can."""
    demand(request, "edit_facilities")
    demand_everywhere(request.desk.scope)
    form = Form({"timezone": "America/Chicago"})
    if request.method == "POST":
        details = _details(request.POST)
        try:
            site = actions.add_facility(
                code=request.POST.get("code", ""),
                name=details.pop("name", ""),
                timezone=details.pop("timezone", ""),
                by=request.desk.actor,
                now=request.desk.now,
                **details,
            )
        except (BadInput, Conflict) as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, f"{site.name} was added. Next, connect a line for its texts.")
            return problems.see_other("desk:facility", site.code)
    context = {"tab": "facilities", "form": form, "zones": COMMON_ZONES}
    status = 400 if form.error else 200
    return render(request, "desk/settings/facility_add.html", context, status=status)


@require_http_methods(["GET", "POST"])
@staff_page
def one(request: DeskRequest, code: str) -> HttpResponse:
    """Show a facility and change its details; R6: the hours for texts only narrow."""
    site = facilities.facility(scope=request.desk.scope, code=code)
    form = _form_of(site)
    if request.method == "POST":
        demand(request, "edit_facility")
        try:
            _change(request, site)
        except BadInput as error:
            form = typed(request.POST, error)
            site = facilities.facility(scope=request.desk.scope, code=code)
        else:
            problems.say(request, f"{site.name} was saved.")
            return problems.see_other("desk:facility", site.code)
    units = facilities.units(site.pk)
    context = {
        "tab": "facilities",
        "site": site,
        "form": form,
        "zones": COMMON_ZONES,
        "units": units[:_UNITS_SHOWN],
        "unit_count": len(units),
        "line": facilities.sending_line(site.pk),
    }
    status = 400 if form.error else 200
    return render(request, "desk/settings/facility.html", context, status=status)


@require_POST
@staff_page
def add_units(request: DeskRequest, code: str) -> HttpResponse:
    """Add units by name, several separated by commas; those that exist stay as they are."""
    demand(request, "edit_facility")
    site = facilities.facility(scope=request.desk.scope, code=code)
    before = len(facilities.units(site.pk))
    for name in request.POST.get("units", "").split(","):
        if name.strip():
            actions.unit_named(facility=site, name=name)
    added = len(facilities.units(site.pk)) - before
    problems.say(request, f"{added} unit{'' if added == 1 else 's'} added.")
    return problems.see_other("desk:facility", site.code)


def _change(request: DeskRequest, site: Facility) -> None:
    desk, details = request.desk, _details(request.POST) | _hours(request.POST)
    days = _days(request.POST)
    with transaction.atomic():
        actions.change_facility(facility=site, by=desk.actor, now=desk.now, **details)
        if days is not None and days != site.chat_days_after_move_out:
            set_chat_days(facility=site, days=days, by=desk.actor, now=desk.now)


def _days(data: QueryDict) -> int | None:
    typed_in = data.get("chat_days_after_move_out")
    if typed_in is None:
        return None
    days = whole_number(typed_in, most=3)
    if days is None:
        raise BadInput("Write a number of days from 0 to 60.", field="chat_days_after_move_out")
    return days


def _form_of(site: Facility) -> Form:
    values: dict[str, str | list[str]] = {name: getattr(site, name) for name in _DETAILS}
    values["phone"] = phone.national(phone.Number(site.phone))
    values["window_opens"] = f"{site.window_opens:%H:%M}"
    values["window_closes"] = f"{site.window_closes:%H:%M}"
    values["texts_on_sunday"] = ["on"] if site.texts_on_sunday else []
    values["chat_days_after_move_out"] = str(site.chat_days_after_move_out)
    return Form(values)


def _details(data: QueryDict) -> dict[str, Any]:
    return {name: data.get(name, "").strip() for name in _DETAILS if name in data}


def _hours(data: QueryDict) -> dict[str, Any]:
    if "window_opens" not in data:
        return {}
    return {
        "window_opens": _time(data, "window_opens"),
        "window_closes": _time(data, "window_closes"),
        "texts_on_sunday": "texts_on_sunday" in data,
    }


def _time(data: QueryDict, name: str) -> time:
    try:
        return time.fromisoformat(data.get(name, ""))
    except ValueError as error:
        raise BadInput("Write a time such as 08:00.", field=name) from error
