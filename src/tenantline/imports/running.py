"""An import applied slice by slice, each one short transaction that leaves the import resumable.

While SQLite is written to, nobody else can write; Twilio's calls go first. So a slice holds the
database for about ``AIM`` seconds, whatever its rows ask for, and the import rests between two.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from django.db import connection, transaction

from tenantline.facilities.models import Facility
from tenantline.imports import applying
from tenantline.imports.models import ImportJob, ReportPart, State
from tenantline.imports.planning import Planner, Step
from tenantline.imports.preparing import Item, Line, Prepared, lines_of, place_of, planned
from tenantline.imports.scan import Together
from tenantline.kernel import clock
from tenantline.kernel.actor import Actor, ActorKind
from tenantline.kernel.errors import Refused

AIM = 0.06  # seconds that a slice may hold the database
REST = 0.015  # seconds between two slices: a writer that waits on SQLite asks about as often
LEASE = timedelta(seconds=60)  # a worker that is silent for so long is taken for dead
MOST_ROWS = 400
FEWEST_ROWS = 80  # a slice costs something by itself: smaller ones would only be more of them
MOST_HEAVY = 6  # changed numbers and ended rentals in a slice


@dataclass
class Run:
    """One process's work on a job. ``slices`` does it."""

    job: ImportJob
    prepared: Prepared
    _size: int = 100
    _held: list[float] = field(default_factory=list)
    _planner: Planner = field(init=False)

    def __post_init__(self) -> None:
        self._planner = Planner(self.job.facility, clock.now(), lock=True)
        self._planner.claimed = _claimed(self.job)

    def slices(self, *, rest: float = REST) -> Iterator[ImportJob]:
        """Apply slice after slice and yield the job after each, until all of the file is in.

        Raises:
            Refused: the job was cancelled, or another process works on it.
        """
        items = self.prepared.items(after=self.job.position)
        waiting: list[Item] = []
        while True:
            waiting += islice(items, max(0, self._size - len(waiting)))
            if not waiting:
                break
            began = time.monotonic()
            waiting = self._slice(waiting)
            self._pace(time.monotonic() - began)
            yield self.job
            time.sleep(rest)
        self._finish()
        yield self.job

    def figures(self) -> dict[str, float]:
        """Return how many slices there were and how long they held the database, in seconds."""
        held = sorted(self._held) or [0.0]
        return {"slices": len(self._held), "longest": held[-1], "p99": held[len(held) * 99 // 100]}

    def _pace(self, seconds: float) -> None:
        self._held.append(seconds)
        fitting = self._size * AIM / max(seconds, 0.001)
        self._size = round(max(FEWEST_ROWS, min(MOST_ROWS, (self._size + fitting) / 2)))

    def _slice(self, items: list[Item]) -> list[Item]:
        """Apply the items, or as many as one slice can hold; return those that are left."""
        now = clock.now()
        with transaction.atomic():
            job = self._locked()
            self._planner.now = now
            before = dict(self._planner.claimed)
            steps = planned(items, self.prepared, self._planner)
            fits = _how_many(items, steps)
            if fits < len(items):
                done, left = items[:fits], items[fits:]
                self._planner.claimed = before
                steps = planned(done, self.prepared, self._planner)
            else:
                done, left = items, []
            applying.apply(
                facility=job.facility,
                steps=[step for step in steps if not step.refused],
                source=job.file_name,
                by=_actor(job),
                now=now,
            )
            self._note(job, done, steps)
        self._claim(steps)
        self.job = job
        return left

    def _locked(self) -> ImportJob:
        """Return the job as it stands; one process works on a facility's imports at a time."""
        if connection.features.has_select_for_update:  # SQLite has one writer anyway
            Facility.objects.select_for_update(no_key=True).get(pk=self.job.facility_id)
        job = ImportJob.objects.select_related("facility").get(pk=self.job.pk)
        if job.state != State.RUNNING:
            raise Refused("not_running", f"The import was stopped: {job.get_state_display()}.")
        if job.position != self.job.position:
            raise Refused("taken", "Another process is working on this import.")
        return job

    def _note(self, job: ImportJob, done: list[Item], steps: list[Step]) -> None:
        lines = lines_of(done, steps)
        counts = Counter(job.counts) + Counter(outcome for _, outcome, _, _ in lines)
        job.position, job.counts = place_of(done[-1]), dict(counts)
        job.touched_at = clock.now()
        job.held_until = job.touched_at + LEASE
        job.save(update_fields=["position", "counts", "touched_at", "held_until"])
        _report(job, lines)

    def _claim(self, steps: list[Step]) -> None:
        for step in steps:
            if step.tenant_id is not None:
                self._planner.claimed[step.tenant_id] = step.together.row.line

    def _finish(self) -> None:
        with transaction.atomic():
            job = self._locked()
            job.state, job.finished_at = State.DONE, clock.now()
            job.save(update_fields=["state", "finished_at"])
        self.job = job


def _report(job: ImportJob, lines: list[Line]) -> None:
    refused = sum(outcome == "refused" for _, outcome, _, _ in lines)
    ReportPart.objects.create(job=job, lines=lines, refused=refused)


def _how_many(items: list[Item], steps: list[Step]) -> int:
    """Return how many items one slice can hold, by what they ask of the consent ledger."""
    heavy = {step.together.lines[0] for step in steps if step.heavy and not step.refused}
    seen = 0
    for count, item in enumerate(items):
        if isinstance(item, Together) and item.lines[0] in heavy:
            seen += 1
            if seen > MOST_HEAVY:
                return count
    return len(items)


def _claimed(job: ImportJob) -> dict[int, int]:
    """Return whom the rows behind us were taken for, before the import was interrupted."""
    claimed: dict[int, int] = {}
    parts = ReportPart.objects.filter(job=job, checked=False).order_by("pk")
    for lines in parts.values_list("lines", flat=True).iterator(chunk_size=100):
        claimed |= {
            tenant_id: line
            for line, outcome, _, tenant_id in lines
            if tenant_id is not None and outcome != "joined"
        }
    return claimed


def _actor(job: ImportJob) -> Actor:
    kinds: dict[str, ActorKind] = {"staff": "staff", "token": "token"}
    return Actor(kinds.get(job.by_kind, "system"), job.by_ref, job.by_name)
