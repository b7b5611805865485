"""``tenantline doctor``: is everything as it must be? Changes nothing, sends nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable

import click

from tenantline.cli import checks, start
from tenantline.cli.checks import Check
from tenantline.cli.program import FAILED, sentence_for


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def doctor(as_json: bool) -> None:
    """Check database, queue, public address, lines, e-mail and clock; exit 1 if one is wrong."""
    try:
        start.load()
    except Exception as error:
        if not as_json:
            raise
        found = [Check("settings", False, sentence_for(error))]
    else:
        found = list(examine())
    ok = all(check.ok for check in found)
    if as_json:
        rows = [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in found]
        click.echo(json.dumps({"ok": ok, "checks": rows}, indent=2))
    else:
        _print_table(found)
    sys.exit(0 if ok else FAILED)


def examine() -> Iterable[Check]:
    """Yield the outcome of every check, in order."""
    database = list(_asked("database", checks.database))
    yield from database
    if all(check.ok for check in database):
        for name, look in checks.IN_DATABASE.items():
            yield from _asked(name, look)
    for name, look in checks.AROUND.items():
        yield from _asked(name, look)


def _asked(name: str, look: Callable[[], Iterable[Check]]) -> Iterable[Check]:
    """Ask one check; that it fails itself is an answer too."""
    try:
        return list(look())
    except Exception as error:  # whatever it was, the installer is to see it beside the others
        return [Check(name, False, sentence_for(error))]


def _print_table(found: Iterable[Check]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for check in found:
        mark = "[green]ok[/]" if check.ok else "[bold red]wrong[/]"
        table.add_row(mark, escape(check.name), escape(check.detail))
    Console(highlight=False).print(table)
