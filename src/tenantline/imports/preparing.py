"""A file made ready: how it is read, and which of its rows belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from tenantline.facilities.models import Facility
from tenantline.imports.planning import Planner, Step
from tenantline.imports.rows import Reader, Refused, Row, Skipped
from tenantline.imports.scan import (
    Progress,
    Scanned,
    Together,
    no_progress,
    scan,
    tenants_in,
    why_too_common,
)
from tenantline.imports.sheet import Sheet, open_sheet

Line = tuple[int, str, str, int | None]
"""What became of a row: its line in the file, the outcome, the reason or remark, the tenant."""
Item = Together | Row
_DRY_SLICE = 250


@dataclass(frozen=True)
class Prepared:
    """A file that has been read through once, for one facility."""

    sheet: Sheet
    facility: Facility
    scanned: Scanned

    def items(self, *, after: int = 0) -> Iterator[Item]:
        """Yield the tenants of the file and what is none, behind a line."""
        found = tenants_in(self.scanned)
        return (item for item in found if place_of(item) > after)

    def facts(self) -> dict[str, object]:
        """Return what a person is shown of the file, as JSON."""
        columns = self.sheet.columns
        return {
            "columns": [list(shown) for shown in columns.shown()],
            "chosen": dict(columns.chosen),
            "headers": [columns.label(place) for place in range(len(columns.headers))],
            "unused": columns.unused,
            "encoding": self.sheet.encoding,
            "header_line": self.sheet.header_line,
        }


def prepare(
    path: Path,
    *,
    facility: Facility,
    wanted: Mapping[str, str],
    now: datetime,
    progress: Progress = no_progress,
) -> Prepared:
    """Read a file through. ``wanted`` maps fields to columns, over the guess.

    Raises:
        Unusable: the file cannot be read, or no column can be a tenant's name.
    """
    sheet = open_sheet(path, wanted)
    codes = frozenset(" ".join(word.lower().split()) for word in (facility.code, facility.name))
    reader = Reader(sheet, codes, now.year)
    return Prepared(sheet, facility, scan(reader, progress))


def place_of(item: Item) -> int:
    """Return the line at which an item stands."""
    return item.lines[0] if isinstance(item, Together) else item.line


def planned(items: list[Item], prepared: Prepared, planner: Planner) -> list[Step]:
    """Plan the tenants among some items; those with a number that is nobody's are refused."""
    together = [item for item in items if isinstance(item, Together)]
    reasons = {t.lines[0]: why_too_common(t.row, prepared.scanned.groups) for t in together}
    steps = planner.plan([t for t in together if not reasons[t.lines[0]]])
    return steps + [Step(t, refused=why) for t in together if (why := reasons[t.lines[0]])]


def lines_of(items: list[Item], steps: list[Step]) -> list[Line]:
    """Return what became of every row of these items, by line."""
    lines: list[Line] = [_passed(item) for item in items if isinstance(item, Refused | Skipped)]
    for step in steps:
        first, *others = step.together.lines
        reason = step.refused or "; ".join(step.remarks)
        lines.append((first, step.outcome, reason, step.tenant_id))
        joined = "refused" if step.refused else "joined"
        words = step.refused or f"the same tenant as line {first}"
        lines += [(line, joined, words, step.tenant_id) for line in others]
    return sorted(lines)


def _passed(item: Refused | Skipped) -> Line:
    if isinstance(item, Skipped):
        return item.line, "skipped", item.reason, None
    said = f" ({item.said})" if item.said else ""
    return item.line, "refused", f"{item.reason}{said}", None


def dry_run(prepared: Prepared, *, now: datetime) -> Iterator[list[Line]]:
    """Yield what would become of the rows, some at a time; nothing is changed."""
    planner = Planner(prepared.facility, now, lock=False)
    items = prepared.items()
    while some := list(islice(items, _DRY_SLICE)):
        steps = planned(some, prepared, planner)
        planner.claim(steps)
        yield lines_of(some, steps)
