"""``tenantline reconcile``: what Twilio knows and we do not, now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from tenantline.cli import start
from tenantline.kernel.errors import Refused

if TYPE_CHECKING:
    from tenantline.conversations.catching_up import CaughtUp
    from tenantline.conversations.deactivated import Looked


@click.command()
def reconcile() -> None:
    """Fetch missed inbound texts and unclear sends from Twilio now.

    Also reads the lists of deactivated numbers that are due. The worker does the same by itself;
    this is safe beside it. Sends nothing.
    """
    start.load_with_database()
    done, lists = asyncio.run(_catch_up())
    if not done:
        click.echo("No line is connected, so there is nothing to read.")
        return
    _print(done)
    _print_lists(lists)
    failed = [one for one in done if one.problem]
    if failed:
        first = failed[0]
        more = f" {len(failed)} of {len(done)} lines could not be read." if len(failed) > 1 else ""
        raise Refused("not_read", f"{first.line.number}: {first.problem}{more}")


async def _catch_up() -> tuple[list[CaughtUp], Looked]:
    from django.conf import settings

    from tenantline.carrier import deactivations
    from tenantline.carrier.client import Client
    from tenantline.carrier.media import Fetcher
    from tenantline.conversations.catching_up import catch_up
    from tenantline.conversations.deactivated import read_due
    from tenantline.facilities import queries
    from tenantline.kernel.threads import in_database

    lines = await in_database(queries.heard_lines)
    url = settings.TWILIO_API_URL
    async with Client(url) as client, Fetcher(url, largest=deactivations.LARGEST) as fetcher:
        done = [await catch_up(client, line) for line in lines]
        return done, await read_due(fetcher, at_once=True)


def _print(done: list[CaughtUp]) -> None:
    """Print a row a line. Never wrapped: a program may read it too."""
    rows: list[tuple[str, ...]] = []
    rows.append(("line", "facility", "came in", "settled", "still unclear", "new statuses", "list"))
    for one in done:
        counts = (one.found, one.settled, one.unknown, one.refreshed)
        ending = "not read" if one.problem else "read"
        rows.append((one.line.number, one.line.facility.code, *map(str, counts), ending))
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if 2 <= n <= 5 else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())


def _print_lists(lists: Looked) -> None:
    """Say what the lists of deactivated numbers brought, on standard error, beside the table."""
    if lists.lists:
        held = "1 number" if lists.parked == 1 else f"{lists.parked} numbers"
        read = "1 list" if lists.lists == 1 else f"{lists.lists} lists"
        click.echo(f"Read {read} of deactivated numbers; {held} parked.", err=True)
    if lists.problem:
        words = f"A list of deactivated numbers was not read. {lists.problem}"
        click.echo(f"{words} It is asked for again.", err=True)
