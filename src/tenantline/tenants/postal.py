"""Postal addresses: their lines on an envelope, and who has none. Pure, but for one condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from django.db.models import Q


class Addressed(Protocol):
    """Who has a postal address: a tenant, or a facility. Each part may be empty."""

    @property
    def street(self) -> str: ...

    @property
    def city(self) -> str: ...

    @property
    def state(self) -> str: ...

    @property
    def postal_code(self) -> str: ...


class Named(Addressed, Protocol):
    """Who has a name, too."""

    @property
    def name(self) -> str: ...


PARTS: Final = ("street", "city", "state", "postal_code")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a paper is addressed to, and where, as it was when it was printed."""

    name: str
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""

    @classmethod
    def of(cls, who: Named) -> Recipient:
        """Return whom a paper to a tenant is addressed to now."""
        return cls(who.name, *(getattr(who, part) for part in PARTS))


def lines(of: Addressed) -> tuple[str, ...]:
    """Return the lines of an address below the name, as far as it is known."""
    place = " ".join(part for part in (of.state, of.postal_code) if part)
    town = ", ".join(part for part in (of.city, place) if part)
    return tuple(line for line in (of.street, town) if line)


def is_whole(of: Addressed) -> bool:
    """Tell whether the post can deliver to it: street, city, and state or postal code."""
    return bool(of.street and of.city and (of.state or of.postal_code))


def lacking(prefix: str = "") -> Q:
    """Return the condition that ``is_whole`` is not met, for rows with these columns.

    ``prefix`` leads from the rows to the tenant, as in ``tenant__``.
    """
    nowhere = Q(**{f"{prefix}state": "", f"{prefix}postal_code": ""})
    return Q(**{f"{prefix}street": ""}) | Q(**{f"{prefix}city": ""}) | nowhere
