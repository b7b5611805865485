"""API tokens: making one (shown once), revoking one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.choices import ROLES
from tenantline.desk.forms import Form, typed
from tenantline.desk.views.settings.staff import named_facilities
from tenantline.facilities import actions as facility_actions
from tenantline.facilities.members import token as token_within
from tenantline.facilities.members import tokens_within
from tenantline.kernel.errors import BadInput, Forbidden
from tenantline.staff import actions


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show the tokens within the owner's facilities; a POST makes one and shows its secret."""
    demand(request, "edit_tokens")
    form, secret = Form({"role": "clerk"}), ""
    if request.method == "POST":
        try:
            secret = _made(request)
        except (BadInput, Forbidden) as error:
            form = typed(request.POST, error)
    context = {
        "tab": "tokens",
        "tokens": tokens_within(request.desk.scope),
        "form": form,
        "roles": ROLES,
        "secret": secret,
        "made": request.POST.get("name", "").strip(),
    }
    status = 400 if form.error else 200
    return render(request, "desk/settings/tokens.html", context, status=status)


def _made(request: DeskRequest) -> str:
    desk, role = request.desk, request.POST.get("role", "")
    places = named_facilities(request, role=role)
    token, secret = actions.create_token(
        name=request.POST.get("name", ""), role=role, by=desk.actor, now=desk.now
    )
    facility_actions.grant(member=token, facilities=places, by=desk.actor, now=desk.now)
    return secret


@require_POST
@staff_page
def revoke(request: DeskRequest, token_id: int) -> HttpResponse:
    """End a token at once."""
    demand(request, "edit_tokens")
    token = token_within(scope=request.desk.scope, token_id=token_id).who
    actions.revoke_token(token=token, by=request.desk.actor, now=request.desk.now)
    problems.say(request, f"The token {token.name} no longer works.")
    return problems.see_other("desk:tokens")
