"""When an automation acts: which facts are due at a moment, each at most once. Pure.

Days are the facility's. A fact of a day (a charge that falls due) is acted on from the hour at
which the facility's texting window opens; a fact of a moment (a payment) at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tenantline.kernel.errors import BadInput

Verdict = Literal["due", "early", "before", "out_of_date"]
OUT_OF_DATE_AFTER: Final = timedelta(days=3)
LOOK_BACK: Final = timedelta(days=14)  # how far a scan goes; a worker is never away for so long
MOST_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class When:
    """Something that an automation waits for, in ``words`` with ``{days}`` to put in.

    ``days`` are those that it may be told; None: it takes none.
    """

    name: str
    words: str
    days: range | None = None


WHENS: Final[Mapping[str, When]] = {
    "rental_begins": When("A rental begins", "When a rental begins"),
    "charge_due": When(
        "A charge is due in N days", "{days} before a charge is due", range(MOST_DAYS + 1)
    ),
    "charge_late": When(
        "A charge is N days late", "When a charge is {days} late", range(1, MOST_DAYS + 1)
    ),
    "payment_received": When("A payment was received", "When a payment was received"),
    "payment_returned": When("A payment was returned", "When a payment was returned"),
    "autopay_draws": When(
        "AutoPay draws in N days", "{days} before AutoPay draws", range(MOST_DAYS + 1)
    ),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, or a day that came.

    ``key`` names it for an automation, ``cause`` what must still hold when a text leaves
    (``outbox.causes``). It counts from ``day``, or from the moment ``at``, to ``last``.
    """

    key: str
    cause: str
    tenant_id: int
    day: date
    last: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment, where it is, and from which hour days count there."""

    now: datetime
    zone: ZoneInfo
    opens: time

    def day_of(self, at: datetime) -> date:
        """Return the day that a moment falls on."""
        return at.astimezone(self.zone).date()

    @property
    def today(self) -> date:
        """Return the day it is."""
        return self.day_of(self.now)

    @property
    def worked_day(self) -> date:
        """Return the day whose facts are acted on: before the opening hour, still yesterday."""
        local = self.now.astimezone(self.zone)
        return local.date() if local.time() >= self.opens else local.date() - timedelta(days=1)


def checked(when: str, days: int) -> int:
    """Return the number of days of an automation (0 where it takes none), or raise ``BadInput``."""
    if when not in WHENS:
        raise BadInput("Choose what the automation waits for.", field="when")
    allowed = WHENS[when].days
    if allowed is None:
        return 0
    if days not in allowed:
        raise BadInput(
            f"A number of days from {allowed[0]} to {allowed[-1]}, please.", field="days"
        )
    return days


def words(when: str, days: int) -> str:
    """Say when an automation acts, e.g. ``3 days before a charge is due``."""
    if days == 0 and WHENS[when].days is not None:
        return {"charge_due": "On the day a charge is due"}.get(when, "On the day AutoPay draws")
    return WHENS[when].words.format(days=f"{days} day" if days == 1 else f"{days} days")


def on_day_before(
    key: str, cause: str, tenant_id: int, *, day: date, days: int, known_on: date
) -> Fact:
    """Return the fact that a day comes in so many days; news of it may come later than that.

    It is of use until the day itself.
    """
    return Fact(key, cause, tenant_id, max(day - timedelta(days=days), known_on), day)


def on_day_after(key: str, cause: str, tenant_id: int, *, day: date, days: int) -> Fact:
    """Return the fact that a day lies so many days back."""
    begins = day + timedelta(days=days)
    return Fact(key, cause, tenant_id, begins, begins + OUT_OF_DATE_AFTER)


def at_moment(key: str, cause: str, tenant_id: int, *, at: datetime, day: date) -> Fact:
    """Return the fact that something was recorded at a moment, and happened on a day.

    What was recorded long after it happened (a history taken in) is out of date from the start.
    """
    return Fact(key, cause, tenant_id, day, day + OUT_OF_DATE_AFTER, at)


def judge(fact: Fact, *, since: datetime, clock: Clock) -> Verdict:
    """R7: say whether a fact is to be acted on now; ``before``: it was there before ``since``."""
    earlier = fact.day < clock.day_of(since) if fact.at is None else fact.at < since
    if earlier:
        return "before"
    if clock.today > fact.last:
        return "out_of_date"
    early = clock.worked_day < fact.day if fact.at is None else clock.now < fact.at
    return "early" if early else "due"


def to_deal_with(
    facts: Iterable[Fact], *, known: Collection[str], since: datetime, clock: Clock
) -> Iterator[Fact]:
    """Yield the facts to act on, or to note as out of date, that are not ``known``; each once."""
    seen = set(known)
    for fact in facts:
        if fact.key not in seen and judge(fact, since=since, clock=clock) in ("due", "out_of_date"):
            seen.add(fact.key)
            yield fact
