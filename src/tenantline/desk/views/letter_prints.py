"""Letters on paper: what waits for the printer, printing it, what was printed and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.desk import prints, problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.prints import LETTERS, Made, Narrowed, Waits
from tenantline.kernel.errors import NotFound, Refused
from tenantline.letters import paper, printing, queries
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from tenantline.facilities.models import Facility
    from tenantline.letters.models import Notice, Printing, Sheet


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show what waits to be printed at a facility; a POST gives it to the printer."""
    demand(request, "issue")
    site = prints.site(request, LETTERS)
    if request.method == "POST":
        if site is None:
            raise NotFound("There is no such facility.")
        return _print(request, site)
    return prints.page(
        request,
        LETTERS,
        facility=site,
        counted=lambda one: printing.waiting(facility=one).count(),
        printings=printing.printings(scope=request.desk.view),
        more=_waiting(request, site) if site else {},
    )


def _waiting(request: DeskRequest, site: Facility) -> dict[str, Any]:
    asked = prints.narrowed(request, LETTERS)
    rows = _chosen(asked, site)
    lacking = printing.without_address(rows)
    total, without = rows.count(), lacking.count()
    shown = prints.paged(request, rows)
    return {
        "choices": [
            (str(pk), f"{name} ({count:,})") for pk, name, count in printing.letters_waiting(site)
        ],
        "choice": asked.choice,
        "run": asked.run,
        "total": total,
        "whole": total - without,
        "without": without,
        "lacking": [one.tenant for one in lacking[: prints.NAMED]],
        "shown": shown,
        "rows": [Waits(one.tenant, one.letter.name, one.issued_at, one.issued_by) for one in shown],
    }


def _chosen(asked: Narrowed, site: Facility) -> QuerySet[Notice]:
    letter = int(asked.choice) if prints.is_id(asked.choice) else None
    return printing.waiting(facility=site, letter_id=letter, only=asked.refs)


def _print(request: DeskRequest, site: Facility) -> HttpResponse:
    desk = request.desk
    try:
        made = printing.print_waiting(
            facility=site,
            rows=_chosen(prints.narrowed(request, LETTERS), site),
            unaddressed="unaddressed" in request.POST,
            by=desk.actor,
            now=desk.now,
        )
    except Refused as refused:
        problems.say(request, refused.sentence)
        return problems.see_other(LETTERS.page)
    return problems.see_other(LETTERS.made, made.pk)


@require_GET
@staff_page
def one(request: DeskRequest, printing_id: int) -> HttpResponse:
    """Show a printing: its files, its mailing list, and what has become of its letters since."""
    demand(request, "issue")
    made = _found(request, printing_id)
    shown = prints.paged(request, printing.sheets(made))
    before = printing.printed_before(list(shown), made)
    context = {
        "kind": LETTERS,
        "printing": made,
        "parts": range(1, paper.parts(made) + 1),
        "standing": printing.standing(made).count(),
        "shown": shown,
        "rows": [_made(row, before.get(row.notice_id)) for row in shown],
        "zone": made.facility.timezone,
    }
    return render(request, "desk/printing.html", context)


def _made(row: Sheet, before: datetime | None) -> Made:
    notice = row.notice
    return Made(
        tenant_id=notice.tenant_id,
        name=row.recipient["name"],
        address=", ".join(paper.address(row)),
        what=notice.letter.name,
        before=before,
        dead="Taken back since" if notice.withdrawn_at else "",
        again=reverse("desk:notice_print", args=[notice.tenant_id, notice.pk]),
    )


@require_GET
@staff_page
def file(request: DeskRequest, printing_id: int, part: int) -> HttpResponse:
    """Send a printing's letters as PDF; ``?sides=2`` is for a printer that prints on both."""
    demand(request, "issue")
    made = _found(request, printing_id)
    content = paper.part(made, part, both_sides=request.GET.get("sides") == "2")
    return prints.file(content, f"letters-{made.facility.code.lower()}-{made.pk}-{part}")


@require_GET
@staff_page
def mailing_list(request: DeskRequest, printing_id: int) -> StreamingHttpResponse:
    """Send a printing's mailing list as CSV, safe to open in a spreadsheet."""
    demand(request, "issue")
    made = _found(request, printing_id)
    rows = paper.list_rows(made, request.desk.now)
    return prints.mailing_list(request, made, paper.LIST_HEADER, rows)


@require_POST
@staff_page
def again(request: DeskRequest, tenant_id: int, notice_id: int) -> HttpResponse:
    """Print one letter, for the first time or again."""
    demand(request, "issue")
    desk = request.desk
    tenant = tenants.get(scope=desk.scope, tenant_id=tenant_id)
    notice = queries.notice(scope=desk.scope, notice_id=notice_id)
    if notice.tenant_id != tenant.pk:
        raise NotFound("There is no such notice.")
    made = printing.print_again(notice=notice, by=desk.actor, now=desk.now)
    return problems.see_other(LETTERS.made, made.pk)


def _found(request: DeskRequest, printing_id: int) -> Printing:
    return printing.printing(scope=request.desk.scope, printing_id=printing_id)
