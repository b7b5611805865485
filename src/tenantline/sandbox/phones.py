"""The phones that the demo knows, and what each shows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tenantline.carrier import sandbox
from tenantline.carrier.sandbox import HandsetText
from tenantline.consent import queries as consent
from tenantline.facilities import queries as facilities
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import phone
from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility, Line

SHOWN: Final = 40
_STATUS_WORDS: Final = {
    "none": "no opt-in",
    "form_sent": "form sent",
    "waiting_for_start": "waiting for START",
    "opted_in": "opted in",
    "opted_out": "opted out",
    "number_changed": "number changed",
}


@dataclass(frozen=True, slots=True)
class Holder:
    """A tenant who holds a number, where, and how their consent stands."""

    name: str
    facility: str
    facility_id: int
    status: str
    status_words: str


@dataclass(slots=True)
class Phone:
    """A phone: its number, in national format too, and who holds it (nobody, one, several)."""

    number: Number
    holders: list[Holder] = field(default_factory=list)
    texted: bool = False

    @property
    def key(self) -> str:
        """Return the number's digits, for ids in the page."""
        return self.number.lstrip("+")

    @property
    def shown(self) -> str:
        """Return the number as people read it."""
        return phone.national(self.number)

    @property
    def name(self) -> str:
        """Return whose phone it is."""
        names = dict.fromkeys(holder.name for holder in self.holders)
        return " & ".join(names) or "Another phone"


@dataclass(frozen=True, slots=True)
class Screen:
    """What a phone shows: one thread with one line. ``mark`` changes whenever the picture does."""

    phone: Phone
    lines: Sequence[Line]
    line: Line | None
    texts: Sequence[HandsetText]
    mark: str

    @property
    def key(self) -> str:
        """Return the phone's key."""
        return self.phone.key

    @property
    def line_shown(self) -> str:
        """Return the line's number as people read it."""
        return phone.national(Number(self.line.number)) if self.line else ""


def read_number(written: str) -> Number:
    """Return the number in an address or a field, or raise ``BadInput``.

    A plus sign that somebody typed into an address arrives as a blank.
    """
    return phone.parse("+" + written[1:] if written.startswith(" ") else written)


def known(*, search: str, now: datetime) -> list[Phone]:
    """Return the phones that match, those that have texted first, then by name."""
    phones: dict[str, Phone] = {}
    rows = consent.with_status(tenants.listing(scope=EVERYWHERE, search=search), now)
    for tenant in rows[: SHOWN * 2]:
        status = getattr(tenant, "consent_status", "none")
        for period in getattr(tenant, "current_periods", []):
            found = phones.setdefault(period.number, Phone(Number(period.number)))
            found.holders.append(_holder(tenant.name, tenant.facility, status))
    for number in sandbox.handsets():
        if number not in phones and not search:
            phones[number] = one(number, now=now)
        if number in phones:
            phones[number].texted = True
    ordered = sorted(phones.values(), key=lambda p: (not p.texted, not p.holders, p.name.lower()))
    return ordered[:SHOWN]


def mark_of(phones: Sequence[Phone]) -> str:
    """Return what changes whenever the list of phones looks different."""
    rows = [(p.number, p.name, [h.status for h in p.holders]) for p in phones]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def one(number: Number, *, now: datetime) -> Phone:
    """Return one phone with whoever holds its number now."""
    held = tenants.holders(number)
    holders = [
        _holder(
            period.tenant.name,
            period.tenant.facility,
            consent.of(tenant=period.tenant, scope=EVERYWHERE, now=now).status,
        )
        for period in held
    ]
    return Phone(number, holders)


def screen(number: Number, *, line_number: str, now: datetime) -> Screen:
    """Return what a phone shows of its thread with a line; else with its facility's own line."""
    shown, lines = one(number, now=now), _lines()
    line = _chosen(lines, line_number, shown)
    texts = sandbox.handset_thread(number, Number(line.number)) if line else []
    everything = sandbox.handset_thread(number)
    statuses = "-".join(holder.status for holder in shown.holders)
    return Screen(shown, lines, line, texts, f"{len(everything)}-{statuses}")


def _lines() -> list[Line]:
    return [line for line in facilities.lines(EVERYWHERE) if line.carrier == "sandbox"]


def _chosen(lines: Sequence[Line], line_number: str, shown: Phone) -> Line | None:
    homes = [holder.facility_id for holder in shown.holders]
    asked = [line for line in lines if line.number == line_number]
    own = [line for line in lines if line.facility_id in homes]
    return next(iter([*asked, *own, *lines]), None)


def _holder(name: str, facility: Facility, status: str) -> Holder:
    return Holder(
        name=name,
        facility=facility.name,
        facility_id=facility.pk,
        status=status,
        status_words=_STATUS_WORDS[status],
    )
