"""What one takes along of a run: its results as CSV."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from django.views.decorators.http import require_GET

from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.exports import actions
from tenantline.exports.runs import results as results_file
from tenantline.runs import queries


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
