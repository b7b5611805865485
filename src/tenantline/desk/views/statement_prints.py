"""Statements on paper: what waits for the printer, printing it, what was printed and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.desk import prints, problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.prints import STATEMENTS, Made, Narrowed, Waits
from tenantline.kernel import days
from tenantline.kernel.errors import NotFound, Refused
from tenantline.statements import paper, queries
from tenantline.statements import prints as printing
from tenantline.statements.content import month

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from tenantline.facilities.models import Facility
    from tenantline.statements.models import Delivery, Printing, Sheet


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show what waits to be printed at a facility; a POST gives it to the printer."""
    demand(request, "issue")
    site = prints.site(request, STATEMENTS)
    if request.method == "POST":
        if site is None:
            raise NotFound("There is no such facility.")
        return _print(request, site)
    return prints.page(
        request,
        STATEMENTS,
        facility=site,
        counted=lambda one: printing.waiting(facility=one).count(),
        printings=printing.printings(scope=request.desk.view),
        more=_waiting(request, site) if site else {},
    )


def _waiting(request: DeskRequest, site: Facility) -> dict[str, Any]:
    asked = prints.narrowed(request, STATEMENTS)
    rows = _chosen(asked, site)
    lacking = printing.without_address(rows)
    total, without = rows.count(), lacking.count()
    shown = prints.paged(request, rows)
    months = printing.months_waiting(site)
    return {
        "choices": [(period, f"{_month(period)} ({count:,})") for period, count in months],
        "choice": asked.choice,
        "run": asked.run,
        "total": total,
        "whole": total - without,
        "without": without,
        "lacking": [one.statement.tenant for one in lacking[: prints.NAMED]],
        "shown": shown,
        "rows": [
            Waits(one.statement.tenant, _month(one.statement.period), one.at, one.by_name)
            for one in shown
        ],
    }


def _month(period: str) -> str:
    return days.long_month(month(period)[0])


def _chosen(asked: Narrowed, site: Facility) -> QuerySet[Delivery]:
    if asked.choice:
        month(asked.choice)  # or BadInput
    return printing.waiting(facility=site, period=asked.choice, only=asked.refs)


def _print(request: DeskRequest, site: Facility) -> HttpResponse:
    desk = request.desk
    try:
        made = printing.print_waiting(
            facility=site,
            rows=_chosen(prints.narrowed(request, STATEMENTS), site),
            unaddressed="unaddressed" in request.POST,
            by=desk.actor,
            now=desk.now,
        )
    except Refused as refused:
        problems.say(request, refused.sentence)
        return problems.see_other(STATEMENTS.page)
    return problems.see_other(STATEMENTS.made, made.pk)


@require_GET
@staff_page
def one(request: DeskRequest, print_id: int) -> HttpResponse:
    """Show a printing: its files, its mailing list, and what was corrected since."""
    demand(request, "issue")
    made = _found(request, print_id)
    shown = prints.paged(request, printing.sheets(made))
    before = printing.printed_before(list(shown), made)
    corrected = printing.corrected(list(shown))
    context = {
        "kind": STATEMENTS,
        "printing": made,
        "parts": range(1, paper.parts(made) + 1),
        "standing": printing.standing(made).count(),
        "shown": shown,
        "rows": [
            _made(row, before.get(row.delivery.statement_id), row.pk in corrected) for row in shown
        ],
        "zone": made.facility.timezone,
    }
    return render(request, "desk/printing.html", context)


def _made(row: Sheet, before: datetime | None, corrected: bool) -> Made:
    statement = row.delivery.statement
    return Made(
        tenant_id=statement.tenant_id,
        name=row.recipient["name"],
        address=", ".join(paper.address(row)),
        what=_month(statement.period),
        before=before,
        dead="Corrected since" if corrected else "",
        again=reverse("desk:statement_print_again", args=[statement.tenant_id, statement.pk]),
    )


@require_GET
@staff_page
def file(request: DeskRequest, print_id: int, part: int) -> HttpResponse:
    """Send a printing's statements as PDF; ``?sides=2`` is for a printer that prints on both."""
    demand(request, "issue")
    made = _found(request, print_id)
    content = paper.part(made, part, both_sides=request.GET.get("sides") == "2")
    return prints.file(content, f"{paper.file_name(made)}-{part}")


@require_GET
@staff_page
def archive(request: DeskRequest, print_id: int) -> FileResponse:
    """Send all files of a printing in one archive, which takes as long as setting them does."""
    demand(request, "issue")
    made = _found(request, print_id)
    name = f"{paper.file_name(made)}.zip"
    return FileResponse(paper.archive(made), as_attachment=True, filename=name)


@require_GET
@staff_page
def mailing_list(request: DeskRequest, print_id: int) -> StreamingHttpResponse:
    """Send a printing's mailing list as CSV, safe to open in a spreadsheet."""
    demand(request, "issue")
    made = _found(request, print_id)
    return prints.mailing_list(request, made, paper.LIST_HEADER, paper.list_rows(made))


@require_POST
@staff_page
def again(request: DeskRequest, tenant_id: int, statement_id: int) -> HttpResponse:
    """Print one statement, for the first time or again."""
    demand(request, "issue")
    desk = request.desk
    statement = queries.get(scope=desk.scope, statement_id=statement_id)
    if statement.tenant_id != tenant_id:
        raise NotFound("There is no such statement.")
    made = printing.print_again(statement=statement, by=desk.actor, now=desk.now)
    return problems.see_other(STATEMENTS.made, made.pk)


def _found(request: DeskRequest, print_id: int) -> Printing:
    return printing.printing(scope=request.desk.scope, printing_id=print_id)
