"""Reading a line's inbound list at the carrier: what no webhook brought is stored and heard (R8).

The same path as a webhook's: one row by MessageSid, then consent hears it. STOPs found this way
are worked on first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from tenantline.carrier import listing
from tenantline.carrier.client import Client
from tenantline.carrier.errors import CarrierProblem
from tenantline.carrier.listing import ListedMessage
from tenantline.carrier.types import Account
from tenantline.consent import revocation
from tenantline.conversations import inbound
from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Line
from tenantline.intake import actions as intake
from tenantline.intake import hearing
from tenantline.intake import queries as calls
from tenantline.intake.actions import Inbound
from tenantline.intake.hearing import Knowledge
from tenantline.kernel import clock
from tenantline.kernel.threads import in_database

_log = structlog.get_logger(__name__)
# Twilio's list is by day and a text may be listed late, so every reading looks back this far.
OVERLAP: Final = timedelta(days=1)
_AT_A_TIME: Final = 200
LISTS_AT_ONCE: Final = 8
_REST_OF_THE_SECOND: Final = timedelta(microseconds=999_999)


@dataclass(frozen=True, slots=True)
class LineRead:
    """How the reading of a line's list ended: how many texts only it has found, or the problem."""

    found: int = 0
    problem: str = ""


async def read_lines(client: Client, lines: Iterable[Line]) -> None:
    """Read the inbound lists of lines, a few at a time: one that does not answer delays no other.

    What a reading did not foresee is raised when the others have ended.
    """
    waiting = iter(lines)

    async def read_what_waits() -> None:
        for line in waiting:
            await read_line(client, line)

    readers = (read_what_waits() for _ in range(LISTS_AT_ONCE))
    for outcome in await asyncio.gather(*readers, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def read_line(client: Client, line: Line) -> int | None:
    """Read a line's inbound list to its end; return how many texts only this has found.

    None: it could not be read, and the line's inbound stays unknown.
    """
    done = await reading_of(client, line)
    return None if done.problem else done.found


async def reading_of(client: Client, line: Line) -> LineRead:
    """Read a line's inbound list to its end, and say how that went. Any number may read at once."""
    began_at = clock.now()
    since = await in_database(_since, line)
    account = account_of(line)
    wanted = listing.messages(client, account, recipient=line.number, since=since.date())
    try:
        listed = [item async for item in _inbound(wanted)]
    except CarrierProblem as problem:
        _log.warning("inbound list could not be read", line=line.pk, problem=problem.sentence)
        await in_database(
            hearing.note_problem, line_id=line.pk, problem=problem.sentence, now=clock.now()
        )
        return LineRead(problem=problem.sentence)
    return LineRead(await in_database(_keep, line, listed, began_at))


def account_of(line: Line) -> Account:
    """Return the carrier account of a line."""
    return Account(
        sid=line.account_sid,
        auth_token=facilities.auth_token(line),
        carrier="sandbox" if line.carrier == "sandbox" else "twilio",
    )


async def _inbound(items: AsyncIterator[ListedMessage]) -> AsyncIterator[ListedMessage]:
    async for item in items:
        if item.direction == "inbound":
            yield item


def _since(line: Line) -> datetime:
    reading = hearing.reading_of(line.pk)
    return (reading.began_at if reading else line.connected_at) - OVERLAP


def _keep(line: Line, listed: list[ListedMessage], began_at: datetime) -> int:
    known = calls.known_sids([item.sid for item in listed]) if listed else ()
    missed = [item for item in listed if item.sid not in known and _is_ours(item, line)]
    ids = _stored(missed, line) if missed else []
    # STOPs first, otherwise in the order they came: Twilio lists newest first, the sort is stable.
    ids.reverse()
    for call_id, _ in sorted(ids, key=lambda pair: not _is_stop(pair[1])):
        inbound.work_safely(call_id=call_id, now=clock.now())
    hearing.note_reading(line_id=line.pk, began_at=began_at, now=clock.now())
    return len(ids)


def _stored(missed: list[ListedMessage], line: Line) -> list[tuple[int, str]]:
    """Store what no webhook brought; return the new calls' ids and bodies."""
    ids: list[tuple[int, str]] = []
    heard = hearing.knowledge(clock.now())
    for start in range(0, len(missed), _AT_A_TIME):
        group = missed[start : start + _AT_A_TIME]
        calls_ = [_call(item, line, heard) for item in group]
        stored = intake.store(calls_, now=clock.now())
        ids += [(i, item.body) for i, item in zip(stored, group, strict=True) if i is not None]
    return ids


def _is_ours(item: ListedMessage, line: Line) -> bool:
    """Tell whether a text came after the line was connected; what is older is not ours."""
    came = item.sent_at or item.created_at
    return came is None or came >= line.connected_at - timedelta(minutes=1)


def _is_stop(body: str) -> bool:
    return revocation.decide(body).heard == "revoke"


def _call(item: ListedMessage, line: Line, heard: Knowledge) -> Inbound:
    came = item.sent_at or item.created_at
    return Inbound(
        message_sid=item.sid,
        account_sid=line.account_sid,
        line_id=line.pk,
        sender=item.sender,
        recipient=item.recipient,
        body=item.body,
        params={"MessageSid": item.sid, "NumMedia": str(item.media)},
        source=intake.READING,
        received_at=_came_at(item),
        missed=came is not None and heard.was_listening(came),
    )


def _came_at(item: ListedMessage) -> datetime | None:
    """Return when a text came. Twilio tells the second; within it a STOP counts as the last."""
    came = item.sent_at or item.created_at
    if came is None or not _is_stop(item.body):
        return came
    return min(came + _REST_OF_THE_SECOND, clock.now())
