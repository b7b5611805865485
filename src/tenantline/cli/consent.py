"""``tenantline consent``: the consent ledger, checked."""

from __future__ import annotations

import click

from tenantline.cli import start


@click.group(no_args_is_help=False)
def consent() -> None:
    """The consent ledger."""


@consent.command("verify")
def verify() -> None:
    """Check the whole chain: every event's hash, its place, and the chain's end. Changes nothing.

    Exit code 1 names the first event that does not verify.
    """
    start.load_with_database()
    from tenantline.consent import chain

    found = chain.verify()
    if not found.events:
        click.echo("The consent ledger is empty; it verifies.")
        return
    events = "1 event verifies" if found.events == 1 else f"All {found.events:,} events verify"
    click.echo(f"{events}; the chain ends with {found.last_hash}.")
