"""``tenantline bench``: how fast it is here, as tables and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from tenantline.bench import NAMES


@click.command()
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the figures here too.")
@click.option("--quick", is_flag=True, help="A few seconds on SQLite; the figures mean little.")
@click.option("--sqlite/--no-sqlite", default=None, help="SQLite alone, or PostgreSQL alone.")
@click.option("--only", "names", type=click.Choice(NAMES), multiple=True, help="Repeats.")
@click.option("--postgres", "server", default="", help="A server where databases may be made.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder on the disk to measure.",
)
def bench(
    file: Path | None,
    quick: bool,
    sqlite: bool | None,
    names: Sequence[str],
    server: str,
    folder: Path | None,
) -> None:
    """Measure webhooks, dispatch, live pages and page times on this machine.

    Everything happens in a folder and in databases of its own, which are removed afterwards;
    nothing of yours is read or changed. It takes about a quarter of an hour.
    """
    from rich.console import Console

    from tenantline.bench import report
    from tenantline.bench.run import run
    from tenantline.bench.site import BenchError

    console = Console()
    if file is not None and file.exists():
        raise click.ClickException(f"{file} exists; name another file.")
    sheets = run(
        quick=quick,
        names=names or NAMES,
        server=server,
        sqlite=sqlite is not False,
        postgresql=sqlite is False or (sqlite is None and (bool(server) or not quick)),
        where=folder,
        say=lambda words: click.echo(words, err=True),
    )
    try:
        for sheet in report.kept(sheets, file):
            report.show(sheet, console)
    except BenchError as error:
        raise click.ClickException(str(error)) from error
