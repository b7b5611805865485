"""One record becomes an entry as the file tells it, or the reason why it cannot be used. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from tenantline.billing import rules
from tenantline.billing.rules import Kind
from tenantline.imports import values
from tenantline.imports.accounts.columns import FIELDS
from tenantline.imports.dates import day
from tenantline.imports.errors import Unreadable
from tenantline.imports.headers import words_of
from tenantline.imports.reading import Record
from tenantline.imports.rows import Refused, Skipped, is_totals
from tenantline.imports.sheet import Sheet
from tenantline.kernel.errors import BadInput

_SPLIT: Final[tuple[Kind, ...]] = ("charge", "payment", "credit")
_KIND_WORDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(["charge", "chg", "c", "debit", "invoice", "bill", "fee", "rent"], "charge"),
    **dict.fromkeys(["late fee", "admin fee", "insurance", "tax", "cargo", "renta"], "charge"),
    **dict.fromkeys(["payment", "pmt", "pay", "p", "paid", "receipt", "pago"], "payment"),
    **dict.fromkeys(["cash", "check", "cheque", "card", "credit card", "ach"], "payment"),
    **dict.fromkeys(["payment received", "autopay", "money order"], "payment"),
    **dict.fromkeys(["credit", "cr", "discount", "waiver", "waived", "concession"], "credit"),
    **dict.fromkeys(["write off", "writeoff", "abono", "descuento"], "credit"),
    **dict.fromkeys(["reversal", "reverse", "reversed", "void", "voided", "reverso"], "reversal"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as the file tells it; empty means that it says nothing.

    ``identity`` is what it is known by when the file comes again: its own id, else a digest of
    what it says and the how-manieth such row it is. ``amount_cents`` None: that of ``reverses``.
    """

    line: int
    identity: str
    tenant_id: str
    name: str
    unit: str
    kind: Kind
    amount_cents: int | None
    day: date
    due_on: date | None
    memo: str
    reverses: str


Row = Told | Refused | Skipped
Cells = dict[str, str]


@dataclass
class Reader:
    """Turns a sheet's records into rows. ``codes`` are the facility's code and name, lower case.

    ``below`` says of the kinds that the sheet writes with both signs whether most are below zero.
    """

    sheet: Sheet
    codes: frozenset[str]
    today: date
    below: Mapping[Kind, bool] = field(default_factory=dict)
    _seen: Counter[bytes] = field(default_factory=Counter)

    def read(self, record: Record) -> Row:
        """Return what a record says, why it is refused, or why it is passed over."""
        try:
            cells = cells_of(record, self.sheet)
            if is_totals(record, reachable="tenant_id" in cells and "date" in cells):
                return Skipped(record.line, "a line of totals")
            if record.fault:
                return Refused(record.line, record.fault)
            self._demand_whole(record)
            return self._told(record.line, cells)
        except Unreadable as error:
            return Refused(record.line, error.reason)
        except BadInput as error:
            return Refused(record.line, error.sentence)

    def _demand_whole(self, record: Record) -> None:
        width, count = len(self.sheet.columns.headers), len(record.cells)
        if count > width and any(cell.strip() for cell in record.cells[width:]):
            raise Unreadable(
                f"The row has {count} cells, but there are {width} columns; perhaps a comma stands "
                "in a cell without quotation marks."
            )

    def _told(self, line: int, cells: Cells) -> Told:
        self._demand_facility(cells)
        kind, amount = kind_and_amount(cells)
        if amount is not None:
            self._demand_usual_sign(kind, amount)
        day_, due_on = self._day(cells, "date"), self._day(cells, "due_date")
        if day_ is None:
            raise Unreadable("The row has no date.")
        if kind != "charge":
            due_on = None
        reverses = cells.get("reverses", "") if kind == "reversal" else ""
        if kind == "reversal" and not reverses:
            raise Unreadable("A reversal names the id of the entry that it reverses.")
        said = Told(
            line=line,
            identity="",
            tenant_id=cells.get("tenant_id", ""),
            name=cells.get("name", ""),
            unit=cells.get("unit", ""),
            kind=kind,
            # What takes from the balance is written as a negative amount by many programs.
            amount_cents=None if amount is None else abs(amount),
            day=rules.checked_day(day_, today=self.today),
            due_on=due_on and rules.checked_day(due_on, today=self.today, field="due date"),
            memo=rules.checked_memo(cells.get("memo", "")),
            reverses=reverses,
        )
        if not (said.tenant_id or said.unit or said.name):
            raise Unreadable("The row does not say whose entry it is.")
        return _identified(said, cells.get("entry_id", ""), self._seen)

    def _demand_usual_sign(self, kind: Kind, cents: int) -> None:
        """Refuse what may undo a payment or credit: a row that has not the sign of most others."""
        if kind in self.below and (cents < 0) != self.below[kind]:
            usual = "below" if self.below[kind] else "above"
            raise Unreadable(
                f"Most amounts of this kind are {usual} zero here, and this one is not, so it may "
                "undo one; call it a reversal that names what it reverses, or write it alike."
            )

    def _day(self, cells: Cells, name: str) -> date | None:
        if name not in cells:
            return None
        try:
            is_us = name in self.sheet.us_dates
            return day(cells[name], is_us=is_us, this_year=self.today.year)
        except Unreadable as error:
            raise Unreadable(f"{FIELDS[name]}: {error.reason}") from None

    def _demand_facility(self, cells: Cells) -> None:
        said = cells.get("facility", "")
        other = " ".join(said.lower().split()) not in self.codes
        if said and other and self.sheet.several_facilities:
            raise Unreadable(f"The row is of another facility, {said[:60]}.")


