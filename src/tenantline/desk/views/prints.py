"""Letters and statements on paper: what waits, printing it, what was printed and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.desk import prints, problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.prints import Kind
from tenantline.exports import actions as exports
from tenantline.exports.sheet import written
from tenantline.kernel.errors import NotFound, Refused
from tenantline.printing import actions, files, queries

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility
    from tenantline.printing.models import Printing

_LISTED: Final = 20


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest, kind: Kind) -> HttpResponse:
    """Show what waits at a facility and what was printed; a POST gives it to the printer."""
    demand(request, "issue")
    site = prints.site(request, kind)
    if request.method == "POST":
        if site is None:
            raise NotFound("There is no such facility.")
        return _print(request, kind, site)
    printings = queries.printings(kind.papers, scope=request.desk.view)
    context = {"kind": kind, "site": site, "printings": printings[:_LISTED]}
    more = prints.waiting(request, kind, site) if site else _sites(request, kind)
    return render(request, "desk/print.html", context | more)


def _sites(request: DeskRequest, kind: Kind) -> dict[str, Any]:
    """Return the facilities where something waits, and how much."""
    counts = (
        (one, queries.waiting(kind.papers, facility=one).count()) for one in request.desk.facilities
    )
    return {"sites": [(one, count) for one, count in counts if count]}


def _print(request: DeskRequest, kind: Kind, site: Facility) -> HttpResponse:
    desk = request.desk
    try:
        made = actions.print_waiting(
            kind.papers,
            facility=site,
            rows=prints.chosen(kind, prints.narrowed(request, kind), site),
            unaddressed="unaddressed" in request.POST,
            by=desk.actor,
            now=desk.now,
        )
    except Refused as refused:
        problems.say(request, refused.sentence)
        return problems.see_other(kind.page)
    return problems.see_other(kind.made, made.pk)


@require_GET
@staff_page
def one(request: DeskRequest, kind: Kind, printing_id: int) -> HttpResponse:
    """Show a printing: its files, its mailing list, and what has become of its papers since."""
    demand(request, "issue")
    made = prints.made(request, kind, _found(request, kind, printing_id))
    return render(request, "desk/printing.html", {"kind": kind, **made})


@require_GET
@staff_page
def file(request: DeskRequest, kind: Kind, printing_id: int, part: int) -> HttpResponse:
    """Send a printing's papers as PDF; ``?sides=2`` is for a printer that prints on both."""
    demand(request, "issue")
    made = _found(request, kind, printing_id)
    both_sides = request.GET.get("sides") == "2"
    content = files.part(kind.papers, made, part, both_sides=both_sides)
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"{files.file_name(made)}-{part}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@require_GET
@staff_page
def archive(request: DeskRequest, kind: Kind, printing_id: int) -> FileResponse:
    """Send all files of a printing in one archive, which takes as long as setting them does."""
    demand(request, "issue")
    made = _found(request, kind, printing_id)
    name = f"{files.file_name(made)}.zip"
    return FileResponse(files.archive(kind.papers, made), as_attachment=True, filename=name)


@require_GET
@staff_page
def mailing_list(request: DeskRequest, kind: Kind, printing_id: int) -> StreamingHttpResponse:
    """Send a printing's mailing list as CSV, safe to open in a spreadsheet."""
    demand(request, "issue")
    desk, made = request.desk, _found(request, kind, printing_id)
    exports.note(
        what="mailing_list",
        facilities=[made.facility],
        by=desk.actor,
        now=desk.now,
        printing=str(made.pk),
    )
    rows = written(files.list_header(kind.papers), files.list_rows(kind.papers, made, desk.now))
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    name = f"mailing-list-{made.facility.code.lower()}-{made.pk}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
@staff_page
def again(request: DeskRequest, kind: Kind, tenant_id: int, paper_id: int) -> HttpResponse:
    """Print one paper of a tenant, for the first time or again."""
    demand(request, "issue")
    desk = request.desk
    paper = kind.papers.get(scope=desk.scope, paper_id=paper_id)
    if paper.tenant_id != tenant_id:
        raise NotFound(f"There is no such {kind.one}.")
    made = actions.print_again(kind.papers, paper=paper, by=desk.actor, now=desk.now)
    return problems.see_other(kind.made, made.pk)


def _found(request: DeskRequest, kind: Kind, printing_id: int) -> Printing:
    return queries.printing(kind.papers, scope=request.desk.scope, printing_id=printing_id)
