"""Calling our own public address as Twilio would: does a signed call come back to this very place?

A firewall, a redirect, a proxy that changes the address or somebody else's server would each let
Twilio's texts get lost. Nothing is stored of a probe. Synchronous; never call it in a transaction.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import Final
from urllib.parse import urlencode

import aiohttp

from tenantline.carrier.line_checks import Finding
from tenantline.carrier.signature import signature
from tenantline.carrier.webhooks import PROOF_HEADER, probe_form, proof
from tenantline.facilities import queries
from tenantline.facilities.models import Line
from tenantline.kernel.crypto import new_token

_NAME: Final = "webhook"
_SECONDS: Final = 10.0


def probe(line: Line, *, address: str) -> Finding:
    """Post a call signed with the line's token to ``address``; say whether it came back."""
    nonce = new_token(16)
    form = probe_form(account_sid=line.account_sid, nonce=nonce)
    headers = {"X-Twilio-Signature": signature(address, form, queries.auth_token(line))}
    try:
        status, answered, moved = asyncio.run(_post(address, urlencode(form), headers))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        reason = str(error) or "no answer in time"
        return Finding(_NAME, False, f"A signed call to {address} did not arrive: {reason}.")
    if status == 200 and hmac.compare_digest(answered.encode(), proof(nonce).encode()):
        return Finding(_NAME, True, f"A signed call to {address} came back.")
    return Finding(_NAME, False, _trouble(address, status, moved))


async def _post(address: str, body: str, headers: dict[str, str]) -> tuple[int, str, str]:
    headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    limit = aiohttp.ClientTimeout(_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=limit) as session,
        session.post(address, data=body, headers=headers, allow_redirects=False) as answer,
    ):
        found = answer.headers
        return answer.status, found.get(PROOF_HEADER, ""), found.get("Location", "")


def _trouble(address: str, status: int, moved: str) -> str:
    if status == 200:
        return f"{address} answers, but it is not this installation that does."
    if moved:
        return f"{address} redirects to {moved[:100]}; Twilio would lose the text on the way."
    if status == 403:
        return (
            f"{address} does not accept our own signature: TENANTLINE_PUBLIC_URL differs from what "
            "the server was started with, or something on the way changes the address or the body."
        )
    return f"{address} answers a signed call with {status}, not 200."
