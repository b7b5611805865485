"""Opt-in at the counter (R13): show a code, or hand this device over; follow what the tenant does.

Handing over ends the staff member's session on this device before the form appears there: what
leads back is the sign-in, and nothing else (docs/counter.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tenantline.consent import counter, forms
from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.views.tenant import header
from tenantline.facilities import queries as facilities
from tenantline.kernel import phone, qr
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.consent.counter import Issued, Session
    from tenantline.tenants.models import Tenant

_CODES = "counter"  # of this browser's session: the codes that it may show again
_KEPT = 5
_OVER = {
    "newer": "A newer form was issued to this tenant, so this link no longer works.",
    "number_changed": "The mobile number has changed, so this link no longer works.",
    "disowned": "Somebody opened the form and said that this is not their number.",
    "moved_out": "The tenant has moved out, so this link no longer works.",
    "ended": "You closed the form before it was sent. Nothing was agreed to by it.",
    "expired": "The half hour is over, and the form was not sent. Nothing was agreed to by it.",
}


@require_GET
@staff_page
def page(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Show where the opt-in at the counter stands; changes nothing."""
    demand(request, "text")
    context = header(request, tenant_id, "counter")
    tenant, standing = context["tenant"], context["consent"]
    session = counter.session(tenant=tenant, waits=bool(standing.waiting), now=request.desk.now)
    line = facilities.sending_line(tenant.facility_id)
    context |= {
        "session": session,
        "over": _OVER.get(session.why, ""),
        "line": phone.national(phone.Number(line.number)) if line else "",
        "obstacle": forms.obstacle_to_any(tenant, request.desk.now),
        "reachable": settings.PUBLIC_URL_IS_SET or settings.DEMO,
    }
    return render(request, "desk/counter.html", context | _code(request, session))


@require_POST
@staff_page
def show(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Issue a form whose code is shown here for the tenant's own phone."""
    tenant = _tenant(request, tenant_id)
    issued = counter.issue(tenant=tenant, by=request.desk.actor, now=request.desk.now)
    _keep(request, issued)
    return problems.see_other("desk:counter", tenant_id)


@require_POST
@staff_page
def hand_over(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Issue a form for this very device, sign out here, and lead to the form."""
    tenant = _tenant(request, tenant_id)
    issued = counter.issue(
        tenant=tenant, by=request.desk.actor, now=request.desk.now, handed_over=True
    )
    logout(request)
    return redirect(reverse("counter-code", args=[issued.code]))


@require_POST
@staff_page
def end(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Close the form at the counter."""
    tenant = _tenant(request, tenant_id)
    if counter.end(tenant=tenant, by=request.desk.actor, now=request.desk.now):
        problems.say(request, "The form is closed; its code no longer works.")
    return problems.see_other("desk:counter", tenant_id)


def _tenant(request: DeskRequest, tenant_id: int) -> Tenant:
    demand(request, "text")
    return tenants.get(scope=request.desk.scope, tenant_id=tenant_id)


def _keep(request: DeskRequest, issued: Issued) -> None:
    """Remember the code in the session: the table holds its hash alone."""
    kept = list(request.session.get(_CODES, []))[-_KEPT + 1 :]
    request.session[_CODES] = [*kept, [issued.form.pk, issued.code]]


def _code(request: DeskRequest, session: Session) -> dict[str, Any]:
    """Return the code of a session that waits to be scanned, if it was issued in this browser."""
    if session.form is None or session.state not in ("shown", "opened"):
        return {}
    codes = dict(request.session.get(_CODES, []))
    code = codes.get(session.form.pk)
    if code is None:
        return {}
    address = f"{settings.PUBLIC_URL}{reverse('counter-code', args=[counter.for_reading(code)])}"
    return {"code": qr.drawn(address), "address": address.removeprefix("https://").rstrip("/")}
