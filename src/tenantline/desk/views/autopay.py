"""AutoPay's drafts at a tenant's page: planned, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from tenantline.billing import autopay
from tenantline.desk import figures, problems, sheets
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.forms import Form, typed
from tenantline.desk.views.tenant import header
from tenantline.kernel.errors import BadInput, TenantlineError

if TYPE_CHECKING:
    from tenantline.tenants.models import Tenant


@require_http_methods(["GET", "POST"])
@staff_page
def plan(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Record that AutoPay is about to draw an amount."""
    demand(request, "edit_tenants")
    context = header(request, tenant_id, "account")
    owed = max(0, context["tenant"].balance_cents)
    form = Form({"amount": f"{owed // 100}.{owed % 100:02d}" if owed else ""})
    if request.method == "POST":
        try:
            _plan(request, context["tenant"])
        except TenantlineError as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, "The draft is pending.")
            return sheets.done(request, "desk:account", tenant_id)
    return sheets.show(request, "draft_plan", context | {"form": form})


def _plan(request: DeskRequest, tenant: Tenant) -> None:
    day = figures.day(request.POST.get("date", ""), field="date")
    if day is None:
        raise BadInput("Say on which day it is drawn.", field="date")
    amount = figures.cents(request.POST.get("amount", ""), field="amount")
    if amount <= 0:
        raise BadInput("The amount must be above zero.", field="amount")
    desk = request.desk
    autopay.plan(tenant=tenant, amount_cents=amount, draws_on=day, by=desk.actor, now=desk.now)


@require_http_methods(["GET", "POST"])
@staff_page
def settle(request: DeskRequest, tenant_id: int, state: str) -> HttpResponse:
    """Say what becomes of the pending draft, drawn or cancelled, then record it."""
    demand(request, "edit_tenants")
    context = header(request, tenant_id, "account")
    draft = autopay.pending(tenant_id)
    if draft is None:
        problems.say(request, "No draft is pending any more.")
        return sheets.done(request, "desk:account", tenant_id)
    if request.method == "POST":
        autopay.settle(draft=draft, state=state, by=request.desk.actor, now=request.desk.now)
        done = "The payment was recorded." if state == "done" else "The draft was cancelled."
        problems.say(request, done)
        return sheets.done(request, "desk:account", tenant_id)
    return sheets.show(request, "draft_settle", context | {"draft": draft, "state": state})
