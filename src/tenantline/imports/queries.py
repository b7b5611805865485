"""Reading imports. Every way to one takes the asker's ``Scope`` (R10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tenantline.facilities.scope import Scope
from tenantline.imports.columns import FIELDS
from tenantline.imports.models import ImportJob, ReportPart, State
from tenantline.imports.preparing import Line
from tenantline.kernel.errors import NotFound

SHOWN_REFUSALS = 200


@dataclass(frozen=True)
class Progress:
    """How far an import has come. ``done`` and ``total`` are rows of the file."""

    state: str
    done: int
    total: int
    counts: dict[str, int]

    @property
    def percent(self) -> int:
        """Return how much of the file is done, 0 to 100."""
        return 100 if self.state == State.DONE else min(99, 100 * self.done // max(1, self.total))


def get(*, scope: Scope, job_id: int) -> ImportJob:
    """Return an import, or raise ``NotFound`` (absent and out of scope look the same)."""
    rows = scope.narrow(ImportJob.objects.select_related("facility"))
    found = rows.filter(pk=job_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    return found


def latest(*, scope: Scope, limit: int = 10) -> list[ImportJob]:
    """Return the newest imports that were begun in a browser or on the command line."""
    rows = scope.narrow(ImportJob.objects.select_related("facility"))
    return list(rows.order_by("-id")[:limit])


def progress(job: ImportJob) -> Progress:
    """Return how far an import has come, while it is read or while it is applied."""
    if job.state == State.CHECKING:
        return Progress(job.state, job.read, job.rows, {})
    return Progress(job.state, sum(job.counts.values()), job.rows, dict(job.counts))


def lines(job: ImportJob, *, checked: bool = False) -> Iterator[Line]:
    """Yield what became of every row (or, ``checked``, what would), by line."""
    parts = ReportPart.objects.filter(job=job, checked=checked).order_by("pk")
    every = [
        (line, outcome, reason, tenant_id)
        for found in parts.values_list("lines", flat=True).iterator(chunk_size=100)
        for line, outcome, reason, tenant_id in found
    ]
    yield from sorted(every, key=lambda found: found[0])


def refusals(
    job: ImportJob, *, checked: bool = False, limit: int = SHOWN_REFUSALS
) -> list[tuple[int, str]]:
    """Return the first refused rows as (line, reason)."""
    parts = ReportPart.objects.filter(job=job, checked=checked, refused__gt=0).order_by("pk")
    found: list[tuple[int, str]] = []
    for some in parts.values_list("lines", flat=True).iterator(chunk_size=20):
        found += [(line, reason) for line, outcome, reason, _ in some if outcome == "refused"]
        if len(found) >= limit:
            break
    return sorted(found)[:limit]


def fields() -> dict[str, str]:
    """Return every field that a column can be for, with its words."""
    return dict(FIELDS)
