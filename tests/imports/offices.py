"""What the tests of imports share: a file, an import of it as the command does it, its lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tenantline.imports import actions, preparing, queries
from tenantline.imports.columns import TENANTS
from tenantline.imports.headers import read_map
from tenantline.imports.preparing import Line
from tenantline.imports.rows import Reader
from tenantline.imports.scan import scan
from tenantline.imports.sheet import open_sheet
from tenantline.kernel import clock
from tenantline.tenants.models import Tenant
from tests import cast


def written(folder: Path, text: str | bytes, name: str = "export.csv") -> Path:
    """Write a file as another system exports it."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows_of(path: Path, *choices: str, codes: frozenset[str] = frozenset()) -> list[Any]:
    """Read a file without a database; the rows are of any kind that ``rows.Row`` names."""
    sheet = open_sheet(path, read_map(choices, TENANTS))
    return list(scan(Reader(sheet, codes, 2026)).rows)


def imported(path: Path, facility, *choices: str) -> list[Line]:
    """Import a file to its end; return what became of its rows."""
    now, wanted = clock.now(), read_map(choices, TENANTS)
    prepared = preparing.prepare(path, facility=facility, wanted=wanted, now=now)
    run = actions.begin(prepared=prepared, wanted=wanted, by=cast.TESTER, now=now)
    for _ in run.slices(rest=0):
        pass
    return list(queries.lines(run.job))


def would(path: Path, facility) -> list[Line]:
    """Return what an import would do."""
    prepared = preparing.prepare(path, facility=facility, wanted={}, now=clock.now())
    return [line for some in preparing.dry_run(prepared, now=clock.now()) for line in some]


def outcomes(lines: list[Line]) -> list[str]:
    """Return what became of each row, in one word, by line."""
    return [outcome for _, outcome, _, _ in sorted(lines)]


def tenant(external_id: str) -> Tenant:
    """Return the tenant with this id."""
    return Tenant.objects.get(external_id=external_id)
