"""Reads what Twilio's answers say, errors in both of its formats included."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenantline.carrier.client import Answer


def error_code(answer: Answer) -> int | None:
    """Return the error code of an answer, if it holds one (classic body or RFC 9457 problem)."""
    return integer(answer.data or {}, "code")


def integer(data: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number, which Twilio writes as a number or as a string; None for neither."""
    value = data.get(name)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return None


def text(data: Mapping[str, Any], name: str) -> str:
    """Return a string; empty for null or anything else."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def instant(data: Mapping[str, Any], name: str) -> datetime | None:
    """Return an RFC 2822 date as an aware UTC instant; None for null or a wrong date."""
    try:
        moment = parsedate_to_datetime(text(data, name))
    except ValueError:
        return None
    # "-0000" means UTC of unknown origin and is parsed as naive.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
