"""SMS Opt-In to a selection: who gets it and who not, then *Issue*, then what was done.

E-mailing the form is no mass text (R5): nobody is texted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from tenantline.consent import forms
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.rows import TenantRow, tenant_rows
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import Refused
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.tenants.models import Tenant

_MOST = 200
_RESULT = "opt_in_result"


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show who of the selection gets the form and who not, and why; a POST issues it."""
    demand(request, "text")
    if request.method == "POST":
        selected = [row.tenant for row in _rows(request, request.POST.getlist("tenant"))]
        request.session[_RESULT] = _issue(request, selected)
        return redirect("desk:selection_result")
    ready, left_out = [], []
    for row in _rows(request, request.GET.getlist("tenant")):
        refused = forms.obstacle(row.tenant, request.desk.now)
        if refused is None:
            ready.append(row)
        else:
            left_out.append((row, refused.sentence))
    return render(request, "desk/selection.html", {"ready": ready, "left_out": left_out})


@require_GET
@staff_page
def result(request: DeskRequest) -> HttpResponse:
    """Show what the last issue to a selection did."""
    done = request.session.get(_RESULT, {"issued": [], "refused": []})
    reasons = {int(pk): sentence for pk, sentence in done["refused"]}
    rows = {row.tenant.pk: row for row in _rows(request, [*done["issued"], *reasons])}
    context = {
        "issued": [rows[pk] for pk in done["issued"] if pk in rows],
        "refused": [(rows[pk], reasons[pk]) for pk in reasons if pk in rows],
    }
    return render(request, "desk/selection_result.html", context)


def _rows(request: DeskRequest, ids: Iterable[int | str]) -> list[TenantRow]:
    wanted = [pk for said in ids if (pk := whole_number(str(said))) is not None]
    found = tenants.listing(scope=request.desk.scope).filter(pk__in=wanted[:_MOST])
    return tenant_rows(found, request.desk.now)


def _issue(request: DeskRequest, selected: list[Tenant]) -> dict[str, list[object]]:
    done: dict[str, list[object]] = {"issued": [], "refused": []}
    for tenant in selected:
        try:
            forms.issue(tenant=tenant, by=request.desk.actor, now=request.desk.now)
            done["issued"].append(tenant.pk)
        except Refused as refused:
            done["refused"].append([tenant.pk, refused.sentence])
    return done
