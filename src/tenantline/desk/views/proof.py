"""The proof of a number's consent: taken along as a PDF, and what of it may be erased (R11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from tenantline.consent import erasure
from tenantline.desk import problems, sheets
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.forms import Form, typed
from tenantline.desk.views.tenant import header
from tenantline.evidence import actions, queries
from tenantline.kernel.errors import BadInput, Refused
from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.tenants.models import NumberPeriod


@require_GET
@staff_page
def packet(request: DeskRequest, tenant_id: int, period_id: int) -> HttpResponse:
    """Send the proof packet of a number that the tenant holds or held."""
    demand(request, "prove")
    desk = request.desk
    tenant = tenants.get(scope=desk.scope, tenant_id=tenant_id)
    period = queries.period_of(tenant_id=tenant.pk, period_id=period_id)
    made = actions.proof_packet(
        number=Number(period.number), scope=desk.scope, by=desk.actor, now=desk.now
    )
    disposition = content_disposition_header(as_attachment=True, filename=made.file_name)
    return HttpResponse(
        made.content,
        content_type="application/pdf",
        headers={"Content-Disposition": disposition or "attachment"},
    )


@require_http_methods(["GET", "POST"])
@staff_page
def erase(request: DeskRequest, tenant_id: int, period_id: int) -> HttpResponse:
    """Say what would go and what stays, then erase what stands beside a number's events."""
    demand(request, "erase")
    context = header(request, tenant_id, "consent")
    period = queries.period_of(tenant_id=tenant_id, period_id=period_id)
    form = Form()
    if request.method == "POST":
        try:
            done = _erase(request, period)
        except BadInput as error:
            form = typed(request.POST, error)
        except Refused as refusal:
            form = typed(request.POST, BadInput(refusal.sentence, field="early"))
        else:
            problems.say(
                request, f"Erased beside {done.events} events; event {done.sequence} says so."
            )
            return sheets.done(request, "desk:tenant_consent", tenant_id)
    context |= {"form": form, "period": period}
    return sheets.show(request, "erase", context)


def _erase(request: DeskRequest, period: NumberPeriod) -> erasure.Erased:
    desk = request.desk
    return erasure.erase(
        number=Number(period.number),
        why=request.POST.get("why", ""),
        early=bool(request.POST.get("early")),
        scope=desk.scope,
        by=desk.actor,
        now=desk.now,
    )
