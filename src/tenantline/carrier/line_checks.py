"""What the doctor asks Twilio about a line: is it live, may it send, and who hears its texts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from tenantline.carrier import account as accounts
from tenantline.carrier.account import NumberInfo, ServiceInfo
from tenantline.carrier.client import Client
from tenantline.carrier.connecting import hook_address
from tenantline.carrier.errors import CarrierProblem
from tenantline.carrier.pointing import is_toll_free, overrides
from tenantline.carrier.types import Account
from tenantline.facilities import queries
from tenantline.facilities.models import Line
from tenantline.kernel.phone import Number

# The address that the help pages of older systems have people paste is ours too (hooks).
_ALIAS = "/service/smsReceive.php"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: ``detail`` says in a sentence what was found."""

    name: str
    ok: bool
    detail: str


def check_line(line: Line, *, client_base_url: str | None) -> list[Finding]:
    """Return what Twilio says of a line. Changes nothing, sends nothing."""
    if line.carrier == "sandbox":
        return [Finding("account", True, "The sandbox carries this line; no text leaves.")]
    account = Account(line.account_sid, queries.auth_token(line))

    async def look() -> list[Finding]:
        async with Client(client_base_url) as client:
            return await _look(client, account, line)

    try:
        return asyncio.run(look())
    except CarrierProblem as problem:
        return [Finding("account", False, problem.sentence)]


def clock_skew(line: Line, *, client_base_url: str | None, now: datetime) -> timedelta | None:
    """Return by how much our clock is ahead of Twilio's, None where Twilio does not say.

    Raises:
        CarrierProblem: Twilio cannot be reached.
    """
    account = Account(line.account_sid, queries.auth_token(line))

    async def look() -> datetime | None:
        async with Client(client_base_url) as client:
            return await accounts.carriers_clock(client, account)

    theirs = asyncio.run(look())
    return None if theirs is None else now - theirs


async def _look(client: Client, account: Account, line: Line) -> list[Finding]:
    info = await accounts.fetch_account(client, account)
    if info.status != "active":
        return [Finding("account", False, f"The Twilio account is {info.status or 'unknown'}.")]
    trial = info.type == "Trial"
    words = "It is a trial account; upgrade it." if trial else "The account is active."
    findings = [Finding("account", not trial, words)]
    number = await accounts.find_number(client, account, Number(line.number))
    if number is None or not number.sms:
        why = "cannot send texts" if number else "is not in the Twilio account any more"
        return [*findings, Finding("number", False, f"The number {why}.")]
    service = await accounts.service_of(client, account, number.sid)
    return [*findings, _inbound(number, service), _registration(line, service)]


def _inbound(number: NumberInfo, service: ServiceInfo | None) -> Finding:
    """Say who hears the number's texts: service, application or number, in Twilio's order."""
    if service is not None and overrides(service):
        if not service.inbound_request_url:
            words = "Its Messaging Service drops inbound texts: no STOP would be heard"
            return Finding("inbound", False, f"{words}; run line connect again.")
        return _heard("Its Messaging Service", service.inbound_request_url, service.inbound_method)
    if number.sms_application_sid:
        words = f"The TwiML application {number.sms_application_sid} hears its texts, not we"
        return Finding("inbound", False, f"{words}; run line connect again.")
    return _heard("The number", number.sms_url, number.sms_method)


def _heard(who: str, url: str, method: str) -> Finding:
    hook = hook_address()
    ours = {hook, hook.removesuffix("/twilio/sms") + _ALIAS}
    if url in ours and method == "POST":
        return Finding("inbound", True, f"{who} points to this installation.")
    words = f"{who} points to {url[:120] or 'nowhere'} ({method}), not to {hook}"
    return Finding("inbound", False, f"{words}; run line connect again.")


def _registration(line: Line, service: ServiceInfo | None) -> Finding:
    if is_toll_free(line.number):
        return Finding("registration", True, "Toll-free: verification is shown in the console.")
    if service is None:
        # An operator may be registered in ways that this account cannot show.
        words = "In no Messaging Service: US carriers block texts without a 10DLC campaign."
        return Finding("registration", True, words)
    if not service.us_app_to_person_registered:
        words = "Its Messaging Service has no approved 10DLC campaign yet (error 30034)."
        return Finding("registration", True, words)
    return Finding("registration", True, "Its Messaging Service has a 10DLC campaign.")
