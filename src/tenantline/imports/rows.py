"""One record becomes what it says of a tenant, or the reason why it cannot be used. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from tenantline.imports import values
from tenantline.imports.columns import FIELDS, TENANTS
from tenantline.imports.dates import day
from tenantline.imports.errors import Unreadable
from tenantline.imports.headers import words_of
from tenantline.imports.reading import Record
from tenantline.imports.sheet import Sheet
from tenantline.kernel.errors import BadInput
from tenantline.kernel.phone import Number
from tenantline.tenants import rules

_TOTALS: Final = re.compile(
    r"(?:grand |sub ?-?)?totals?\b[\s:=]*[\d,.$()\s-]*|(?:count|records?|rows|tenants)\s*[:=]\s*\d+"
    r"|\d+ (?:records?|rows|tenants|units|customers)|page \d+(?: of \d+)?|end of report",
    re.IGNORECASE,
)
_VACANT: Final = re.compile(
    r"[(*\[\s-]*(?:vacant|available|unrented|empty unit)[)*\]\s-]*", re.IGNORECASE
)


@dataclass(frozen=True)
class Stay:
    """That the tenant rents or rented a unit (empty: unknown which), as the file says."""

    unit: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Accepted:
    """What rows say of one tenant; None and empty mean that they say nothing.

    ``home_phone`` is as it was written. ``legal_email`` is whether the rental agreement permits
    legal notices by e-mail. ``sms`` is whether texts are allowed: False takes consent away, True
    gives none. ``remarks`` are for the report.
    """

    line: int
    name: str
    external_id: str = ""
    email: str = ""
    mobile: Number | None = None
    home_phone: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    legal_email: bool | None = None
    language: str = ""
    balance_cents: int | None = None
    paid_through: date | None = None
    sms: bool | None = None
    notes: str = ""
    stays: tuple[Stay, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        """Return the units that are named."""
        return tuple(dict.fromkeys(stay.unit for stay in self.stays if stay.unit))


@dataclass(frozen=True)
class Refused:
    """A row that is not used, and why."""

    line: int
    reason: str
    said: str = ""


@dataclass(frozen=True)
class Skipped:
    """A row that is no tenant's: a line of totals, column names again, a vacant unit."""

    line: int
    reason: str


Row = Accepted | Refused | Skipped
Cells = dict[str, str]


@dataclass
class Reader:
    """Turns a sheet's records into rows. ``codes`` are the facility's code and name, lower case."""

    sheet: Sheet
    codes: frozenset[str]
    this_year: int
    _headers: frozenset[str] = field(init=False)
    _names: frozenset[str] = field(init=False)
    _chosen: tuple[tuple[str, int], ...] = field(init=False)
    _last_place: int = field(init=False)

    def __post_init__(self) -> None:
        columns = self.sheet.columns
        self._headers = frozenset(words_of(columns.headers[p]) for p in columns.chosen.values())
        self._names = frozenset(name.strip().lower() for name in columns.headers)
        self._chosen = tuple(columns.chosen.items())
        self._last_place = max(columns.chosen.values())

    def read(self, record: Record) -> Row:
        """Return what a record says, why it is refused, or why it is passed over."""
        try:
            cells = self._cells(record)
            passed_over = self._why_no_tenant(record, cells)
            if passed_over:
                return Skipped(record.line, passed_over)
            self._demand_whole(record)
            return self._accepted(record.line, cells)
        except Unreadable as error:
            return Refused(record.line, error.reason, _said(record))
        except BadInput as error:
            return Refused(record.line, error.sentence, _said(record))

    def _cells(self, record: Record) -> Cells:
        """Return what stands in the columns that are read, without cells that say nothing."""
        cells, count = record.cells, len(record.cells)
        return {
            name: found
            for name, place in self._chosen
            if place < count
            and cells[place]
            and not values.says_nothing(found := values.text(cells[place]))
        }

    def _why_no_tenant(self, record: Record, cells: Cells) -> str:
        reachable = "mobile" in cells or "email" in cells or "home_phone" in cells
        if is_totals(record, reachable=reachable):
            return "a line of totals"
        first = _first_of(record)
        if first.lower() in self._names and self._is_header(record):
            return "the names of the columns again"
        name = cells.get("name", "")
        if name and _VACANT.fullmatch(name):
            return "a unit without a tenant"
        return ""

    def _is_header(self, record: Record) -> bool:
        filled = [cell for cell in record.cells[:200] if cell.strip()]
        return len(filled) > 1 and {words_of(cell) for cell in filled} >= self._headers

    def _demand_whole(self, record: Record) -> None:
        if record.fault:
            raise Unreadable(record.fault)
        width, count = len(self.sheet.columns.headers), len(record.cells)
        if count <= self._last_place:
            cells = "1 cell" if count == 1 else f"{count} cells"
            raise Unreadable(f"The row has {cells} where the columns need {width}.")
        if count > width and any(cell.strip() for cell in record.cells[width:]):
            raise Unreadable(
                f"The row has {count} cells, but there are {width} columns; perhaps a comma stands "
                "in a cell without quotation marks."
            )

    def _accepted(self, line: int, cells: Cells) -> Accepted:
        self._demand_facility(cells)
        mobile, home, remarks = _phones(cells)
        days = {name: self._day(cells, name) for name in TENANTS.dates}
        return Accepted(
            line=line,
            name=rules.checked_name(_name(cells)),
            external_id=_short(cells, "external_id", 80),
            email=rules.checked_email(cells.get("email", "")),
            mobile=mobile,
            home_phone=home,
            street=_street(cells),
            city=_short(cells, "city", 80),
            state=_short(cells, "state", 40),
            postal_code=_told("postal_code", values.postal_code, cells) or "",
            legal_email=_told("legal_email", values.plain_yes_or_no, cells),
            language=_told("language", values.language, cells) or "",
            balance_cents=_told("balance", values.cents, cells),
            paid_through=days["paid_through"],
            sms=_sms(cells),
            notes=_short(cells, "notes", 10_000),
            stays=_stays(cells, days["move_in"], days["move_out"]),
            remarks=remarks,
        )

    def _day(self, cells: Cells, name: str) -> date | None:
        if name not in cells:
            return None
        try:
            is_us = name in self.sheet.us_dates
            return day(cells[name], is_us=is_us, this_year=self.this_year)
        except Unreadable as error:
            raise Unreadable(f"{FIELDS[name]}: {error.reason}") from None

    def _demand_facility(self, cells: Cells) -> None:
        said = cells.get("facility", "")
        if not said or not self.sheet.several_facilities:
            return
        if " ".join(said.lower().split()) not in self.codes:
            raise Unreadable(f"The row is of another facility, {said[:60]}.")


