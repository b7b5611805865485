"""``tenantline facility``: sites."""

from __future__ import annotations

import click

from tenantline.cli import start


@click.group(no_args_is_help=False)
def facility() -> None:
    """Facilities (sites)."""


@facility.command("add")
@click.option("--code", required=True, help="A short code, e.g. LAMAR.")
@click.option("--name", required=True, help="The name that begins every automatic text.")
@click.option("--timezone", required=True, help="Its time zone, e.g. America/Chicago.")
@click.option("--street", default="")
@click.option("--city", default="")
@click.option("--state", default="")
@click.option("--postal-code", default="")
@click.option("--phone", default="", help="The office's phone number.")
@click.option("--email", default="", help="The office's e-mail address.")
def add(code: str, name: str, timezone: str, **details: str) -> None:
    """Add a facility."""
    start.load_with_database()
    from tenantline.facilities import actions
    from tenantline.kernel import clock

    added = actions.add_facility(
        code=code, name=name, timezone=timezone, by=start.BY, now=clock.now(), **details
    )
    click.echo(f"Facility {added.code} was added: {added.name}, {added.timezone}.")
    click.echo(f"Next: tenantline line connect --facility {added.code} …")
