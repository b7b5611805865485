"""Reads Twilio's daily list of United States numbers that their owners gave up.

Twilio redirects to a file that lives for two minutes, one number a line; it is fetched as pictures
are (``carrier.media``), so our credentials go to Twilio alone. A list says the day and no more, and
a day ends last in Hawaii; until then it is not asked for. The sandbox publishes at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from tenantline.carrier import sandbox
from tenantline.carrier.media import Fetcher, NotFetched
from tenantline.carrier.models import DailyList
from tenantline.carrier.types import Account
from tenantline.kernel.threads import in_database

LARGEST: Final = 32 * 1024 * 1024
"""The largest list that is read, in bytes: ten times what a busy day has."""
LOOKS_BACK: Final = 7
"""Of how many days lists are asked for, where nobody could read them before."""
_ADDRESS: Final = "https://messaging.twilio.com/v1/Deactivations?Date="
_HAWAII_IS_BEHIND: Final = timedelta(hours=10)
_AGAIN_AFTER: Final = timedelta(hours=1)
_SEPARATORS: Final = bytes.maketrans(b"\t;", b",,")


@dataclass(frozen=True, slots=True)
class Given:
    """What a day's list says: how many numbers it names, and until when ours were given up."""

    named: int = 0
    ours: Mapping[str, datetime] = field(default_factory=dict)


def over_at(day: date) -> datetime:
    """Return when a day is over in all of the United States."""
    return datetime.combine(day + timedelta(days=1), time(), UTC) + _HAWAII_IS_BEHIND


def days(account: Account, now: datetime) -> list[date]:
    """Return the days whose lists may be asked for at ``now``, oldest first."""
    newest = now.astimezone(UTC).date()
    if account.carrier != "sandbox":
        newest = (now.astimezone(UTC) - _HAWAII_IS_BEHIND).date() - timedelta(days=1)
    return [newest - timedelta(days=back) for back in reversed(range(LOOKS_BACK))]


async def read(
    fetcher: Fetcher, accounts: Sequence[Account], day: date, *, among: Collection[str]
) -> Given:
    """Read a day's list with an account's credentials; say what it names ``among`` our numbers.

    Raises:
        NotFetched: it could not be had, or is no list of numbers.
    """
    if any(account.carrier == "sandbox" for account in accounts):
        found = await in_database(sandbox.given_up, day)
        return Given(len(found), {number: found[number] for number in found if number in among})
    data = await fetcher.fetch(f"{_ADDRESS}{day.isoformat()}", accounts)
    return await asyncio.to_thread(_given, data, over_at(day), frozenset(among))


def _given(data: bytes, until: datetime, among: frozenset[str]) -> Given:
    numbers = [number_in(line) for line in data.splitlines() if line.strip()]
    readable = [number for number in numbers if number]
    # A line at the head may name the column; a page of an error, or a packed file, has no numbers.
    if numbers and (not readable or len(readable) * 2 < len(numbers)):
        raise NotFetched("later", "What Twilio handed out is no list of numbers.")
    return Given(len(readable), dict.fromkeys(among.intersection(readable), until))


def number_in(line: bytes) -> str:
    """Return the United States number at the beginning of a line, empty where there is none."""
    first = line[:64].translate(_SEPARATORS).split(b",")[0]
    digits = first.strip().strip(b"\"'\xef\xbb\xbf").removeprefix(b"+")
    if not digits.isdigit():
        return ""
    if len(digits) == 10:
        return f"+1{digits.decode()}"
    return f"+{digits.decode()}" if len(digits) == 11 and digits.startswith(b"1") else ""


def done(account_sid: str) -> set[date]:
    """Return the days whose lists have been read with this account."""
    rows = DailyList.objects.filter(account_sid=account_sid).exclude(read_at=None)
    return set(rows.values_list("day", flat=True))


def claim(*, account_sid: str, day: date, now: datetime, at_once: bool = False) -> bool:
    """Take a day's list to read; False where it was read, or tried by anybody within an hour.

    ``at_once``: although it was tried.
    """
    rows = DailyList.objects.filter(account_sid=account_sid, day=day)
    due = rows.filter(read_at=None)
    due = due if at_once else due.filter(tried_at__lte=now - _AGAIN_AFTER)
    if due.update(tried_at=now):
        return True
    if rows.exists():
        return False
    try:
        with transaction.atomic():
            DailyList.objects.create(account_sid=account_sid, day=day, tried_at=now)
    except IntegrityError:  # another worker was faster
        return False
    return True


def note(
    *,
    account_sid: str,
    day: date,
    now: datetime,
    given: Given | None = None,
    parked: int = 0,
    problem: str = "",
) -> None:
    """Keep how reading a claimed list went: what it gave, or the problem."""
    rows = DailyList.objects.filter(account_sid=account_sid, day=day)
    if given is None:
        rows.update(problem=problem)
    else:
        rows.update(read_at=now, named=given.named, parked=parked, problem="")


def overdue(now: datetime) -> DailyList | None:
    """Return a list that has been asked for in vain for more than two days, None for none."""
    rows = DailyList.objects.filter(read_at=None).exclude(problem="")
    day = now.astimezone(UTC).date()
    asked = rows.filter(day__lt=day - timedelta(days=3), tried_at__gte=now - timedelta(days=1))
    return asked.order_by("day").first()
