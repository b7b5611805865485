"""``tenantline line``: numbers at Twilio."""

from __future__ import annotations

import click

from tenantline.cli import start
from tenantline.cli.secret_input import read_secret
from tenantline.kernel.errors import NotFound, Refused


@click.group(no_args_is_help=False)
def line() -> None:
    """Lines (Twilio numbers)."""


@line.command("connect")
@click.option("--facility", "code", required=True, help="The facility's code.")
@click.option("--account-sid", required=True, help="AC and 32 characters, from Twilio's console.")
@click.option("--number", required=True, help="The Twilio number, e.g. +15125550100.")
@click.option(
    "--messaging-service", default="", help="MG and 32 characters; found by itself if left out."
)
@click.option("--keep-webhook", is_flag=True, help="Change nothing at Twilio.")
@click.option(
    "--take-service", is_flag=True, help="Point the Messaging Service here though others use it."
)
def connect(
    code: str,
    account_sid: str,
    number: str,
    messaging_service: str,
    keep_webhook: bool,
    take_service: bool,
) -> None:
    """Connect a Twilio number to a facility and point its inbound texts here.

    The Auth Token comes from TENANTLINE_AUTH_TOKEN or from standard input. Sends nothing to
    anybody.
    """
    start.load_with_database()
    from django.conf import settings

    from tenantline.carrier import connecting
    from tenantline.facilities import queries
    from tenantline.facilities.scope import EVERYWHERE
    from tenantline.kernel import clock

    facility = queries.facility(scope=EVERYWHERE, code=code)
    connected = connecting.connect(
        facility=facility,
        wanted=connecting.Wanted(
            account_sid=account_sid,
            auth_token=settings.TWILIO_AUTH_TOKEN or read_secret("auth token"),
            number=number,
            messaging_service_sid=messaging_service,
            keep_webhook=keep_webhook,
            take_service=take_service,
        ),
        by=start.BY,
        now=clock.now(),
        client_base_url=settings.TWILIO_API_URL,
    )
    click.echo(f"{connected.line.number} is now the line of {facility.name}.")
    for sentence in connected.report:
        click.echo(f"- {sentence}")


@line.command("disconnect")
@click.option("--number", required=True, help="The line's number.")
def disconnect(number: str) -> None:
    """Stop sending by a line and put back where its texts went before."""
    start.load_with_database()
    from django.conf import settings

    from tenantline.carrier import connecting
    from tenantline.facilities import queries
    from tenantline.kernel import clock, phone

    known = queries.line_by_number(phone.parse(number))
    if known is None:
        raise NotFound(f"{phone.parse(number)} is no line of this installation.")
    done = connecting.disconnect(
        line=known, by=start.BY, now=clock.now(), client_base_url=settings.TWILIO_API_URL
    )
    click.echo(f"{known.number} sends no more; its credentials stay, so that STOPs are honoured.")
    for sentence in done.report:
        click.echo(f"- {sentence}")
    if done.problem:
        raise Refused(
            "not_put_back",
            "The line is disconnected, but its address at Twilio could not be put back; run this "
            f"again later: {done.problem}",
        )
