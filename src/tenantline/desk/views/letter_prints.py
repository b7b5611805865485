"""Letters on paper: what waits for the printer, printing it, what was printed and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.exports import actions as exports
from tenantline.exports.sheet import written
from tenantline.facilities import queries as facilities
from tenantline.kernel.errors import NotFound, Refused
from tenantline.letters import paper, printing, queries
from tenantline.runs import queries as runs
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tenantline.facilities.models import Facility
    from tenantline.letters.models import Notice, Printing

_PER_PAGE: Final = 50
_LISTED: Final = 20
_NAMED: Final = 20  # tenants without an address; the list below has them all


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show what waits to be printed at a facility; a POST gives it to the printer."""
    demand(request, "issue")
    site = _site(request)
    if request.method == "POST":
        if site is None:
            raise NotFound("There is no such facility.")
        return _print(request, site)
    found = printing.printings(scope=request.desk.view)[:_LISTED]
    context: dict[str, Any] = {"site": site, "printings": found}
    if site is None:
        counts = ((one, printing.waiting(facility=one).count()) for one in request.desk.facilities)
        context["sites"] = [(one, count) for one, count in counts if count]
    else:
        context |= _waiting(request, site)
    return render(request, "desk/letter_print.html", context)


def _site(request: DeskRequest) -> Facility | None:
    """Return the facility whose letters are meant, None where it is still to be chosen."""
    desk = request.desk
    code = request.POST.get("site", "")
    if code:
        return facilities.facility(scope=desk.scope, code=code)
    run_id = request.GET.get("run", "")
    if _is_id(run_id):
        return runs.get(scope=desk.scope, run_id=int(run_id), kind="letters").facility
    if desk.facility is not None or len(desk.facilities) != 1:
        return desk.facility
    return desk.facilities[0]


def _waiting(request: DeskRequest, site: Facility) -> dict[str, Any]:
    rows, letter, run = _chosen(request, site)
    lacking = printing.without_address(rows)
    total, without = rows.count(), lacking.count()
    choices = [
        (str(pk), f"{name} ({count:,})") for pk, name, count in printing.letters_waiting(site)
    ]
    return {
        "letters": choices,
        "letter": letter,
        "run": run,
        "total": total,
        "whole": total - without,
        "without": without,
        "lacking": lacking[:_NAMED],
        "shown": Paginator(rows, _PER_PAGE).get_page(request.GET.get("page")),
    }


def _chosen(request: DeskRequest, site: Facility) -> tuple[QuerySet[Notice], str, str]:
    """Return the letters that are meant, and the letter and run that they are narrowed to."""
    asked = request.POST if request.method == "POST" else request.GET
    letter, run_id = asked.get("letter", ""), asked.get("run", "")
    only = None
    if _is_id(run_id):
        run = runs.get(scope=request.desk.scope, run_id=int(run_id), kind="letters")
        only = runs.printed_refs(run)
    rows = printing.waiting(
        facility=site, letter_id=int(letter) if _is_id(letter) else None, only=only
    )
    return rows, letter if _is_id(letter) else "", run_id if only is not None else ""


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 18


def _print(request: DeskRequest, site: Facility) -> HttpResponse:
    desk = request.desk
    rows, _, _ = _chosen(request, site)
    try:
        made = printing.print_waiting(
            facility=site,
            rows=rows,
            unaddressed="unaddressed" in request.POST,
            by=desk.actor,
            now=desk.now,
        )
    except Refused as refused:
        problems.say(request, refused.sentence)
        return problems.see_other("desk:letter_print")
    return problems.see_other("desk:letter_printing", made.pk)


@require_GET
@staff_page
def one(request: DeskRequest, printing_id: int) -> HttpResponse:
    """Show a printing: its files, its mailing list, and what has become of its letters since."""
    demand(request, "issue")
    made = _found(request, printing_id)
    shown = Paginator(printing.sheets(made), _PER_PAGE).get_page(request.GET.get("page"))
    standing = printing.standing(made).count()
    before = printing.printed_before(list(shown), made)
    context = {
        "printing": made,
        "parts": range(1, paper.parts(made) + 1),
        "standing": standing,
        "taken_back": shown.paginator.count - standing,
        "shown": shown,
        "rows": [(row, ", ".join(paper.address(row)), before.get(row.notice_id)) for row in shown],
        "zone": made.facility.timezone,
    }
    return render(request, "desk/letter_printing.html", context)


@require_GET
@staff_page
def file(request: DeskRequest, printing_id: int, part: int) -> HttpResponse:
    """Send a printing's letters as PDF; ``?sides=2`` is for a printer that prints on both."""
    demand(request, "issue")
    made = _found(request, printing_id)
    content = paper.part(made, part, both_sides=request.GET.get("sides") == "2")
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"letters-{made.facility.code.lower()}-{made.pk}-{part}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@require_GET
@staff_page
def mailing_list(request: DeskRequest, printing_id: int) -> StreamingHttpResponse:
    """Send a printing's mailing list as CSV, safe to open in a spreadsheet."""
    demand(request, "issue")
    desk, made = request.desk, _found(request, printing_id)
    exports.note(
        what="mailing_list",
        facilities=[made.facility],
        by=desk.actor,
        now=desk.now,
        printing=str(made.pk),
    )
    rows = written(paper.LIST_HEADER, paper.list_rows(made, desk.now))
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    name = f"mailing-list-{made.facility.code.lower()}-{made.pk}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


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
    return problems.see_other("desk:letter_printing", made.pk)


def _found(request: DeskRequest, printing_id: int) -> Printing:
    return printing.printing(scope=request.desk.scope, printing_id=printing_id)
