"""Days and times as people read them, in English and Spanish, without the machine's locale."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

# fmt: off
_ENGLISH: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
_SPANISH: Final = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)
# fmt: on


def long_day(at: datetime, *, zone: str, language: str = "en") -> str:
    """Return the day of an instant in an IANA zone, as in ``December 22, 2026``."""
    return long_date(at.astimezone(ZoneInfo(zone)).date(), language=language)


def long_date(day: date, *, language: str = "en") -> str:
    """Return a day of the calendar, as in ``December 22, 2026``."""
    if language == "es":
        return f"{day.day} de {_SPANISH[day.month - 1]} de {day.year}"
    return f"{_ENGLISH[day.month - 1]} {day.day}, {day.year}"


def long_moment(at: datetime, *, zone: str, language: str = "en") -> str:
    """Return day and clock of an instant, as in ``December 22, 2026 at 3:30 PM``."""
    local = at.astimezone(ZoneInfo(zone))
    day = long_day(at, zone=zone, language=language)
    if language == "es":
        return f"{day} a las {local:%H:%M}"
    return f"{day} at {local.hour % 12 or 12}:{local:%M %p}"


def long_month(day: date, *, language: str = "en") -> str:
    """Return the month of a day, as in ``December 2026``."""
    if language == "es":
        return f"{_SPANISH[day.month - 1]} de {day.year}"
    return f"{_ENGLISH[day.month - 1]} {day.year}"
