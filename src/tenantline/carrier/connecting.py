"""Connecting a line: check the account, point the number (and its Messaging Service) at us.

Sends nothing to anybody. What is refused is refused before anything is changed at Twilio, and what
was found there is kept and put back by ``disconnect``. These functions are synchronous and call
Twilio; never call them inside a transaction.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tenantline.carrier import account as accounts
from tenantline.carrier import pointing
from tenantline.carrier.errors import CarrierProblem
from tenantline.carrier.pointing import Found, Plan
from tenantline.carrier.rules import checked_account_sid, checked_service_sid, checked_token
from tenantline.carrier.types import Account
from tenantline.facilities import actions as facilities
from tenantline.facilities import queries
from tenantline.facilities.actions import LineDetails
from tenantline.facilities.models import Facility, Line
from tenantline.kernel import phone
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict, Refused
from tenantline.kernel.phone import Number, national

if TYPE_CHECKING:
    from tenantline.carrier.client import Client

HOOK_PATH = "/twilio/sms"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an installer enters to connect a line.

    ``keep_webhook``: change nothing at Twilio. ``take_service``: point a Messaging Service at us
    even if it holds numbers of somebody else.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    number: str
    messaging_service_sid: str = ""
    keep_webhook: bool = False
    take_service: bool = False


@dataclass(frozen=True)
class Connected:
    """A connected line; ``report`` says in sentences what was found, done and is left to do."""

    line: Line
    report: list[str]


@dataclass(frozen=True)
class Disconnected:
    """A line that no longer sends. ``problem`` says why Twilio was not set back, if it was not."""

    line: Line
    report: list[str]
    problem: str = ""


def connect(
    *, facility: Facility, wanted: Wanted, by: Actor, now: datetime, client_base_url: str | None
) -> Connected:
    """Make a number of a Twilio account the facility's sending line.

    Raises:
        BadInput: a value has not the shape of what it should be.
        Conflict: the number is connected to another facility.
        Refused: no public address, a number without SMS, a Messaging Service used by others.
        CarrierProblem: Twilio does not accept the credentials, or cannot be reached.
    """
    account, number = _checked(wanted)
    _refuse_elsewhere(facility, number)
    if not (settings.PUBLIC_URL_IS_SET or wanted.keep_webhook):
        raise Refused(
            "no_public_url",
            "TENANTLINE_PUBLIC_URL is not set, so Twilio could not reach us; set it, "
            "or use --keep-webhook and point the number yourself.",
        )
    replaced = queries.sending_line(facility.pk)
    found = asyncio.run(_look(client_base_url, account, number, wanted.messaging_service_sid))
    plan = pointing.plan(
        found,
        hook=hook_address(),
        keep=wanted.keep_webhook,
        take_service=wanted.take_service,
        ours=_numbers_of_ours(account.sid) | {number},
    )
    asyncio.run(_with_client(client_base_url, pointing.Point(account, plan)))
    line = _keep(facility, account, plan, by, now, client_base_url)
    return Connected(line, pointing.report(found, plan, replaced=_other(replaced, line)))


def disconnect(
    *, line: Line, by: Actor, now: datetime, client_base_url: str | None
) -> Disconnected:
    """Stop sending by a line and put back what stood at Twilio before it was connected.

    The line keeps its credentials, to verify STOPs. Where Twilio cannot be set back, the line is
    disconnected all the same; calling this again tries that part again.
    """
    report: list[str] = []
    problem = ""
    if line.carrier == "twilio" and line.previous_addresses:
        account = Account(line.account_sid, queries.auth_token(line))
        back = pointing.PutBack(account, line.previous_addresses, hook_address())
        try:
            report = asyncio.run(_with_client(client_base_url, back))
        except CarrierProblem as error:
            problem = error.sentence
    facilities.disconnect_line(line=line, by=by, now=now, put_back=not problem)
    return Disconnected(line, report, problem)


def hook_address() -> str:
    """Return the address at which Twilio has to hand us inbound texts."""
    return f"{settings.PUBLIC_URL}{HOOK_PATH}"


def _checked(wanted: Wanted) -> tuple[Account, Number]:
    account = Account(
        checked_account_sid(wanted.account_sid), checked_token(wanted.auth_token), "twilio"
    )
    checked_service_sid(wanted.messaging_service_sid)
    number = phone.parse(wanted.number)
    if not phone.textable(number):
        raise BadInput(f"{number} is not a number that can send texts.", field="number")
    return account, number


def _refuse_elsewhere(facility: Facility, number: Number) -> None:
    known = queries.line_by_number(number)
    if known is not None and known.facility_id != facility.pk:
        raise Conflict(
            f"{national(number)} is already connected to another facility; a line belongs to "
            "exactly one."
        )


def _client(base_url: str | None) -> Client:
    # Loaded when it is needed: it brings megabytes that a web process does without until then.
    from tenantline.carrier.client import Client  # noqa: PLC0415

    return Client(base_url)


async def _look(base_url: str | None, account: Account, number: Number, service_sid: str) -> Found:
    """Read all that matters of the account, the number and its Messaging Service."""
    async with _client(base_url) as client:
        info = await accounts.fetch_account(client, account)
        if info.status != "active":
            raise CarrierProblem(
                f"The Twilio account is {info.status or 'not active'}; see to it in Twilio's "
                "console first.",
                code="carrier_suspended",
            )
        held = await accounts.find_number(client, account, number)
        if held is None or not held.sms:
            raise await _unusable(client, account, number, in_account=held is not None)
        service = await accounts.service_of(client, account, held.sid)
        if service_sid and (service is None or service.sid != service_sid):
            await accounts.fetch_service(client, account, service_sid)
            raise Refused(
                "not_in_service",
                f"{national(number)} is not in the sender pool of that Messaging Service; add it "
                "there in Twilio's console first.",
            )
        pool = await accounts.service_numbers(client, account, service.sid) if service else []
        return Found(info, held, service, tuple(one.number for one in pool))


async def _unusable(
    client: Client, account: Account, number: Number, *, in_account: bool
) -> Refused:
    able = [n.number for n in await accounts.list_numbers(client, account) if n.sms]
    shown = ", ".join(able[:5]) + (f" and {len(able) - 5} more" if len(able) > 5 else "")
    why = "cannot send texts" if in_account else "is not in this Twilio account"
    which = f"it has {shown}" if able else "it has no number that can"
    return Refused("number", f"{number} {why}; of those that can send texts {which}.")


async def _with_client(base_url: str | None, work: pointing.Work) -> list[str]:
    async with _client(base_url) as client:
        return await work(client)


def _keep(
    facility: Facility,
    account: Account,
    plan: Plan,
    by: Actor,
    now: datetime,
    base_url: str | None,
) -> Line:
    details = LineDetails(
        number=plan.number.number,
        carrier="twilio",
        account_sid=account.sid,
        auth_token=account.auth_token,
        messaging_service_sid=plan.service.sid if plan.service else "",
        number_sid=plan.number.sid,
        previous_addresses=plan.previous(),
    )
    try:
        return facilities.connect_line(facility=facility, details=details, by=by, now=now)
    except Exception:
        # Without a line here the texts must go where they went before.
        back: dict[str, Any] = plan.previous()
        asyncio.run(_with_client(base_url, pointing.PutBack(account, back, hook_address())))
        raise


def _numbers_of_ours(account_sid: str) -> frozenset[str]:
    lines = queries.lines_of_account(account_sid)
    return frozenset(line.number for line in lines if line.disconnected_at is None)


def _other(before: Line | None, line: Line) -> str:
    return before.number if before is not None and before.pk != line.pk else ""
