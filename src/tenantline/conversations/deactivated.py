"""Numbers that their owners gave up: read from the carrier's daily lists, and parked.

Once a day for each account, and up to a week back where nobody could read. A list is asked for
only while somebody's consent is older than it, and parks nobody who has shown since that the
number is theirs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import structlog

from tenantline.carrier import deactivations
from tenantline.carrier.deactivations import Given
from tenantline.carrier.media import Fetcher, NotFetched
from tenantline.carrier.types import Account
from tenantline.consent import parking
from tenantline.consent.parking import Sign
from tenantline.facilities import queries as facilities
from tenantline.kernel import clock
from tenantline.kernel.threads import in_database

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """What reading the lists that were due did; ``problem`` is the first that came up."""

    lists: int = 0
    parked: int = 0
    problem: str = ""


async def read_due(fetcher: Fetcher, *, at_once: bool = False) -> Looked:
    """Read each list that is due, and park the numbers on it; one that fails stops no other.

    ``at_once``: also what was tried a moment ago.
    """
    lists = parked = 0
    problem = ""
    agreed = await in_database(parking.agreed_numbers)
    if not agreed:
        return Looked()
    for accounts in await in_database(_accounts):
        for day in await in_database(_days, accounts[0], min(agreed.values())):
            if not await in_database(_claim, accounts[0].sid, day, at_once):
                continue
            try:
                given = await deactivations.read(fetcher, accounts, day, among=agreed)
            except NotFetched as failed:
                await in_database(_failed, accounts[0].sid, day, failed.sentence)
                problem = problem or f"{day:%Y-%m-%d}: {failed.sentence}"
                if failed.why != "missing":
                    break  # what fails for one day fails for the next
            else:
                lists += 1
                parked += await in_database(_keep, accounts[0].sid, day, given)
    return Looked(lists, parked, problem)


def _accounts() -> list[list[Account]]:
    """Return each account whose lines are heard; one with two tokens while one is exchanged."""
    found: dict[str, dict[str, Account]] = {}
    for line in facilities.heard_lines():
        carrier = "sandbox" if line.carrier == "sandbox" else "twilio"
        for token in facilities.auth_tokens(line):
            account = Account(line.account_sid, token, carrier)  # type: ignore[arg-type]
            found.setdefault(line.account_sid, {}).setdefault(token, account)
    return [list(tokens.values()) for tokens in found.values()]


def _days(account: Account, oldest: datetime) -> list[date]:
    """Return the days to read, oldest first: those that ended after the oldest consent began."""
    read: Collection[date] = deactivations.done(account.sid)
    asked = deactivations.days(account, clock.now())
    return [day for day in asked if day not in read and deactivations.over_at(day) > oldest]


def _claim(account_sid: str, day: date, at_once: bool) -> bool:
    return deactivations.claim(account_sid=account_sid, day=day, now=clock.now(), at_once=at_once)


def _failed(account_sid: str, day: date, problem: str) -> None:
    _log.warning("a list of deactivated numbers was not read", day=str(day), problem=problem)
    deactivations.note(account_sid=account_sid, day=day, now=clock.now(), problem=problem)


def _keep(account_sid: str, day: date, given: Given) -> int:
    now, parked = clock.now(), 0
    why = (
        f"The phone companies list this number as given up on {day:%B} {day.day}, {day.year}. "
        "Somebody else may get it."
    )
    for number, until in sorted(given.ours.items()):
        sign = Sign(why=why, source=f"deactivated:{day:%Y-%m-%d}", until=until)
        parked += parking.park(number=number, sign=sign, at=min(until, now), now=now)
    deactivations.note(account_sid=account_sid, day=day, now=now, given=given, parked=parked)
    return parked
