"""Fields in letters: a small closed set, a strict reader, and the values they stand for. Pure.

A field is written ``{{account.balance}}``. There is nothing else: no conditions, no sums, no code.
What a field stands for is put in as it is; braces in somebody's name are not read again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from tenantline.kernel import days
from tenantline.kernel.errors import BadInput
from tenantline.kernel.money import format_cents

_FIELD: Final = re.compile(r"(?<!\{)\{\{ *([a-z_]+\.[a-z_]+) *\}\}(?!\})")
_BRACES: Final = re.compile(r"\{\{|\}\}")
_NEARBY: Final = 20  # characters shown around what cannot be read


@dataclass(frozen=True, slots=True)
class Field:
    """A field. ``meaning`` is what the editor says of it; ``money`` is R6's (never at night)."""

    name: str
    meaning: str
    money: bool = False

    @property
    def about_account(self) -> bool:
        """R5: tell whether it is a field of the tenant's own account."""
        return self.name.startswith("account.")


FIELDS: Final[Mapping[str, Field]] = {
    field.name: field
    for field in (
        Field("tenant.name", "The tenant's name"),
        Field("tenant.unit", "The units the tenant rents"),
        Field("tenant.email", "The tenant's e-mail address"),
        Field("tenant.address", "The tenant's postal address"),
        Field("account.balance", "What the tenant owes", money=True),
        Field("account.overdue", "What was due before today and is not paid", money=True),
        Field("account.due_date", "Since when, or until when, the oldest open charge is due"),
        Field("account.days_late", "How many days the oldest open charge is late"),
        Field("account.paid_through", "Until when the rent is paid"),
        Field("account.autopay", "How AutoPay pays: by card or by bank draft"),
        Field("facility.name", "The facility's name"),
        Field("facility.phone", "The office's telephone number"),
        Field("facility.email", "The office's e-mail address"),
        Field("facility.address", "The facility's address"),
        Field("letter.date", "The day the letter is issued"),
    )
}


@dataclass(frozen=True, slots=True)
class Template:
    """A text with fields, read. ``parts`` alternate: words, a field's name, words, …, words."""

    parts: tuple[str, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return its fields, each once, in the order of their first place."""
        return tuple(FIELDS[name] for name in dict.fromkeys(self.parts[1::2]))

    @property
    def has_account_field(self) -> bool:
        """R5: tell whether it holds a field of the tenant's account."""
        return any(field.about_account for field in self.fields)

    @property
    def has_money(self) -> bool:
        """R6: tell whether it holds a money field."""
        return any(field.money for field in self.fields)

    def missing(self, values: Mapping[str, str]) -> tuple[Field, ...]:
        """Return the fields that stand for nothing here."""
        return tuple(field for field in self.fields if not values.get(field.name, "").strip())

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the text with its fields put in, or raise ``BadInput`` where one is empty."""
        missing = self.missing(values)
        if missing:
            names = ", ".join(field.name for field in missing)
            raise BadInput(f"There is nothing to put in for {names}.", code="empty_field")
        return "".join(values[part] if place % 2 else part for place, part in enumerate(self.parts))


def read(text: str, *, field: str = "body") -> Template:
    """Read a text with fields.

    Raises:
        BadInput: a field that does not exist, or double braces that are no field.
    """
    parts = _FIELD.split(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))
    for words in parts[::2]:
        if odd := _BRACES.search(words):
            near = words[max(odd.start() - _NEARBY, 0) : odd.end() + _NEARBY].strip()
            raise BadInput(f"Double braces hold a field and nothing else: {near!r}.", field=field)
    for name in parts[1::2]:
        if name not in FIELDS:
            raise BadInput(f"There is no field {name[:60]}.", field=field, code="unknown_field")
    return Template(tuple(parts))


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountView:
    """What letters say of a tenant's account on a day. Money is cents; None is not known."""

    balance_cents: int
    overdue_cents: int
    due_date: date | None
    paid_through: date | None
    autopay: str  # NET, card, bank


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """What letters say of a tenant and a facility, as it is written."""

    tenant_name: str
    tenant_units: tuple[str, ...]
    tenant_email: str
    tenant_address: str
    facility_name: str
    facility_phone: str
    facility_email: str
    facility_address: str


_AUTOPAY: Final = {
    "en": {"card": "card", "bank": "bank draft"},
    "es": {"card": "tarjeta", "bank": "débito bancario"},
}


def values(people: People, account: AccountView, *, today: date, language: str) -> dict[str, str]:
    """Return what each field stands for; empty where there is nothing to say."""
    late = (today - account.due_date).days if account.due_date else 0
    return {
        "tenant.name": people.tenant_name,
        "tenant.unit": ", ".join(people.tenant_units),
        "tenant.email": people.tenant_email,
        "tenant.address": people.tenant_address,
        "account.balance": format_cents(account.balance_cents),
        "account.overdue": format_cents(account.overdue_cents) if account.overdue_cents > 0 else "",
        "account.due_date": _day(account.due_date, language),
        "account.days_late": str(late) if late > 0 else "",
        "account.paid_through": _day(account.paid_through, language),
        "account.autopay": _AUTOPAY[language].get(account.autopay, ""),
        "facility.name": people.facility_name,
        "facility.phone": people.facility_phone,
        "facility.email": people.facility_email,
        "facility.address": people.facility_address,
        "letter.date": _day(today, language),
    }


def _day(day: date | None, language: str) -> str:
    return days.long_date(day, language=language) if day else ""
