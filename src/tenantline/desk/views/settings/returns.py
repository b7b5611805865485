"""Returned payments: a bank's file looked at and applied, what waits for a person, the fee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from tenantline.billing import actions, queries, returned, returns
from tenantline.billing.reasons import CHANGES
from tenantline.desk import figures, problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.forms import Form, typed
from tenantline.facilities import queries as facilities
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import BadInput, TenantlineError

if TYPE_CHECKING:
    from tenantline.billing.models import ReturnFile

_LARGEST = 1024 * 1024
_SHOWN = 100


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show what came back and what waits, and take a bank's return file in."""
    demand(request, "edit_facility")
    desk = request.desk
    form = Form({"site": desk.facility.code} if desk.facility else {})
    if request.method == "POST":
        try:
            file = _uploaded(request)
        except TenantlineError as error:
            form = typed(request.POST, error)
        else:
            if file.state == "applied":
                problems.say(request, "This file was applied already; nothing was changed.")
            return problems.see_other("desk:return_file", file.pk)
    context = {
        "tab": "returns",
        "form": form,
        "several": len(desk.facilities) > 1,
        "sites": [(site.code, site.name) for site in desk.facilities],
        "waiting": [_row(row) for row in returned.waiting(desk.view)[:_SHOWN]],
        "files": returned.files(desk.view),
        "fees": [(site, queries.returned_fee_cents(site.pk)) for site in desk.facilities],
    }
    status = 400 if form.error else 200
    return render(request, "desk/settings/returns.html", context, status=status)


def _uploaded(request: DeskRequest) -> ReturnFile:
    sent = request.FILES.get("file")
    if sent is None:
        raise BadInput("Choose the bank's return file.", field="file")
    if (sent.size or 0) > _LARGEST:
        raise BadInput("The file is larger than 1 MB; that is no return file.", field="file")
    return returns.upload(
        facility=facilities.facility(scope=request.desk.scope, code=request.POST.get("site", "")),
        name=sent.name or "",
        content=sent.read(),
        by=request.desk.actor,
        now=request.desk.now,
    )


def _row(row: Any) -> dict[str, Any]:
    return {
        "row": row,
        "words": returned.words(row),
        "corrected": returned.corrected(row),
        "payments": returned.fitting(row) if row.state == "open" else [],
    }


@require_http_methods(["GET", "POST"])
@staff_page
def one(request: DeskRequest, return_file_id: int) -> HttpResponse:
    """Show what a file would do, and apply or cancel it; afterwards what it did."""
    demand(request, "edit_facility")
    desk = request.desk
    file = returned.file(scope=desk.scope, file_id=return_file_id)
    if request.method == "POST":
        if "cancel" in request.POST:
            returns.cancel(file=file, by=desk.actor, now=desk.now)
            problems.say(request, "The file was put away; nothing was changed.")
            return problems.see_other("desk:returns")
        returns.apply(file=file, by=desk.actor, now=desk.now)
        problems.say(request, "The file was applied.")
        return problems.see_other("desk:return_file", file.pk)
    context: dict[str, Any] = {"tab": "returns", "file": file}
    if file.state == "checked":
        looked, changes = returns.looked_at(file)
        context |= {
            "looked": looked,
            "changes": [(one, CHANGES.get(one.change, "")) for one in changes],
            "matched": sum(one.payment is not None and not one.known for one in looked),
        }
    else:
        context["rows"] = [
            _row(row) for row in returned.of_facilities(desk.scope).filter(file=file)
        ]
    return render(request, "desk/settings/return_file.html", context)


@require_POST
@staff_page
def settle(request: DeskRequest, returned_id: int) -> HttpResponse:
    """Say which payment a return is about, or that it needs nothing."""
    demand(request, "edit_facility")
    desk = request.desk
    row = returned.get(scope=desk.scope, returned_id=returned_id)
    chosen = whole_number(request.POST.get("payment", ""))
    if "aside" in request.POST:
        returns.set_aside(returned=row, by=desk.actor, now=desk.now)
        passed_on = "Noted: it was passed on, and is not kept here any more."
        said = passed_on if row.state == "change" else "Set aside; nothing was changed."
        problems.say(request, said)
    elif chosen is not None:
        payment = queries.entry(scope=desk.scope, entry_id=chosen)
        returns.assign(returned=row, payment=payment, by=desk.actor, now=desk.now)
        problems.say(request, f"The payment of {payment.tenant.name} was reversed.")
    else:
        raise BadInput("Choose the payment that came back.", field="payment")
    return problems.see_other("desk:returns")


@require_POST
@staff_page
def fee(request: DeskRequest) -> HttpResponse:
    """Say what a facility charges for a returned payment."""
    demand(request, "edit_facility")
    site = facilities.facility(scope=request.desk.scope, code=request.POST.get("site", ""))
    cents = figures.cents(request.POST.get("returned_fee", ""), field="returned_fee")
    desk = request.desk
    actions.set_returned_fee(facility=site, cents=cents, by=desk.actor, now=desk.now)
    problems.say(request, f"The fee at {site.name} is set.")
    return problems.see_other("desk:returns")
