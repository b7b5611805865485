"""What one takes along of a run: its results as CSV, its prints as PDF."""

from __future__ import annotations

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.exports import actions
from tenantline.exports.runs import results as results_file
from tenantline.exports.sheet import written
from tenantline.runs import queries
from tenantline.statements import paper, pdf
from tenantline.statements import queries as statements


@require_GET
@staff_page
def results(request: DeskRequest, run_id: int) -> StreamingHttpResponse:
    """Send what became of every tenant of a run."""
    demand(request, "text")
    desk = request.desk
    run = queries.get(scope=desk.scope, run_id=run_id)
    actions.note(
        what="run", facilities=[run.facility], by=desk.actor, now=desk.now, run=str(run.pk)
    )
    answer = StreamingHttpResponse(results_file(run), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="run-{run.pk}.csv"'
    return answer


@require_GET
@staff_page
def printed(request: DeskRequest, run_id: int, part: int) -> HttpResponse:
    """Send one file for the printer: up to 250 of the run's statements, by name."""
    demand(request, "text")
    run = queries.get(scope=request.desk.scope, run_id=run_id, kind="statements")
    first = (part - 1) * pdf.TOGETHER
    ids = queries.printed_refs(run)[first : first + pdf.TOGETHER] if part else []
    if not ids:
        raise Http404
    [file] = pdf.batches(statements.contents(ids))
    answer = HttpResponse(file, content_type="application/pdf")
    name = f"statements-{run.facility.code.lower()}-{run.period}-{part}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@require_GET
@staff_page
def mailing_list(request: DeskRequest, run_id: int) -> StreamingHttpResponse:
    """Send to whom the run's printed statements go, as CSV, safe to open in a spreadsheet."""
    demand(request, "text")
    desk = request.desk
    run = queries.get(scope=desk.scope, run_id=run_id, kind="statements")
    actions.note(
        what="mailing_list", facilities=[run.facility], by=desk.actor, now=desk.now, run=str(run.pk)
    )
    rows = paper.list_rows(statements.contents(queries.printed_refs(run)))
    answer = StreamingHttpResponse(
        written(paper.LIST_HEADER, rows), content_type="text/csv; charset=utf-8"
    )
    name = f"mailing-list-{run.facility.code.lower()}-{run.period}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
