"""Fetching the pictures and other files of inbound texts, after the texts have been answered.

A file is claimed by a lease, fetched without a transaction, looked at, and kept or refused. The
credentials are those of the line it came to; of a stray, those of its account's lines.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import Final

import structlog

from tenantline.carrier import media as carrier
from tenantline.carrier.client import Client
from tenantline.carrier.errors import CarrierProblem
from tenantline.carrier.media import Fetcher, NotFetched
from tenantline.carrier.types import Account
from tenantline.conversations.models import Message
from tenantline.facilities import queries as facilities
from tenantline.feed import actions as feed
from tenantline.intake import files
from tenantline.intake.files import Named
from tenantline.intake.models import CallFile
from tenantline.kernel import clock
from tenantline.kernel.filetypes import sniff
from tenantline.kernel.threads import in_database

_log = structlog.get_logger(__name__)
_WITHIN: Final = files.LEASE - timedelta(seconds=20)
_NO_SUCH_KIND: Final = "It is no kind of file that Tenantline keeps"
_NOT_LISTED: Final = "Twilio lists no such file for this text."


async def fetch_due(client: Client, fetcher: Fetcher) -> int:
    """Fetch the files whose turn it is; return how many were looked at."""
    claimed = await in_database(files.claim, now=clock.now())
    await asyncio.gather(*(_fetch(client, fetcher, file) for file in claimed))
    return len(claimed)


async def _fetch(client: Client, fetcher: Fetcher, file: CallFile) -> None:
    accounts = await in_database(_accounts, file)
    if any(account.carrier == "sandbox" for account in accounts):
        await in_database(files.refuse, file=file, why="The sandbox carries words only.")
        await in_database(tell, file)
        return
    try:
        async with asyncio.timeout(_WITHIN.total_seconds()):
            url = file.url or await _address(client, file, accounts)
            data = await fetcher.fetch(url, accounts)
    except NotFetched as failed:
        await in_database(_note, file, failed)
    except Exception:  # a file that nobody foresaw must hold up neither the others nor the worker
        _log.error("a file could not be fetched", file=file.pk, exc_info=True)
        await in_database(_note, file, NotFetched("later", "It could not be fetched."))
    else:
        await in_database(_keep, file, data)
    await in_database(tell, file)


async def _address(client: Client, file: CallFile, accounts: list[Account]) -> str:
    """Ask the carrier where the file of a text is that no webhook brought."""
    if not accounts:
        raise NotFetched("later", "No line of its account is connected here any more.")
    try:
        listed = await carrier.listed(client, accounts[0], file.call.message_sid)
    except CarrierProblem as problem:
        missing = problem.code == "carrier_not_found"
        raise NotFetched("missing" if missing else "later", problem.sentence) from problem
    named = [Named(one.url, one.declared) for one in listed]
    await in_database(_name, file, named)
    if file.nth >= len(named):
        raise NotFetched("missing", _NOT_LISTED)
    return named[file.nth].url


def _name(file: CallFile, named: list[Named]) -> None:
    files.name(call=file.call, named=named)
    shown = [{"url": one.url, "type": one.declared} for one in named]
    Message.objects.filter(call=file.call).update(media=shown)


def _accounts(file: CallFile) -> list[Account]:
    line = file.call.line
    lines = [line] if line else facilities.lines_of_account(file.call.account_sid)
    tokens = dict.fromkeys(token for one in lines for token in facilities.auth_tokens(one))
    # Nothing of the sandbox's is ever fetched over the network.
    if any(one.carrier == "sandbox" for one in lines):
        return [Account(file.call.account_sid, token, "sandbox") for token in tokens]
    return [Account(file.call.account_sid, token) for token in tokens]


def _note(file: CallFile, failed: NotFetched) -> None:
    if failed.why in {"not_allowed", "too_large"}:
        files.refuse(file=file, why=failed.sentence)
        return
    _log.warning("a file was not fetched", file=file.pk, why=failed.sentence)
    missing = failed.why == "missing"
    files.try_later(file=file, why=failed.sentence, missing=missing, now=clock.now())


def _keep(file: CallFile, data: bytes) -> None:
    kind = sniff(data)
    if kind is None:
        called = f" (it was called {file.declared[:60]})" if file.declared else ""
        files.refuse(file=file, why=f"{_NO_SUCH_KIND}{called}.")
        return
    sha256 = hashlib.sha256(data).hexdigest()
    files.keep(file=file, sha256=sha256, data=data, kind=kind, now=clock.now())


def tell(file: CallFile) -> None:
    """Let open pages show the file."""
    message = Message.objects.select_related("conversation").filter(call=file.call_id).first()
    if message is not None:
        thread = message.conversation
        feed.tell(facility_id=thread.facility_id, topic="message", ref=thread.pk, now=clock.now())