def cells_of(record: Record, sheet: Sheet) -> Cells:
    """Return what a record says, by field; what is empty is left out."""
    cells, count = record.cells, len(record.cells)
    return {
        name: found
        for name, place in sheet.columns.chosen.items()
        if place < count and not values.says_nothing(found := values.text(cells[place]))
    }


def kind_and_amount(cells: Cells) -> tuple[Kind, int | None]:
    """Return the kind of an entry, and its amount with the sign that it is written with.

    Raises:
        Unreadable: one of them cannot be told.
    """
    if "kind" not in cells:
        return _split(cells)
    kind = _KIND_WORDS.get(words_of(cells["kind"]))
    if kind is None:
        raise Unreadable(f"“{cells['kind'][:40]}” is none of charge, payment, credit and reversal.")
    stands_in = next((name for name in ("amount", "amount_cents", kind) if name in cells), "")
    if not stands_in and kind != "reversal":
        raise Unreadable("The row has no amount.")
    return kind, _amount(kind, stands_in, cells) if stands_in else None


def _split(cells: Cells) -> tuple[Kind, int]:
    """Return which of the columns charge, payment and credit holds an amount, and the amount."""
    said = [(kind, _amount(kind, kind, cells)) for kind in _SPLIT if kind in cells]
    filled = [(kind, cents) for kind, cents in said if cents]
    if len(filled) != 1:
        many = "more than one of" if filled else "none of"
        raise Unreadable(f"The row has an amount in {many} charge, payment and credit.")
    return filled[0]


def _amount(kind: Kind, name: str, cells: Cells) -> int:
    try:
        read = values.whole_cents if name == "amount_cents" else values.cents
        cents = read(cells[name])
    except Unreadable as error:
        raise Unreadable(f"{FIELDS[name]}: {error.reason}") from None
    if cents < 0 and kind == "charge":
        raise Unreadable("A charge below zero is a credit; call it that.")
    if not cents and "kind" in cells:
        raise Unreadable("The amount is zero.")
    return cents


def _identified(said: Told, own_id: str, seen: Counter[bytes]) -> Told:
    if len(own_id) > 80:
        raise Unreadable("The entry id is longer than 80 characters.")
    identity = own_id
    if not own_id:
        words = [said.tenant_id, said.name, said.unit, said.kind, str(said.amount_cents)]
        words += [said.day.isoformat(), str(said.due_on), said.memo, said.reverses]
        digest = hashlib.sha256("\x1f".join(words).encode()).digest()[:16]
        seen[digest] += 1
        identity = f"row:{digest.hex()}:{seen[digest]}"
    return replace(said, identity=identity)
