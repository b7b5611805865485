"""``tenantline import``: files of other systems, in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tenantline.cli import start
from tenantline.cli.progress import bar

if TYPE_CHECKING:
    from tenantline.imports.headers import Columns
    from tenantline.imports.preparing import Line, Prepared

SOME_REFUSED: Final = 3
_SHOWN: Final = 20
_SAID: Final = {
    "added": "added",
    "updated": "updated",
    "unchanged": "unchanged",
    "joined": "joined to their tenant's first row",
    "skipped": "passed over (totals, headings, vacant units)",
    "refused": "refused",
}


@click.group("import", no_args_is_help=False)
def import_() -> None:
    """Files of other systems, in."""


@import_.command("tenants")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--facility", "code", required=True, help="The facility's code.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--map", "choices", multiple=True, help='field="Column", over the guess; repeats.')
@click.option("--report", type=click.Path(path_type=Path), help="Write what became of every row.")
@click.option("--figures", is_flag=True, hidden=True, help="For scripts/bench_import.py.")
def tenants(
    file: Path,
    code: str,
    dry_run: bool,
    choices: Sequence[str],
    report: Path | None,
    figures: bool,
) -> int:
    """Import tenants from a CSV file; safe to repeat. Nobody is opted in.

    Exit code 0: every row is in. 3: some were refused. 1: the file cannot be used.
    """
    start.load_with_database()
    from tenantline.facilities import queries as facilities
    from tenantline.facilities.scope import EVERYWHERE
    from tenantline.imports import preparing
    from tenantline.imports.columns import TENANTS
    from tenantline.imports.headers import read_map
    from tenantline.kernel import clock

    facility = facilities.facility(scope=EVERYWHERE, code=code)
    wanted = read_map(choices, TENANTS)
    if report is not None:
        _demand_writable(report)
    with bar("Reading") as tell:
        prepared = preparing.prepare(
            file, facility=facility, wanted=wanted, now=clock.now(), progress=tell
        )
    _show_columns(prepared.sheet.columns)
    lines = _dry(prepared) if dry_run else _applied(prepared, wanted, figures=figures)
    if report is not None:
        _write(report, lines)
    return _sum_up(lines, dry_run=dry_run, facility=facility.name)


@import_.command("ledger")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--facility", "code", required=True, help="The facility's code.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--map", "choices", multiple=True, help='field="Column", over the guess; repeats.')
@click.option("--report", type=click.Path(path_type=Path), help="Write what became of every row.")
def ledger(
    file: Path, code: str, dry_run: bool, choices: Sequence[str], report: Path | None
) -> int:
    """Import charges, payments, credits and reversals from a CSV file; safe to repeat.

    Exit code 0: every row is in. 3: some were refused. 1: the file cannot be used.
    """
    start.load_with_database()
    from tenantline.facilities import queries as facilities
    from tenantline.facilities.scope import EVERYWHERE
    from tenantline.imports.accounts import taking
    from tenantline.imports.accounts.columns import LEDGER
    from tenantline.imports.headers import read_map
    from tenantline.kernel import clock

    facility = facilities.facility(scope=EVERYWHERE, code=code)
    wanted = read_map(choices, LEDGER)
    if report is not None:
        _demand_writable(report)
    prepared = taking.prepare(file, facility=facility, wanted=wanted)
    _show_columns(prepared.sheet.columns)
    found = (
        taking.dry_run(prepared, now=clock.now())
        if dry_run
        else taking.take(prepared, by=start.BY, now=clock.now())
    )
    lines: list[Line] = []
    with bar("Comparing" if dry_run else "Importing", total=prepared.sheet.rows) as tell:
        for some in found:
            lines += some
            tell(len(lines))
    if report is not None:
        _write(report, lines)
    return _sum_up(lines, dry_run=dry_run, facility=facility.name)


def _applied(prepared: Prepared, wanted: dict[str, str], *, figures: bool) -> list[Line]:
    from tenantline.imports import actions, queries
    from tenantline.kernel import clock

    run = actions.begin(prepared=prepared, wanted=wanted, by=start.BY, now=clock.now())
    if run.job.position:
        click.echo(f"Going on behind line {run.job.position}, where it was interrupted.", err=True)
    with bar("Importing", total=prepared.sheet.rows) as tell:
        for job in run.slices():
            tell(queries.progress(job).done)
    if figures:
        click.echo(json.dumps(run.figures()), err=True)
    return list(queries.lines(run.job))


def _dry(prepared: Prepared) -> list[Line]:
    from tenantline.imports import preparing
    from tenantline.kernel import clock

    found: list[Line] = []
    with bar("Comparing", total=prepared.sheet.rows) as tell:
        for lines in preparing.dry_run(prepared, now=clock.now()):
            found += lines
            tell(len(found))
    return sorted(found)


def _show_columns(columns: Columns) -> None:
    click.echo("Columns:")
    for words, label, rivals in columns.shown():
        also = f" (also possible: {', '.join(rivals)})" if rivals else ""
        click.echo(f"  {words}: {label}{also}")
    if columns.unused:
        click.echo(f"  Not read: {', '.join(name[:40] for name in columns.unused[:20])}")
    if any(rivals for _, _, rivals in columns.shown()):
        click.echo('  Choose another with --map field="Column".')


def _sum_up(lines: list[Line], *, dry_run: bool, facility: str) -> int:
    counts = Counter(outcome for _, outcome, _, _ in lines)
    refused = [(line, reason) for line, outcome, reason, _ in lines if outcome == "refused"]
    for line, reason in refused[:_SHOWN]:
        click.echo(f"Line {line} refused: {reason}")
    if len(refused) > _SHOWN:
        click.echo(f"… and {len(refused) - _SHOWN:,} more; --report FILE.csv lists every row.")
    said = [f"{counts[name]:,} {words}" for name, words in _SAID.items() if counts[name]]
    begin = "It would be, at" if dry_run else "At"
    click.echo(f"{begin} {facility}: {len(lines):,} rows; {', '.join(said) or 'none'}.")
    if dry_run:
        click.echo("Nothing was changed (--dry-run).")
    return SOME_REFUSED if refused else 0


def _demand_writable(report: Path) -> None:
    """Find out before the import whether the report can be written after it."""
    with report.open("a", encoding="utf-8"):
        pass


def _write(report: Path, lines: list[Line]) -> None:
    from tenantline.imports import report as reports

    with report.open("w", encoding="utf-8", newline="") as file:
        reports.write(file, lines)
