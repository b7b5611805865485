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
from typing import Any

from django.db import connection, transaction

from tenantline.facilities.models import Facility
from tenantline.imports import applying
from tenantline.imports.models import ImportJob, ReportPart, State
from tenantline.imports.planning import Planner, Step
from tenantline.imports.preparing import Item, Prepared, lines_of, place_of, planned
from tenantline.imports.scan import Together
from tenantline.kernel import clock
from tenantline.kernel.actor import Actor, ActorKind
from tenantline.kernel.errors import Refused
from tenantline.tenants.bulk import Ready

AIM = 0.05  # seconds that a slice may hold the database
REST = 0.006  # seconds between two slices, besides those that planning the next one takes
LEASE = timedelta(seconds=60)  # a worker that is silent for so long is taken for dead
MOST_ROWS = 150
FEWEST_ROWS = 60  # a slice costs something by itself: smaller ones would only be more of them
MOST_HEAVY = 6  # changed numbers and ended rentals in a slice


@dataclass
class Run:
    """One process's work on a job. ``slices`` does it."""

    job: ImportJob
    prepared: Prepared
    _size: int = FEWEST_ROWS
    _held: list[float] = field(default_factory=list)
    _planner: Planner = field(init=False)

    def __post_init__(self) -> None:
        lock = connection.features.has_select_for_update
        self._planner = Planner(self.job.facility, clock.now(), lock=lock)
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
            waiting = self._slice(waiting)
            yield self.job
            time.sleep(rest)
        self._finish()
        yield self.job

    def figures(self) -> dict[str, float]:
        """Return how many slices there were and how long they held the database, in seconds."""
        held = sorted(self._held) or [0.0]
        return {"slices": len(self._held), "longest": held[-1], "p99": held[len(held) * 99 // 100]}

    def _slice(self, items: list[Item]) -> list[Item]:
        """Apply the items, or as many as one slice can hold; return those that are left."""
        seen = _commits_of_others()
        plan = self._plan(items) if seen is not None else None
        with transaction.atomic():
            began = time.monotonic()
            self._lock_facility()
            if plan is None or _commits_of_others() != seen:
                plan = self._plan(items)
            applying.apply(
                facility=self.job.facility,
                steps=plan.steps,
                new=plan.new,
                source=self.job.file_name,
                by=_actor(self.job),
                now=self._planner.now,
            )
            moved = self._note(plan)
        self._pace(time.monotonic() - began)
        self._remember(moved)
        self._planner.claim(plan.steps)
        return items[len(plan.items) :]

    def _plan(self, items: list[Item]) -> _Plan:
        """Plan as many items as one slice can hold.

        On SQLite this is done before the slice holds the database, and again where somebody else
        has committed since; elsewhere inside, with the rows locked.
        """
        self._planner.now = clock.now()
        steps = planned(items, self.prepared, self._planner)
        fitting = items[: _how_many(items, steps)]
        places = {place_of(item) for item in fitting}
        kept = [step for step in steps if step.together.lines[0] in places]
        new = applying.new_tenants(
            facility=self.job.facility, steps=kept, by=_actor(self.job), now=self._planner.now
        )
        return _Plan(fitting, kept, new)

    def _pace(self, seconds: float) -> None:
        self._held.append(seconds)
        fitting = self._size * AIM / max(seconds, 0.001)
        self._size = round(max(FEWEST_ROWS, min(MOST_ROWS, (self._size + fitting) / 2)))

    def _lock_facility(self) -> None:
        """Let one process at a time import into a facility; SQLite has one writer anyway."""
        if connection.features.has_select_for_update:
            Facility.objects.select_for_update(no_key=True).get(pk=self.job.facility_id)

    def _note(self, plan: _Plan) -> dict[str, Any]:
        lines = lines_of(plan.items, plan.steps)
        counts = Counter(self.job.counts) + Counter(outcome for _, outcome, _, _ in lines)
        now = clock.now()
        moved: dict[str, Any] = {"position": place_of(plan.items[-1]), "counts": dict(counts)}
        moved |= {"touched_at": now, "held_until": now + LEASE}
        self._move(moved)
        refused = sum(outcome == "refused" for _, outcome, _, _ in lines)
        ReportPart.objects.create(job=self.job, lines=lines, refused=refused)
        return moved

    def _move(self, values: dict[str, Any]) -> None:
        """Move the job on, if it stands where we left it."""
        rows = ImportJob.objects.filter(
            pk=self.job.pk, state=State.RUNNING, position=self.job.position
        )
        if not rows.update(**values):
            raise Refused("not_running", "The import was cancelled, or another process does it.")

    def _remember(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(self.job, name, value)

    def _finish(self) -> None:
        values = {"state": State.DONE, "finished_at": clock.now()}
        self._move(values)
        self._remember(values)


@dataclass(frozen=True)
class _Plan:
    """What one slice does."""

    items: list[Item]
    steps: list[Step]
    new: Ready


def _commits_of_others() -> int | None:
    """Return a number that changes when another connection has committed; None: nobody can say."""
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])


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
