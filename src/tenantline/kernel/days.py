"""Days and times as people read them, in English and Spanish, without the machine's locale."""

from __future__ import annotations

from datetime import datetime
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
    local = at.astimezone(ZoneInfo(zone))
    if language == "es":
        return f"{local.day} de {_SPANISH[local.month - 1]} de {local.year}"
    return f"{_ENGLISH[local.month - 1]} {local.day}, {local.year}"


def long_moment(at: datetime, *, zone: str, language: str = "en") -> str:
    """Return day and clock of an instant, as in ``December 22, 2026 at 3:30 PM``."""
    local = at.astimezone(ZoneInfo(zone))
    day = long_day(at, zone=zone, language=language)
    if language == "es":
        return f"{day} a las {local:%H:%M}"
    return f"{day} at {local.hour % 12 or 12}:{local:%M %p}"
