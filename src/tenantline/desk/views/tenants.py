"""The list of tenants, and adding one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from tenantline.desk import choosing, problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.choices import DELIVERY, HELD, LANGUAGES, STATUSES
from tenantline.desk.forms import Form, typed
from tenantline.desk.rows import tenant_rows
from tenantline.facilities import queries as facilities
from tenantline.kernel import phone
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.tenants import actions
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tenantline.tenants.models import Tenant

_PER_PAGE = 50


@require_GET
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show tenants; search, status, order and page stand in the address."""
    words, status = asked(request)
    order = request.GET.get("sort", "")
    order = order if order in tenants.ORDERS else "name"
    paginator = Paginator(found(request).order_by(*tenants.ORDERS[order]), _PER_PAGE)
    shown = paginator.get_page(request.GET.get("page"))
    context = {
        "words": words,
        "status": status,
        "statuses": [*STATUSES, (HELD, "Held: needs a look")],
        "shown": shown,
        "rows": tenant_rows(shown.object_list, request.desk.now),
        "total": paginator.count,
        "order": order,
        # What a click on a column's head asks for: names from A, balances from the largest.
        "sorts": {
            "name": "-name" if order == "name" else None,
            "balance": "balance" if order == "-balance" else "-balance",
        },
    }
    part = "#list" if request.htmx and not request.htmx.history_restore_request else ""
    return render(request, f"desk/tenants.html{part}", context)


def asked(request: DeskRequest) -> tuple[str, str]:
    """Return the words and the status that the address asks for, each empty for any."""
    return request.GET.get("q", "").strip()[:200], request.GET.get("status", "")


def found(request: DeskRequest) -> QuerySet[Tenant]:
    """Return the tenants that the address asks for, by name; an export asks for the same."""
    return choosing.matching(request.desk, *asked(request))


@require_http_methods(["GET", "POST"])
@staff_page
def add(request: DeskRequest) -> HttpResponse:
    """Add a tenant; afterwards their page is shown."""
    demand(request, "edit_tenants")
    form = _blank(request)
    if request.method == "POST":
        try:
            return _added(request)
        except (BadInput, Conflict) as error:
            form = typed(request.POST, error)
    sites = [(site.code, site.name) for site in request.desk.facilities]
    context = {"form": form, "sites": sites, "languages": LANGUAGES, "delivery": DELIVERY}
    return render(request, "desk/tenant_add.html", context, status=400 if form.error else 200)


def _blank(request: DeskRequest) -> Form:
    chosen = request.desk.facility
    values: dict[str, Any] = {"language": "en", "delivery_method": "print"}
    return Form(values | ({"site": chosen.code} if chosen else {}))


def _added(request: DeskRequest) -> HttpResponseRedirect:
    data = request.POST
    mobile = data.get("mobile", "").strip()
    number = phone.parse(mobile) if mobile else None
    tenant = actions.add_tenant(
        facility=facilities.facility(scope=request.desk.scope, code=data.get("site", "")),
        name=data.get("name", ""),
        number=number,
        units=[unit for unit in data.get("units", "").split(",") if unit.strip()],
        email=data.get("email", ""),
        home_phone=data.get("home_phone", ""),
        external_id=data.get("external_id", ""),
        language=data.get("language", ""),
        delivery_method=data.get("delivery_method", ""),
        by=request.desk.actor,
        now=request.desk.now,
    )
    problems.say(request, f"{tenant.name} was added.")
    return redirect(reverse("desk:tenant", args=[tenant.pk]))
