"""``tenantline init``: data directory, tables and their walls, the ledger, static files."""

from __future__ import annotations

from pathlib import Path

import click

from tenantline.cli import start
from tenantline.cli.static_files import collect_if_stale


@click.command()
def init() -> None:
    """Create or migrate the database. Safe to repeat, also after an upgrade."""
    start.load()
    from django.conf import settings

    prepare_installation()
    click.echo(f"The database is ready; data is in {settings.DATA_DIR}.")


def prepare_installation() -> None:
    """Make or bring up to date all that an installation needs before it can serve."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from tenantline.consent import ledger
    from tenantline.kernel import walls

    make_private_folder(Path(settings.DATA_DIR))
    start.demand_not_newer()
    call_command("migrate", verbosity=0, interactive=False)
    # migrate has raised them where it changed something; here also where somebody took one down.
    walls.raise_walls(connection)
    ledger.prepare()
    collect_if_stale()


def make_private_folder(folder: Path) -> None:
    """Make a folder that only this user can enter; one that exists stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
