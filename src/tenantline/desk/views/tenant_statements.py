"""A tenant's statements: what was issued and how it went, issuing one, sending one again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from tenantline.billing import queries as billing
from tenantline.desk import problems, sheets
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.choices import Choices
from tenantline.desk.forms import Form, typed
from tenantline.desk.prints import STATEMENTS
from tenantline.desk.views.tenant import header
from tenantline.kernel import days
from tenantline.kernel.errors import BadInput, Conflict, NotFound, Refused
from tenantline.printing import queries as printings
from tenantline.statements import emailing, issuing, pdf, phrases, queries
from tenantline.tenants.delivery import METHOD_NAMES, checked_method

if TYPE_CHECKING:
    from tenantline.statements.models import Statement
    from tenantline.statements.queries import Issued, Preview
    from tenantline.tenants.delivery import Method
    from tenantline.tenants.models import Tenant

_MONTHS: Final = 13
_GOES: Final = {
    "sms": "The statement goes by SMS.",
    "email": "The statement goes by e-mail.",
    "print": "The statement waits to be printed: here, or under Statements, Print, with others.",
}
_METHODS: Final[Choices] = [("", "As the tenant's settings say"), *METHOD_NAMES.items()]
_LINKS: Final = {
    "works": "",
    "locked": "The link is locked after five wrong answers; send it again.",
    "number_changed": "The link died with the earlier mobile number.",
    "expired": "The link has expired.",
    "none": "",
}


def listed(request: DeskRequest, tenant: Tenant) -> dict[str, Any]:
    """Return what the list of statements on the *Account* tab shows."""
    found = queries.of_tenant(tenant, now=request.desk.now)
    printed = printings.prints_of(STATEMENTS.papers, [one.statement for one in found])
    newest = {one.statement.period: one.statement.pk for one in reversed(found)}
    shown = []
    for one in found:
        may_print = newest[one.statement.period] == one.statement.pk and one.goes_by_print
        made = printed.get(one.statement.pk, [])
        shown.append(_shown(one) | {"prints": made, "may_be_printed": may_print})
    return {"statements": shown}


def _shown(one: Issued) -> dict[str, Any]:
    said, delivery = queries.content_of(one.statement), one.delivery
    return {
        "statement": one.statement,
        "month": days.long_month(said.first),
        "delivery": delivery,
        "method": METHOD_NAMES[checked_method(delivery.method)] if delivery else "",
        "text": delivery.message.text if delivery and delivery.message else None,
        "opened_at": one.opened_at,
        "link": _LINKS[one.link_state] if delivery and delivery.method == "sms" else "",
    }


@require_http_methods(["GET", "POST"])
@staff_page
def issue(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Say what a statement for a month would say and how it would go, then issue it."""
    demand(request, "issue")
    context = header(request, tenant_id, "account")
    tenant, form = context["tenant"], Form()
    if request.method == "POST":
        try:
            made = issuing.issue(
                tenant=tenant,
                period=request.POST.get("period", ""),
                chosen=_method(request.POST.get("method", "")),
                correction="correction" in request.POST,
                by=request.desk.actor,
                now=request.desk.now,
            )
        except (BadInput, Conflict, Refused) as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, _GOES[made.delivery.method])
            return sheets.done(request, "desk:account", tenant_id)
    months = _months(billing.today(tenant.facility, request.desk.now))
    asked = request.POST if request.method == "POST" else request.GET
    if not form.error:
        period = asked.get("period", months[1][0])
        form = Form({"period": period, "method": asked.get("method", "")})
    context |= {"form": form, "months": months, "methods": _METHODS}
    context |= _preview(request, tenant, form.value_of("period"), form.value_of("method"))
    return sheets.show(request, "statement_issue", context)


def _preview(request: DeskRequest, tenant: Tenant, period: str, method: str) -> dict[str, Any]:
    try:
        preview = queries.preview(
            tenant=tenant, period=period, chosen=_method(method), now=request.desk.now
        )
    except BadInput as error:
        return {"preview_error": error.sentence}
    return {
        "preview": preview,
        "shown": phrases.of(preview.said),
        "goes_by": METHOD_NAMES[preview.way.method],
        "passed": [f"Not by {METHOD_NAMES[m]}: {why.sentence}" for m, why in preview.way.skipped],
        "button": _button(preview),
    }


def _button(preview: Preview) -> str:
    if preview.known is None:
        return "Issue the statement"
    return "" if preview.is_unchanged else "Issue a correction"


@require_http_methods(["GET", "POST"])
@staff_page
def again(request: DeskRequest, tenant_id: int, statement_id: int) -> HttpResponse:
    """Say what sending a statement again does to its link, then send it."""
    demand(request, "issue")
    context = header(request, tenant_id, "account")
    statement = _statement(request, tenant_id, statement_id)
    form = Form({"method": ""})
    if request.method == "POST":
        try:
            delivery = issuing.send_again(
                statement=statement,
                chosen=_method(request.POST.get("method", "")),
                by=request.desk.actor,
                now=request.desk.now,
            )
        except (BadInput, Conflict, Refused) as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, _GOES[delivery.method])
            return sheets.done(request, "desk:account", tenant_id)
    shown = _shown(queries.one_of_tenant(statement, now=request.desk.now))
    context |= {"form": form, "methods": _METHODS, "one": shown}
    return sheets.show(request, "statement_again", context)


@require_safe
@staff_page
def pdf_file(request: DeskRequest, tenant_id: int, statement_id: int) -> HttpResponse:
    """Send a statement as a PDF, as it was issued."""
    said = queries.content_of(_statement(request, tenant_id, statement_id))
    response = HttpResponse(pdf.render(said), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=emailing.file_name(said)
    )
    return response


def _statement(request: DeskRequest, tenant_id: int, statement_id: int) -> Statement:
    statement = queries.get(scope=request.desk.scope, statement_id=statement_id)
    if statement.tenant_id != tenant_id:
        raise NotFound("There is no such statement.")
    return statement


def _method(asked: str) -> Method | None:
    return checked_method(asked) if asked else None


def _months(today: date) -> Choices:
    """Return the months that have begun, newest first, as choices."""
    found, day = [], today.replace(day=1)
    for _ in range(_MONTHS):
        found.append((f"{day:%Y-%m}", days.long_month(day)))
        day = (day - timedelta(days=1)).replace(day=1)
    return found
