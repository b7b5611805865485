"""The audit log, newest first, a hundred entries at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenantline.audit import queries as audit
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.kernel.digits import whole_number
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.audit.models import Entry

_PER_PAGE = 100


@require_GET
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show who did what at the facilities on view; what belongs to none, to owners of all."""
    demand(request, "read_audit")
    desk = request.desk
    before = whole_number(request.GET.get("before", ""))
    entries = audit.latest(
        facility_ids=desk.view.facility_ids,
        before=before,
        limit=_PER_PAGE + 1,
    )
    sites = {site.pk: site for site in desk.facilities}
    names = _names(request, entries)
    rows = [
        {
            "entry": entry,
            "site": sites.get(entry.facility_id or 0),
            "name": names.get(entry.subject, ""),
        }
        for entry in entries[:_PER_PAGE]
    ]
    context = {
        "tab": "audit",
        "rows": rows,
        "before": entries[_PER_PAGE - 1].pk if len(entries) > _PER_PAGE else None,
        "paged": before is not None,
        "zone": desk.zone,
    }
    return render(request, "desk/settings/audit.html", context)


def _names(request: DeskRequest, entries: list[Entry]) -> dict[str, str]:
    """Return the names of the tenants in scope that entries are about, by subject."""
    ids = [entry.subject[7:] for entry in entries if entry.subject.startswith("tenant:")]
    found = tenants.listing(scope=request.desk.scope).filter(pk__in=set(ids))
    return {f"tenant:{tenant.pk}": tenant.name for tenant in found}
