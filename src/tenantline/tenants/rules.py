"""What a tenant's data must look like, and when a tenancy is over. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tenantline.kernel.errors import BadInput

_MAILBOX = r"[^@\s\x00-\x1f\x7f<>\",;:\\()\[\]]+"
_EMAIL = re.compile(rf"{_MAILBOX}@{_MAILBOX}\.[^@\s\x00-\x1f\x7f<>\",;:\\()\[\].]{{2,}}")
AUTOPAY_METHODS = ("NET", "card", "bank")


@dataclass(frozen=True, slots=True)
class Tenancy:
    """Whether a tenant rents. ``ended_at`` is when the last rental ended, None while one runs.

    A tenant without any recorded rental counts as renting: the office may not keep units here.
    """

    renting: bool
    ended_at: datetime | None


def tenancy(ends: Iterable[datetime | None], now: datetime) -> Tenancy:
    """R15: judge a tenancy by the ends of its rentals (None: open-ended)."""
    known = list(ends)
    if not known or any(end is None or end > now for end in known):
        return Tenancy(renting=True, ended_at=None)
    return Tenancy(renting=False, ended_at=max(end for end in known if end is not None))


def checked_name(name: str) -> str:
    """Return a tenant's name with single blanks, or raise ``BadInput``."""
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise BadInput("A tenant needs a name.", field="name")
    if len(name) > 200:
        raise BadInput("The name is longer than 200 characters.", field="name")
    return name


def checked_email(email: str) -> str:
    """Return an e-mail address (or an empty string for none), or raise ``BadInput``."""
    email = email.strip()
    if email and (len(email) > 254 or not _EMAIL.fullmatch(email)):
        raise BadInput(f"{email[:80]} is not an e-mail address.", field="email")
    return email


def checked_choice(value: str, allowed: Iterable[str], *, field: str) -> str:
    """Return ``value`` if it is one of ``allowed``, or raise ``BadInput``."""
    allowed = tuple(allowed)
    if value not in allowed:
        raise BadInput(f"{field} must be one of {', '.join(allowed)}.", field=field)
    return value


def answered_words(answer: str, by: str) -> str:
    """R15: return the sentence for who answers a question on a number that is not open any more."""
    if answer == "moot":
        return "The number has changed since; nothing has to be answered any more."
    said = {"shared": "one phone is shared", "passed_on": "the number was passed on"}[answer]
    return f"{by} has answered already: {said}. Nothing was changed."