def is_totals(record: Record, *, reachable: bool) -> bool:
    """Tell whether a record is a line of totals; one that is ``reachable`` is somebody's."""
    first = _first_of(record)
    return not reachable and len(first) < 60 and _TOTALS.fullmatch(first) is not None


def _first_of(record: Record) -> str:
    return next((cell for cell in map(str.strip, record.cells) if cell), "")


def _told(name: str, read: Callable[[str], Any], cells: Cells) -> Any:
    """Read a cell; a reason begins with the field that it concerns."""
    if name not in cells:
        return None
    try:
        return read(cells[name])
    except Unreadable as error:
        raise Unreadable(f"{FIELDS[name]}: {error.reason}") from None


def _name(cells: Cells) -> str:
    first, last = cells.get("first_name", ""), cells.get("last_name", "")
    name = cells.get("name", "")
    if last and not first and name and last.lower() not in name.lower():
        first, name = name, ""  # the column "Nombre" beside "Apellido" holds the first name
    return name or " ".join(filter(None, (first, last))) or cells.get("company", "")


def _short(cells: Cells, name: str, limit: int) -> str:
    cell = cells.get(name, "")
    if len(cell) > limit:
        raise Unreadable(f"{FIELDS[name]}: longer than {limit:,} characters.")
    return cell


def _phones(cells: Cells) -> tuple[Number | None, str, tuple[str, ...]]:
    """Return the mobile number, the home phone and what to remark about them."""
    mobile = values.phone_number(cells["mobile"]) if "mobile" in cells else None
    home = _told("home_phone", _home_phone, cells)
    if mobile and "phone_type" in cells and values.phone_kind(cells["phone_type"]) == "home":
        mobile = _home_phone(mobile.written)
    number = mobile.number if mobile and mobile.kind == "mobile" else None
    homes = [found.written for found in (home, mobile) if found and found.kind == "home"]
    if len(set(homes)) > 1:
        raise Unreadable("The row gives two home phones; only one can be kept.")
    remark = "kept as home phone, never texted" if mobile and mobile.kind == "home" else ""
    return number, homes[0] if homes else "", (remark,) if remark else ()


def _home_phone(cell: str) -> values.Phone:
    return values.phone_number(cell, kind="home")


def _sms(cells: Cells) -> bool | None:
    if "sms_allowed" not in cells and "sms_refused" not in cells:
        return None
    allowed = _told("sms_allowed", values.yes_or_no, cells)
    refused = _told("sms_refused", lambda cell: values.yes_or_no(cell, question="must not"), cells)
    said = {answer for answer in (allowed, refused) if answer is not None}
    return None if not said else said == {True}  # one "no" is enough


def _street(cells: Cells) -> str:
    said = [_short(cells, name, 120) for name in ("street", "street_more")]
    street = ", ".join(part for part in said if part)
    if len(street) > 120:
        raise Unreadable("The street is longer than 120 characters.")
    return street


def _stays(cells: Cells, since: date | None, until: date | None) -> tuple[Stay, ...]:
    if since and until and until < since:
        raise Unreadable("The move-out is before the move-in.")
    units = _told("unit", values.unit_names, cells) or []
    if units:
        return tuple(Stay(unit, since, until) for unit in units)
    return (Stay("", since, until),) if since or until else ()


def _said(record: Record) -> str:
    """Return the beginning of a row, so that a person finds it again."""
    return " · ".join(cell.strip()[:30] for cell in record.cells[:4] if cell.strip())[:100]


def with_remark(row: Accepted, remark: str) -> Accepted:
    """Return the row with one more remark for the report."""
    return replace(row, remarks=(*row.remarks, remark))
