"""What a statement says, as plain data that can be kept, hashed and read back. Pure.

One fixed template serves every operator's tenants: what differs is in here. Money is whole cents;
days are days of the facility's calendar.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from tenantline.kernel.errors import BadInput

_PERIOD: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_YEARS: Final = range(2000, 2101)
_SHAPE: Final = 1  # of the kept data, should it ever change


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: its day, what it adds to the balance, and its memo.

    ``undoes`` is the memo of what a reversal reverses, None where the entry is no reversal.
    """

    day: date
    kind: str
    memo: str
    effect_cents: int
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class AutoPay:
    """By what the tenant pays: NET (nothing is drawn), card or bank, and what is about to be drawn.

    ``day`` is the day of the month, ``draft_cents`` and ``draft_on`` a draft that is planned.
    """

    method: str = "NET"
    day: int | None = None
    draft_cents: int | None = None
    draft_on: date | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Who writes, or who is written to: name and the lines of the postal address."""

    name: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A statement as it was issued. Opening plus the lines' effects is closing, to the cent.

    ``number`` counts a tenant's statements for the same period: above 1 it is a correction.
    ``due_on``: since or until when the oldest open charge is due, None where nothing is owed.
    ``office`` and ``office_email`` are how the facility is reached (number in E.164, or empty).
    """

    period: str
    number: int
    language: str
    issued_on: date
    facility: Party
    office: str
    office_email: str
    tenant: Party
    units: tuple[str, ...]
    opening_cents: int
    lines: tuple[Line, ...]
    closing_cents: int
    due_on: date | None
    autopay: AutoPay

    @property
    def first(self) -> date:
        """Return the first day of the period."""
        return month(self.period)[0]

    @property
    def last(self) -> date:
        """Return the last day of the period."""
        return month(self.period)[1]

    @property
    def is_correction(self) -> bool:
        """Tell whether an earlier statement for this period was issued."""
        return self.number > 1


def month(period: str) -> tuple[date, date]:
    """Return the first and last day of a period ``YYYY-MM``.

    Raises:
        BadInput: it is no month of this century.
    """
    found = _PERIOD.fullmatch(period)
    if found is None or int(found[1]) not in _YEARS:
        raise BadInput("The period is a month, such as 2026-11.", field="period")
    year, number = int(found[1]), int(found[2])
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def checked_period(period: str, *, today: date) -> str:
    """Return a month that has begun, or raise ``BadInput``."""
    first, _ = month(period)
    if first > today:
        raise BadInput("This month has not begun yet.", field="period")
    return period


def to_json(content: Content) -> str:
    """Return a statement as canonical JSON: the same statement gives the same text, always."""
    plain = {"shape": _SHAPE, **asdict(content)}
    return json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_day_in_words
    )


def digest(kept: str) -> str:
    """Return the SHA-256 (hex) of a statement as it is kept."""
    return hashlib.sha256(kept.encode()).hexdigest()


def from_json(kept: str) -> Content:
    """Return the statement that ``to_json`` wrote."""
    plain: dict[str, Any] = json.loads(kept)
    plain.pop("shape")
    return Content(
        **{
            **plain,
            "issued_on": date.fromisoformat(plain["issued_on"]),
            "facility": _party(plain["facility"]),
            "tenant": _party(plain["tenant"]),
            "units": tuple(plain["units"]),
            "lines": tuple(_line(line) for line in plain["lines"]),
            "due_on": _day(plain["due_on"]),
            "autopay": AutoPay(
                **{**plain["autopay"], "draft_on": _day(plain["autopay"]["draft_on"])}
            ),
        }
    )


def _line(plain: dict[str, Any]) -> Line:
    return Line(**{**plain, "day": date.fromisoformat(plain["day"])})


def _party(plain: dict[str, Any]) -> Party:
    return Party(plain["name"], tuple(plain["address"]))


def _day(plain: str | None) -> date | None:
    return None if plain is None else date.fromisoformat(plain)


def _day_in_words(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a statement cannot hold a {type(value).__name__}")
