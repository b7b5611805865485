"""Days as files write them. Pure. ISO and US forms; what could mean two days is refused.

``03/04/2026`` is 4 March in the US and 3 April elsewhere. One cell cannot say which; a column
can: where some day in it only makes sense with the month first, and none with the day first, the
whole column has the month first. Otherwise the cell is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from tenantline.imports.errors import Unreadable

_TIME: Final = (
    r"(?:[T ,]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?"
    r"\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_ISO: Final = re.compile(rf"(\d{{4}})([-/.]?)(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_SLASHED: Final = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_MONTH_FIRST: Final = re.compile(
    rf"(?:[A-Za-z]+,? )?([A-Za-z]{{3,9}})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}"
)
_DAY_FIRST: Final = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?[- ]([A-Za-z]{{3,9}})\.?,?[- ](\d{{4}}){_TIME}"
)
# fmt: off
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)
# fmt: on
_FIRST_YEAR: Final = 1950
_LAST_YEAR: Final = 2100
_YEARS_AHEAD: Final = 20  # a two-digit year further in the future is one of the past


@dataclass(slots=True)
class Order:
    """What a column's days with slashes show about the order of month and day."""

    month_first: int = 0
    day_first: int = 0

    def see(self, cell: str) -> None:
        """Take a cell as evidence."""
        found = _SLASHED.fullmatch(cell)
        if found is None:
            return
        first, second = int(found[1]), int(found[3])
        if first > 12:
            self.day_first += 1
        elif second > 12:
            self.month_first += 1

    @property
    def is_us(self) -> bool:
        """Tell whether the column as a whole only makes sense with the month first."""
        return self.month_first > 0 and self.day_first == 0


@lru_cache(maxsize=8192)
def day(cell: str, *, is_us: bool, this_year: int) -> date | None:
    """Return the day in a cleaned cell, None for what databases write where there is none.

    ``is_us`` is what the column shows (``Order.is_us``); ``this_year`` places two-digit years.
    """
    if cell in {"0000-00-00", "00/00/0000", "0"}:
        return None
    if found := _ISO.fullmatch(cell):
        if not found[2] and len(cell.split("T", maxsplit=1)[0].split(maxsplit=1)[0]) != 8:
            raise _no_day(cell)
        return _made(cell, int(found[1]), int(found[3]), int(found[4]))
    if found := _SLASHED.fullmatch(cell):
        return _us(cell, found, is_us=is_us, this_year=this_year)
    if found := _MONTH_FIRST.fullmatch(cell):
        return _made(cell, int(found[3]), _month(cell, found[1]), int(found[2]))
    if found := _DAY_FIRST.fullmatch(cell):
        return _made(cell, int(found[3]), _month(cell, found[2]), int(found[1]))
    raise _no_day(cell)


def _us(cell: str, found: re.Match[str], *, is_us: bool, this_year: int) -> date:
    month, number, year = int(found[1]), int(found[3]), found[4]
    if month > 12:
        raise Unreadable(f"“{cell[:30]}” has the day first; write it as YYYY-MM-DD.")
    clear = number > 12 or (month == number and len(year) == 4)
    if not clear and not is_us:
        raise Unreadable(
            f"“{cell[:30]}” could be two days, and nothing in the column says which comes first, "
            "month or day; write it as YYYY-MM-DD."
        )
    return _made(cell, _full_year(year, this_year), month, number)


def _full_year(year: str, this_year: int) -> int:
    if len(year) == 4:
        return int(year)
    near = this_year - this_year % 100 + int(year)
    return near - 100 if near > this_year + _YEARS_AHEAD else near


def _month(cell: str, name: str) -> int:
    wanted = name.lower()
    for number, month in enumerate(_MONTHS, 1):
        if month.startswith(wanted) or (wanted == "sept" and number == 9):
            return number
    raise _no_day(cell)


def _made(cell: str, year: int, month: int, number: int) -> date:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise Unreadable(f"“{cell[:30]}”: the year {year} cannot be right.")
    try:
        return date(year, month, number)
    except ValueError:
        raise Unreadable(f"“{cell[:30]}” is no day of the calendar.") from None


def _no_day(cell: str) -> Unreadable:
    return Unreadable(f"“{cell[:30]}” is not a date such as 2026-11-22 or 11/22/2026.")
