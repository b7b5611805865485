"""Looking for unclear sends at the carrier, and for the state of texts whose callback never came.

R7: read the list for the pair of numbers, without a date filter (texts not yet sent have no date
and are missing from filtered lists), newest first until it is older than the attempt.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from tenantline.carrier import listing
from tenantline.carrier.client import Client
from tenantline.carrier.errors import CarrierProblem
from tenantline.conversations.reconcile import account_of
from tenantline.facilities.models import Line
from tenantline.kernel import clock
from tenantline.kernel.threads import in_database
from tenantline.outbox import rules, stale, unknown
from tenantline.outbox.models import Attempt, Text
from tenantline.outbox.unknown import OLDER_BY, Listed

_log = structlog.get_logger(__name__)


async def settle_unknown(client: Client) -> int:
    """Look for every unknown text whose turn it is; return how many were looked for.

    A line whose list cannot be read holds up no other: its texts have their turn again later.
    """
    attempts = await in_database(unknown.unsettled, now=clock.now())
    silent: set[int | None] = set()
    for attempt in attempts:
        text = attempt.text
        if text.line_id not in silent:
            try:
                await _look_for(client, attempt)
                continue
            except CarrierProblem as problem:
                _log.warning("unclear text not looked for", text=text.pk, why=problem.sentence)
                silent.add(text.line_id)
        await in_database(unknown.look_later, text_id=text.pk, now=clock.now())
    return len(attempts)


async def settle_line(client: Client, line: Line, *, limit: int) -> int:
    """Look for every unknown text of a line now; return how many were settled by that.

    Raises:
        CarrierProblem: the carrier's list cannot be read.
    """
    attempts = await in_database(unknown.unsettled, now=clock.now(), line_id=line.pk, limit=limit)
    before = await in_database(unknown.unknown_on, line.pk)
    for attempt in attempts:
        await _look_for(client, attempt)
    return max(before - await in_database(unknown.unknown_on, line.pk), 0)


async def _look_for(client: Client, attempt: Attempt) -> None:
    read_at = clock.now()
    listed = await _listed(client, attempt)
    verdict = await in_database(_verdict, attempt, listed, _began_at(client, attempt))
    await in_database(
        unknown.keep_verdict,
        attempt_id=attempt.pk,
        verdict=verdict,
        read_at=read_at,
        now=clock.now(),
    )


async def _listed(client: Client, attempt: Attempt) -> list[Listed]:
    text = attempt.text
    if text.line is None:
        return []
    found = []
    account = await in_database(account_of, text.line)
    sender, recipient = text.line.number, text.clearance.number
    async for item in listing.messages(client, account, sender=sender, recipient=recipient):
        until = _began_at(client, attempt) - OLDER_BY
        if item.created_at is not None and item.created_at < until:
            break
        if item.direction == "outbound":
            found.append(Listed(item.sid, item.body, item.status, item.created_at))
    return found


def _began_at(client: Client, attempt: Attempt) -> datetime:
    """Return when an attempt began, at the earliest, by the carrier's clock.

    Ours may have been ahead of it; then the text would seem to be older than its attempt.
    """
    return attempt.started_at - client.ahead


def _verdict(attempt: Attempt, listed: list[Listed], began_at: datetime) -> unknown.Verdict:
    adopted = unknown.adopted_sids([item.sid for item in listed], attempt=attempt)
    return unknown.judge(listed, body=attempt.text.body, started_at=began_at, adopted=adopted)


async def refresh_stale(client: Client) -> int:
    """Ask the carrier for texts that were sent a while ago and never heard of; return how many."""
    texts = await in_database(stale.stale, now=clock.now())
    for text in texts:
        try:
            await _refresh(client, text)
        except CarrierProblem as problem:
            _log.warning("state of a text not read", text=text.pk, why=problem.sentence)
            await in_database(stale.look_later, text_id=text.pk, now=clock.now())
    return len(texts)


async def refresh_line(client: Client, line: Line, *, limit: int) -> int:
    """Ask the carrier for the texts of a line whose end is not known; return how many moved.

    Raises:
        CarrierProblem: the carrier does not say.
    """
    texts = await in_database(stale.stale, now=clock.now(), line_id=line.pk, limit=limit)
    return sum([await _refresh(client, text) for text in texts])


async def _refresh(client: Client, text: Text) -> bool:
    """Take what the carrier says of a text; return whether it says something new."""
    if text.line is None or text.carrier_sid is None:
        return False
    account = await in_database(account_of, text.line)
    item = await listing.message(client, account, text.carrier_sid)
    await _refreshed(text.pk, item.status, item.error_code, clock.now())
    return rules.state_for(item.status) != text.state


async def _refreshed(text_id: int, status: str, code: int | None, now: datetime) -> None:
    await in_database(stale.refreshed, text_id=text_id, status=status, code=code, now=now)
