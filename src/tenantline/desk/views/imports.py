"""A file of tenants in: uploaded, looked at, and applied by the worker, with progress shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.forms import Form, typed
from tenantline.facilities import queries as facilities
from tenantline.imports import actions, queries, report
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import BadInput

if TYPE_CHECKING:
    from tenantline.imports.models import ImportJob

_CHECKED_AT_ONCE = 400_000  # bytes: some two thousand rows, read while the person waits a second
_ROWS_CHECKED_AT_ONCE = 2_000
_MOVING = {"checking", "running"}
_OUTCOMES = [
    ("added", "new", "good"),
    ("updated", "changed", "good"),
    ("unchanged", "unchanged", "quiet"),
    ("joined", "further rows of a tenant", "quiet"),
    ("skipped", "no tenant: totals, headings, vacant units", "quiet"),
    ("refused", "refused", "stop"),
]


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Take a file in; what it would do is shown next, and nothing happens before that."""
    demand(request, "edit_tenants")
    chosen = request.desk.facility
    form = Form({"site": chosen.code} if chosen else {})
    if request.method == "POST":
        try:
            return _uploaded(request)
        except BadInput as error:
            form = typed(request.POST, error)
    context = {
        "form": form,
        "sites": [(site.code, site.name) for site in request.desk.facilities],
        "jobs": queries.latest(scope=request.desk.view),
    }
    return render(request, "desk/import.html", context, status=400 if form.error else 200)


def _uploaded(request: DeskRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        raise BadInput("Choose a CSV file.", field="file")
    where = facilities.facility(scope=request.desk.scope, code=request.POST.get("site", ""))
    job = actions.upload(
        facility=where,
        name=file.name or "",
        pieces=file.chunks(),
        by=request.desk.actor,
        now=request.desk.now,
    )
    if (file.size or 0) <= _CHECKED_AT_ONCE:
        actions.check(job)
    return redirect("desk:import", job.pk)


@require_GET
@staff_page
def one(request: DeskRequest, job_id: int) -> HttpResponse:
    """Show an import where it stands: being read, ready to apply, running, done."""
    demand(request, "edit_tenants")
    job = queries.get(scope=request.desk.scope, job_id=job_id)
    part = "#state" if request.htmx else ""
    return render(request, f"desk/import_job.html{part}", _shown(job))


def _shown(job: ImportJob) -> dict[str, Any]:
    found = job.found or {}
    checked = job.state == "checked"
    chosen: dict[str, int] = found.get("chosen", {})
    return {
        "job": job,
        "progress": queries.progress(job),
        "moving": job.state in _MOVING,
        "columns": found.get("columns", []),
        "unused": found.get("unused", []),
        "headers": list(enumerate(found.get("headers", []))),
        "fields": [(name, words, chosen.get(name)) for name, words in queries.fields().items()],
        "outcomes": [
            (job.counts[name], words, tone)
            for name, words, tone in _OUTCOMES
            if job.counts.get(name)
        ],
        "refusals": queries.refusals(job, checked=checked),
        "usable": sum(job.counts.get(name, 0) for name in ("added", "updated")),
    }


@require_POST
@staff_page
def columns(request: DeskRequest, job_id: int) -> HttpResponse:
    """Say which column holds what; the file is looked at anew."""
    demand(request, "edit_tenants")
    job = queries.get(scope=request.desk.scope, job_id=job_id)
    wanted = {name: whole_number(request.POST.get(name, ""), most=5) for name in queries.fields()}
    actions.choose(job=job, columns=wanted, now=request.desk.now)
    job = queries.get(scope=request.desk.scope, job_id=job_id)
    if job.rows <= _ROWS_CHECKED_AT_ONCE:
        actions.check(job)
    return problems.see_other("desk:import", job_id)


@require_POST
@staff_page
def start(request: DeskRequest, job_id: int) -> HttpResponse:
    """Apply the file: the worker does it, and this page shows how far it is."""
    demand(request, "edit_tenants")
    job = queries.get(scope=request.desk.scope, job_id=job_id)
    actions.start(job=job, by=request.desk.actor, now=request.desk.now)
    return problems.see_other("desk:import", job_id)


@require_POST
@staff_page
def cancel(request: DeskRequest, job_id: int) -> HttpResponse:
    """Stop an import; what is in stays in."""
    demand(request, "edit_tenants")
    job = queries.get(scope=request.desk.scope, job_id=job_id)
    actions.cancel(job=job, by=request.desk.actor, now=request.desk.now)
    problems.say(request, "The import was cancelled.")
    return redirect(reverse("desk:imports"))


@require_GET
@staff_page
def report_file(request: DeskRequest, job_id: int) -> StreamingHttpResponse:
    """Give what became of every row as CSV."""
    demand(request, "edit_tenants")
    job = queries.get(scope=request.desk.scope, job_id=job_id)
    answer = StreamingHttpResponse(_pieces(job), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{job.pk}-report.csv"'
    return answer


def _pieces(job: ImportJob) -> Iterator[str]:
    yield report.line(report.HEADER)
    for row in report.rows(queries.lines(job, checked=job.state == "checked")):
        yield report.line(row)
