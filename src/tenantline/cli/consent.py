"""``tenantline consent``: the ledger checked, shown for one number, what may go erased."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenantline.cli import start

if TYPE_CHECKING:
    from tenantline.consent.chain import Verified


@click.group(no_args_is_help=False)
def consent() -> None:
    """The consent ledger."""


@consent.command("verify")
@click.option("--contains", metavar="HASH", help="Also look for the event with this hash.")
def verify(contains: str | None) -> None:
    """Check the whole chain: every event's hash, its place, and the chain's end. Changes nothing.

    Exit code 1 names the first event that does not verify. --contains takes the hash at which the
    ledger ended when a proof packet was made.
    """
    start.load_with_database()
    from tenantline.consent import chain

    found = chain.verify_all()
    for line in _found(found):
        click.echo(line)
    if contains:
        event = chain.demand_event(contains)
        click.echo(f"Event {event.sequence:,} bears that hash.")


@consent.command("export")
@click.argument("number")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write the PDF.")
@click.option("--json", "as_json", is_flag=True, help="Print the same facts as JSON instead.")
def export(number: str, output: Path | None, as_json: bool) -> None:
    """Write the proof packet of a mobile NUMBER: a PDF with everything known about its consent.

    Prints the file's path. An existing file is not overwritten. With --json nothing is written
    unless --output names a file.
    """
    start.load_with_database()
    from tenantline.evidence import actions
    from tenantline.facilities.scope import EVERYWHERE
    from tenantline.kernel import clock, phone

    asked = phone.parse(number)
    now = clock.now()
    if as_json:
        packet = actions.facts(number=asked, scope=EVERYWHERE, by=start.BY, now=now, walk=None)
        _give(packet.as_json(), output)
    else:
        made = actions.proof_packet(number=asked, scope=EVERYWHERE, by=start.BY, now=now, walk=None)
        packet = made.packet
        path = output or Path(made.file_name)
        _write(path, made.content)
        click.echo(path)
    if packet.check.trouble:
        raise click.ClickException(f"The ledger does not verify: {packet.check.trouble}")


@consent.command("erase")
@click.argument("number")
@click.option("--why", required=True, help="The reason, which stays in the ledger; no name in it.")
@click.option("--early", is_flag=True, help="Although a claim may still be brought.")
def erase(number: str, why: str, early: bool) -> None:
    """Erase what stands beside a NUMBER's events: the number, IP address, browser and words.

    The events and their hashes stay, and the ledger says what was erased, when and why. The
    tenant's record, the conversation and e-mails are not touched. Refused
    while consent is active or asked for, and within five years of the last event or text unless
    --early is given.
    """
    start.load_with_database()
    from tenantline.consent import erasure
    from tenantline.facilities.scope import EVERYWHERE
    from tenantline.kernel import clock, phone

    done = erasure.erase(
        number=phone.parse(number),
        why=why,
        early=early,
        scope=EVERYWHERE,
        by=start.BY,
        now=clock.now(),
    )
    events = "1 event" if done.events == 1 else f"{done.events:,} events"
    click.echo(f"Erased beside {events}; event {done.sequence:,} of the ledger says so.")


def _found(found: Verified) -> list[str]:
    from tenantline.evidence.queries import anchored

    chain = found.chain
    if not chain.events:
        return ["The consent ledger is empty; it verifies."]
    events = "1 event verifies" if chain.events == 1 else f"All {chain.events:,} events verify"
    lines = [f"{events}; the chain ends with {chain.last_hash}.", anchored(found.anchor)]
    if found.anchor.unreadable:
        lines.append(
            f"{found.anchor.unreadable:,} lines of that note cannot be read: they were cut off, as "
            "on a full disk, or were not written by this ledger."
        )
    if found.clearances.kept or found.clearances.noted:
        lines.append(_cleared(found))
    if found.erased:
        lines.append(f"What stood beside {found.erased:,} of them was erased, and they say so.")
    return lines


def _cleared(found: Verified) -> str:
    kept, noted = found.clearances.kept, found.clearances.noted
    texts = (
        "The clearance of the one text bears"
        if kept == 1
        else (f"The clearances of all {kept:,} texts bear")
    )
    return f"{texts} the gate's seal; {noted:,} are noted outside the database, none is missing."


def _give(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(f"{text}\n")
        return
    _write(output, f"{text}\n".encode())
    click.echo(output)


def _write(path: Path, content: bytes) -> None:
    # 'x': proof that somebody has put there is not replaced by a later one.
    with path.open("xb") as file:
        file.write(content)
