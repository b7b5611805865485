"""A file of entries taken in, slice by slice. Nothing is taken twice: an entry knows its row.

Each slice is one short transaction. What was interrupted is begun anew: what is in already is
recognised, by the entry's own id or by a digest of the row, and changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.billing import bulk, queries
from tenantline.facilities.models import Facility
from tenantline.feed import actions as feed
from tenantline.imports.accounts import signs
from tenantline.imports.accounts.columns import LEDGER
from tenantline.imports.accounts.planning import Known, Slice
from tenantline.imports.accounts.rows import Reader, Row
from tenantline.imports.preparing import Line
from tenantline.imports.sheet import Sheet, open_sheet
from tenantline.kernel import clock
from tenantline.kernel.actor import Actor

SLICE: Final = 100  # rows in one transaction
REST: Final = 0.006  # seconds between two, in which others write


@dataclass(frozen=True)
class Prepared:
    """A file that can be read, for one facility."""

    sheet: Sheet
    facility: Facility

    def rows(self, now: datetime) -> Iterator[Row]:
        """Yield what the rows say, one after the other."""
        codes = (self.facility.code, self.facility.name)
        known = frozenset(" ".join(word.lower().split()) for word in codes)
        today = queries.today(self.facility, now)
        reader = Reader(self.sheet, known, today, signs.mostly_below(self.sheet))
        return (reader.read(record) for record in self.sheet.records())


def prepare(path: Path, *, facility: Facility, wanted: Mapping[str, str]) -> Prepared:
    """Find out how a file is to be read. ``wanted`` maps fields to columns, over the guess.

    Raises:
        Unusable: the file cannot be read, or its columns do not say enough.
    """
    return Prepared(open_sheet(path, wanted, subject=LEDGER), facility)


def take(
    prepared: Prepared, *, by: Actor, now: datetime, rest: float = REST
) -> Iterator[list[Line]]:
    """Take the file in; yields what became of some rows at a time."""
    rows = prepared.rows(now)
    while some := list(islice(rows, SLICE)):
        yield _taken(prepared, some, by, clock.now())
        time.sleep(rest)


def dry_run(prepared: Prepared, *, now: datetime) -> Iterator[list[Line]]:
    """Yield what would become of the rows, some at a time; nothing is changed."""
    rows, before = prepared.rows(now), dict[str, Known]()
    while some := list(islice(rows, SLICE)):
        slice_ = Slice(prepared.facility, some, now, before)
        slice_.plain()
        slice_.reversals()
        before |= slice_.new
        yield slice_.lines()


def _taken(prepared: Prepared, rows: Sequence[Row], by: Actor, now: datetime) -> list[Line]:
    facility = prepared.facility
    with transaction.atomic():
        slice_ = Slice(facility, rows, now, {})
        slice_.stored(bulk.add(facility=facility, rows=slice_.plain(), by=by, now=now))
        bulk.add(facility=facility, rows=slice_.reversals(), by=by, now=now)
        lines = slice_.lines()
        added = [line for line in lines if line[1] == "added"]
        if added:
            audit.record(
                act="ledger.imported",
                by=by,
                now=now,
                facility_id=facility.pk,
                subject=f"facility:{facility.pk}",
                added=len(added),
                file=prepared.sheet.path.name[:200],
                lines=[added[0][0], added[-1][0]],
            )
            feed.tell(facility_id=facility.pk, topic="tenant", ref=str(added[-1][3]), now=now)
    return lines
