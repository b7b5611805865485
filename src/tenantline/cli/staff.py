"""``tenantline staff`` and ``tenantline token``: who may sign in, and which programs may call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from tenantline.cli import start
from tenantline.cli.secret_input import read_secret

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility

_ROLE: Final = click.Choice(["owner", "manager", "clerk"])
_WHERE: Final = "A facility's code; repeat for more. An owner without any has all."


@click.group(no_args_is_help=False)
def staff() -> None:
    """Staff accounts."""


@staff.command("add")
@click.argument("username")
@click.option("--role", type=_ROLE, required=True)
@click.option("--facility", "codes", multiple=True, help=_WHERE)
@click.option("--name", default="", help="The person's name.")
def add(username: str, role: str, codes: Sequence[str], name: str) -> None:
    """Add a staff member; the password comes from standard input."""
    start.load_with_database()
    from django.db import transaction

    from tenantline.facilities import actions as facilities
    from tenantline.kernel import clock
    from tenantline.staff import actions

    where = _facilities(codes)
    password = read_secret("password", confirm=True)
    now = clock.now()
    with transaction.atomic():
        member = actions.add_staff(
            username=username, password=password, role=role, name=name, by=start.BY, now=now
        )
        facilities.grant(member=member, facilities=where, by=start.BY, now=now)
    click.echo(f"{member.username} can sign in as {role} for {_named(where)}.")


@click.group(no_args_is_help=False)
def token() -> None:
    """API tokens."""


@token.command("create")
@click.argument("name")
@click.option("--role", type=_ROLE, required=True)
@click.option("--facility", "codes", multiple=True, help=_WHERE)
def create(name: str, role: str, codes: Sequence[str]) -> None:
    """Make an API token and print it, alone and only this once."""
    start.load_with_database()
    from django.db import transaction

    from tenantline.facilities import actions as facilities
    from tenantline.kernel import clock
    from tenantline.staff import actions

    where = _facilities(codes)
    now = clock.now()
    with transaction.atomic():
        made, secret = actions.create_token(name=name, role=role, by=start.BY, now=now)
        facilities.grant(member=made, facilities=where, by=start.BY, now=now)
    click.echo(secret)


def _facilities(codes: Sequence[str]) -> list[Facility]:
    from tenantline.facilities import queries
    from tenantline.facilities.scope import EVERYWHERE

    found = [queries.facility(scope=EVERYWHERE, code=code) for code in codes]
    return list({facility.pk: facility for facility in found}.values())


def _named(facilities: Sequence[Facility]) -> str:
    return ", ".join(facility.name for facility in facilities) or "all facilities"
