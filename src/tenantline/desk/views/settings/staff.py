"""Staff: who works where with which role, adding, deactivating, links to choose a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.conversations.actions import unassign_all
from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.choices import ROLES
from tenantline.desk.forms import Form, typed
from tenantline.facilities import actions as facility_actions
from tenantline.facilities import queries as facilities
from tenantline.facilities.members import demand_everywhere, staff_member, staff_within
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import BadInput, Conflict, Forbidden, Refused
from tenantline.staff import actions, links

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility
    from tenantline.staff.models import Staff


@require_GET
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show everybody whose facilities lie within the owner's."""
    demand(request, "edit_staff")
    context = {"tab": "staff", "members": staff_within(request.desk.scope)}
    return render(request, "desk/settings/staff.html", context)


@require_http_methods(["GET", "POST"])
@staff_page
def add(request: DeskRequest) -> HttpResponse:
    """Add a person; they choose a password by a one-time link that is shown now."""
    demand(request, "edit_staff")
    form = Form({"role": "clerk"})
    if request.method == "POST":
        try:
            return _show_link(request, _added(request), new=True)
        except (BadInput, Conflict, Forbidden) as error:
            form = typed(request.POST, error)
    context = {"tab": "staff", "form": form, "roles": ROLES}
    status = 400 if form.error else 200
    return render(request, "desk/settings/staff_add.html", context, status=status)


def _added(request: DeskRequest) -> Staff:
    desk, role = request.desk, request.POST.get("role", "")
    places = named_facilities(request, role=role)
    member = actions.add_staff(
        username=request.POST.get("username", ""),
        name=request.POST.get("name", ""),
        role=role,
        password=new_token(32),  # nobody knows it; the link replaces it
        by=desk.actor,
        now=desk.now,
    )
    facility_actions.grant(member=member, facilities=places, by=desk.actor, now=desk.now)
    return member


def named_facilities(request: DeskRequest, *, role: str) -> list[Facility]:
    """Return the ticked facilities. None at all means every facility: for owners, by owners of all.

    Raises:
        BadInput: nothing is ticked for somebody who is no owner.
        Forbidden: all facilities are more than the asker's own.
    """
    codes = request.POST.getlist("facility")
    places = [facilities.facility(scope=request.desk.scope, code=code) for code in codes]
    if places:
        return places
    if role != "owner":
        raise BadInput("Name at least one facility.", field="facility")
    demand_everywhere(request.desk.scope)
    return []


@require_http_methods(["GET", "POST"])
@staff_page
def one(request: DeskRequest, staff_id: int) -> HttpResponse:
    """Show one person; change the role and where they work."""
    demand(request, "edit_staff")
    member = staff_member(scope=request.desk.scope, staff_id=staff_id)
    form = Form({"role": member.who.role, "facility": [site.code for site in member.facilities]})
    if request.method == "POST":
        try:
            _change(request, member.who)
        except (BadInput, Forbidden, Refused) as error:
            form = typed(request.POST, error)
            member = staff_member(scope=request.desk.scope, staff_id=staff_id)
        else:
            problems.say(request, f"{member.who.username} was saved.")
            return problems.see_other("desk:staff")
    own = member.who.pk == request.desk.member.pk
    context = {"tab": "staff", "person": member, "form": form, "roles": ROLES, "own": own}
    status = 400 if form.error else 200
    return render(request, "desk/settings/staff_one.html", context, status=status)


def _change(request: DeskRequest, member: Staff) -> None:
    desk, role = request.desk, request.POST.get("role", "")
    places = named_facilities(request, role=role)
    actions.set_role(staff=member, role=role, by=desk.actor, now=desk.now)
    facility_actions.grant(member=member, facilities=places, by=desk.actor, now=desk.now)


@require_POST
@staff_page
def set_active(request: DeskRequest, staff_id: int) -> HttpResponse:
    """Deactivate a person who leaves, or let one back in."""
    demand(request, "edit_staff")
    member = staff_member(scope=request.desk.scope, staff_id=staff_id).who
    active = request.POST.get("active") == "yes"
    actions.set_active(staff=member, active=active, by=request.desk.actor, now=request.desk.now)
    if not active:
        unassign_all(member=member, by=request.desk.actor, now=request.desk.now)
    done = "can sign in again" if active else "is signed out everywhere and cannot sign in"
    problems.say(request, f"{member.username} {done}.")
    return problems.see_other("desk:staff")


@require_POST
@staff_page
def link(request: DeskRequest, staff_id: int) -> HttpResponse:
    """Make a one-time link for somebody who has forgotten the password; it is shown once."""
    demand(request, "edit_staff")
    member = staff_member(scope=request.desk.scope, staff_id=staff_id).who
    return _show_link(request, member, new=False)


def _show_link(request: DeskRequest, member: Staff, *, new: bool) -> HttpResponse:
    token = links.make(staff=member, by=request.desk.actor, now=request.desk.now)
    address = settings.PUBLIC_URL + reverse("desk:choose_password", args=[member.pk, token])
    context = {"tab": "staff", "who": member, "address": address, "new": new}
    return render(request, "desk/settings/staff_link.html", context)
