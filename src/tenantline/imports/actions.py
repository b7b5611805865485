"""Writing imports: begun, checked, applied, cancelled. The rows themselves go in by ``running``."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from tenantline.audit import actions as audit
from tenantline.facilities.models import Facility
from tenantline.imports import preparing
from tenantline.imports.columns import FIELDS
from tenantline.imports.errors import Unusable
from tenantline.imports.models import FilePart, ImportJob, ReportPart, State
from tenantline.imports.preparing import Line, Prepared
from tenantline.imports.running import LEASE, Run
from tenantline.kernel import clock
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Refused

LARGEST_UPLOAD = 50 * 1024 * 1024
_PART = 256 * 1024
_KEPT = timedelta(days=2)  # an uploaded file that nobody applies
_REFUSALS_KEPT = 2_000  # of a file that was only looked at; one that is applied keeps them all
_TELL_EVERY = timedelta(seconds=1)


def begin(*, prepared: Prepared, wanted: Mapping[str, str], by: Actor, now: datetime) -> Run:
    """Begin to apply a file from the command line, or go on where it was interrupted.

    The same file for the same facility with the same columns goes on behind the last row that
    is in; once it is done it begins anew, and finds everything as it left it.
    """
    sheet = prepared.sheet
    choices = dict(sorted(wanted.items()))
    found = ImportJob.objects.select_related("facility").filter(
        facility=prepared.facility,
        digest=sheet.digest,
        choices=choices,
        source="command",
        state=State.RUNNING,
    )
    job = found.order_by("-id").first()
    if job is None:
        job = _new_job(prepared.facility, sheet.path.name, "command", by, now)
        job.state, job.digest, job.choices = State.RUNNING, sheet.digest, choices
        job.rows, job.found = sheet.rows, prepared.facts()
        job.save()
    return Run(job, prepared)


def upload(
    *, facility: Facility, name: str, pieces: Iterable[bytes], by: Actor, now: datetime
) -> ImportJob:
    """Keep an uploaded file; it is checked next, and changes nothing before ``start``.

    Raises:
        BadInput: the file is empty or too large.
    """
    job = _new_job(facility, name, "browser", by, now)
    job.state = State.RECEIVING
    job.save()
    size = 0
    # Each piece in a transaction of its own: nobody waits for the whole file to be written.
    for place, data in enumerate(_parts(pieces)):
        size += len(data)
        if size > LARGEST_UPLOAD:
            break
        FilePart.objects.create(job=job, place=place, data=data)
    job.state = State.CHECKING if 0 < size <= LARGEST_UPLOAD else State.CANCELLED
    job.save(update_fields=["state"])
    if job.state == State.CANCELLED:
        _drop_file(job)
        words = "larger than 50 MB; use the command line" if size else "empty"
        raise BadInput(f"The file is {words}.", field="file")
    return job


def choose(*, job: ImportJob, columns: Mapping[str, int | None], now: datetime) -> None:
    """Say which column holds which field (by place, from 0), and have the file checked again.

    Raises:
        BadInput: a field or a column that there is not.
        Refused: the import has begun.
    """
    headers = job.found.get("headers", [])
    for name, place in columns.items():
        if name not in FIELDS or (place is not None and not 0 <= place < len(headers)):
            raise BadInput("There is no such column.", field=name[:40])
    choices = {name: "" if place is None else str(place + 1) for name, place in columns.items()}
    rows = ImportJob.objects.filter(pk=job.pk, state__in=[State.CHECKED, State.FAILED])
    with transaction.atomic():
        ReportPart.objects.filter(job=job).delete()
        if not rows.update(
            state=State.CHECKING,
            choices=choices,
            read=0,
            trouble="",
            touched_at=now,
            held_until=None,
        ):
            raise Refused("begun", "This import has begun already.")


def start(*, job: ImportJob, by: Actor, now: datetime) -> None:
    """Apply a checked import: the worker does it, slice by slice.

    Raises:
        Refused: it is not checked, or has begun already.
    """
    rows = ImportJob.objects.filter(pk=job.pk, state=State.CHECKED)
    with transaction.atomic():
        if not rows.update(
            state=State.RUNNING, counts={}, position=0, touched_at=now, held_until=None
        ):
            raise Refused("begun", "This import is not waiting to be applied.")
        _record("import.started", job, by, now)


def cancel(*, job: ImportJob, by: Actor, now: datetime) -> None:
    """Stop an import. What is in already stays in."""
    open_states = [State.CHECKING, State.CHECKED, State.FAILED, State.RUNNING]
    with transaction.atomic():
        rows = ImportJob.objects.filter(pk=job.pk, state__in=open_states)
        if not rows.update(state=State.CANCELLED, finished_at=now):
            return
        _record("import.cancelled", job, by, now)
    _drop_file(job)


def check(job: ImportJob) -> None:
    """Read an uploaded file through and note what applying it would do. Changes nothing else."""
    with _file_of(job) as path:
        try:
            prepared = _prepared(job, path)
        except Unusable as error:
            _note_unusable(job, error)
            return
        _note_check(job, prepared)


def work(job: ImportJob) -> Iterator[ImportJob]:
    """Apply an uploaded file from where it stands, slice by slice; yields after each."""
    with _file_of(job) as path:
        prepared = _prepared(job, path)
    yield from Run(job, prepared).slices()
    _drop_file(job)


def claim(*, now: datetime) -> ImportJob | None:
    """Take the oldest uploaded file that waits for a worker, for ``LEASE`` unless renewed."""
    free = Q(held_until=None) | Q(held_until__lt=now)
    waiting = ImportJob.objects.filter(
        free, source="browser", state__in=[State.CHECKING, State.RUNNING]
    )
    job = waiting.select_related("facility").order_by("pk").first()
    if job is None or not waiting.filter(pk=job.pk).update(held_until=now + LEASE):
        return None
    return job


def forget_old(*, now: datetime) -> None:
    """Delete uploaded files that nobody applied."""
    idle = [State.RECEIVING, State.CHECKED, State.FAILED]
    for job in ImportJob.objects.filter(touched_at__lt=now - _KEPT, state__in=idle):
        rows = ImportJob.objects.filter(pk=job.pk, state=job.state)
        if rows.update(state=State.CANCELLED, finished_at=now):
            _drop_file(job)


def _drop_file(job: ImportJob) -> None:
    # A few at a time: freeing 50 MB in one transaction would hold SQLite too long.
    while some := list(job.parts.values_list("pk", flat=True)[:4]):
        FilePart.objects.filter(pk__in=some).delete()


def _new_job(facility: Facility, name: str, source: str, by: Actor, now: datetime) -> ImportJob:
    return ImportJob(
        facility=facility,
        source=source,
        file_name=Path(name).name.replace("\x00", "")[:200] or "file.csv",
        by_kind=by.kind,
        by_ref=by.ref,
        by_name=by.name,
        created_at=now,
        touched_at=now,
    )


def _prepared(job: ImportJob, path: Path) -> Prepared:
    told = clock.now()

    def tell(done: int) -> None:
        nonlocal told
        if clock.now() - told > _TELL_EVERY:
            told = clock.now()
            ImportJob.objects.filter(pk=job.pk).update(
                read=done, touched_at=told, held_until=told + LEASE
            )

    wanted: dict[str, str] = dict(job.choices)
    return preparing.prepare(
        path, facility=job.facility, wanted=wanted, now=clock.now(), progress=tell
    )


def _note_check(job: ImportJob, prepared: Prepared) -> None:
    now, counts = clock.now(), Counter[str]()
    refused: list[Line] = []
    for lines in preparing.dry_run(prepared, now=now):
        counts += Counter(outcome for _, outcome, _, _ in lines)
        room = _REFUSALS_KEPT - len(refused)
        refused += [line for line in lines if line[1] == "refused"][: max(0, room)]
    rows = ImportJob.objects.filter(pk=job.pk, state=State.CHECKING)
    with transaction.atomic():
        # Whoever is first notes what was found; page and worker may both have looked.
        if rows.update(
            state=State.CHECKED,
            digest=prepared.sheet.digest,
            rows=prepared.sheet.rows,
            read=prepared.sheet.rows,
            counts=dict(counts),
            found=prepared.facts(),
            touched_at=clock.now(),
        ):
            ReportPart.objects.create(job=job, checked=True, lines=refused, refused=len(refused))


def _note_unusable(job: ImportJob, error: Unusable) -> None:
    ImportJob.objects.filter(pk=job.pk, state=State.CHECKING).update(
        state=State.FAILED, trouble=error.sentence[:300], touched_at=clock.now()
    )


@contextmanager
def _file_of(job: ImportJob) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tenantline-import-") as folder:
        path = Path(folder) / "file.csv"
        with path.open("wb") as file:
            for data in job.parts.order_by("place").values_list("data", flat=True).iterator():
                file.write(data)
        yield path


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for start_ in range(0, len(piece), _PART):
            yield piece[start_ : start_ + _PART]


def _record(act: str, job: ImportJob, by: Actor, now: datetime) -> None:
    audit.record(
        act=act,
        by=by,
        now=now,
        facility_id=job.facility_id,
        subject=f"import:{job.pk}",
        file=job.file_name,
    )
