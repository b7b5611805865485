"""Money and days as people type them into the desk's forms."""

from __future__ import annotations

from datetime import date

from tenantline.imports import values
from tenantline.imports.errors import Unreadable
from tenantline.kernel.errors import BadInput


def cents(typed: str, *, field: str) -> int:
    """Read an amount of money, ``129``, ``$1,234.50``, in cents.

    Raises:
        BadInput: it is none.
    """
    try:
        return values.cents(values.text(typed))
    except Unreadable:
        raise BadInput("Write an amount such as 129.00.", field=field) from None


def day(typed: str, *, field: str) -> date | None:
    """Read a day as a date field sends it, ``2026-11-22``; None where nothing was typed.

    Raises:
        BadInput: it is none.
    """
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise BadInput("Write a day such as 2026-11-22.", field=field) from None
