"""``tenantline backup`` and ``tenantline restore``: a copy while it runs, and back."""

from __future__ import annotations

from pathlib import Path

import click

from tenantline.cli import start
from tenantline.cli.progress import bar

_MOMENT = "%Y-%m-%d %H:%M:%S"
_RUNNING = "A worker is running on this database; stop Tenantline and restore again."
_AFTER = (
    "The installation is in recovery: nothing leaves until every line has been read back, and "
    "automatic texts wait until an owner has confirmed the list under Settings, Recovery."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write a consistent copy of everything to FILE while Tenantline runs.

    FILE must not exist. It does not hold TENANTLINE_SECRET_KEY; keep that elsewhere.
    """
    start.load_with_database()
    from tenantline.backups import actions
    from tenantline.kernel import clock

    with bar("Copying") as tell:
        made = actions.make(file=file, now=clock.now(), tell=tell)
    click.echo(
        f"{file}: {made.rows:,} rows of {made.made_at:{_MOMENT}} UTC, for "
        "tenantline restore. TENANTLINE_SECRET_KEY is not in it; keep it apart."
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Restore although the installation holds data.")
@click.option("--check", is_flag=True, help="Only say whether FILE could be restored.")
def restore(file: Path, replace: bool, check: bool) -> None:
    """Put the backup FILE in the place of the database, which must be empty, and recover.

    Needs the TENANTLINE_SECRET_KEY of the installation that made it. Stop Tenantline first.
    """
    start.load()
    from django.conf import settings

    from tenantline.backups import restoring
    from tenantline.cli.installation import make_private_folder
    from tenantline.cli.serving import worker_lock
    from tenantline.kernel import clock

    if check:
        with bar("Checking") as tell:
            found = restoring.check(file=file, tell=tell)
        click.echo(f"{file} is whole: {found.rows:,} rows of {found.made_at:{_MOMENT}} UTC.")
        return
    make_private_folder(Path(settings.DATA_DIR))
    with worker_lock(taken=_RUNNING), bar("Restoring") as tell:
        done = restoring.restore(
            file=file, replace=replace, by=start.BY, now=clock.now(), tell=tell
        )
    made = done.manifest
    click.echo(f"{made.rows:,} rows of {made.made_at:{_MOMENT}} UTC are restored.")
    if done.kept is not None:
        click.echo(f"What was there before lies in {done.kept}; delete it when all is well.")
    click.echo(f"{done.texts:,} texts had not ended then; each is looked for at the carrier.")
    click.echo(_AFTER)
