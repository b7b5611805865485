"""A random world of spellings: people, and the many ways in which an export may write them down.

Every cell is drawn together with what a careful person would read in it: a value, or ``ASK``
where that person would have to ask somebody.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any, Final

from hypothesis import strategies as st

ASK: Final = object()
"""What a careful person could not tell: the row must be refused."""
NOTHING: Final = ["", " ", "N/A", "-", "none"]

HEADERS: Final[dict[str, list[str]]] = {
    "external_id": ["Tenant ID", "TENANTID", "customer #", "Acct No", "id"],
    "name": ["Name", "TENANT NAME", "customer", "full name", "Tenant"],
    "unit": ["Unit", "unit #", "SPACE", "UnitName"],
    "mobile": ["Mobile", "Cell Phone", "sMobile", "phone", "CELL-PHONE"],
    "home_phone": ["Home Phone", "landline", "Phone (Home)", "Work Phone"],
    "email": ["E-mail", "EMAIL ADDRESS", "sEmail"],
    "balance": ["Balance", "Amount Due", "dcBalance", "Current Balance"],
    "move_in": ["Move In", "dMovedIn", "MOVE-IN DATE"],
    "language": ["Language", "Preferred Language", "lang"],
    "sms": ["SMS OK?", "Text Opt-In", "OK to text"],
}


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, and what it says."""

    written: str
    says: Any


@dataclass(frozen=True)
class World:
    """A file and what its rows say, by field; a row with ``ASK`` in it must be refused."""

    text: str
    people: list[dict[str, Any]]


def _cents(amount: int) -> st.SearchStrategy[Cell]:
    dollars, rest = divmod(abs(amount), 100)
    plain, grouped = f"{dollars}.{rest:02d}", f"{dollars:,}.{rest:02d}"
    if amount < 0:
        forms = [f"-{plain}", f"({grouped})", f"-${grouped}", f"{plain}-", f"(${plain})",
                 f"\N{MINUS SIGN}{grouped}", f"{grouped} CR"]  # fmt: skip
    else:
        forms = [plain, grouped, f"${grouped}", f"$ {plain}", f" {plain} ", f"USD {plain}"]
    return st.sampled_from(forms).map(lambda form: Cell(form, amount))


def _unclear(clear: bool, *forms: str) -> st.SearchStrategy[Cell]:
    return st.nothing() if clear else st.sampled_from(forms).map(lambda form: Cell(form, ASK))


def _blank(says: Any) -> st.SearchStrategy[Cell]:
    return st.sampled_from(NOTHING).map(lambda form: Cell(form, says))


def balances(clear: bool) -> st.SearchStrategy[Cell]:
    """Draw amounts in every usual form, and what is none."""
    amounts = st.integers(-10_000_000, 10_000_000).flatmap(_cents)
    return amounts | _blank(None) | _unclear(clear, "1.234,50", "12,5", "ten", "1e5", "-(3)")


@st.composite
def mobiles(draw: st.DrawFn, clear: bool) -> Cell:
    """Draw numbers in every usual form, numbers that are no mobiles, and what is none."""
    area = draw(st.sampled_from(["212", "512", "737", "305", "907"]))
    line = f"{draw(st.integers(0, 9999)):04d}"
    plain = draw(st.sampled_from([
        f"({area}) 555-{line}", f"{area}-555-{line}", f"{area}.555.{line}", f"{area}555{line}",
        f"+1 {area} 555 {line}", f"1-{area}-555-{line}", f"tel:+1{area}555{line}",
        f"{area}555{line}.0", f"{area} 555 {line} (cell)", f"M: {area}-555-{line}",
    ]))  # fmt: skip
    home = Cell(f"{area}-555-{line} ({draw(st.sampled_from(['home', 'H', 'work', 'Office']))})", "")
    return draw(
        st.just(Cell(plain, f"+1{area}555{line}"))
        | st.just(home)
        | _blank("")
        | _unclear(
            clear,
            f"{area}-555-{line} x7",
            f"555-{line}",
            f"{area}555",
            "5.12556E+09",
            "ask her",
            f"{area}-555-{line} / {area}-555-0000",
        )
    )


@st.composite
def days(draw: st.DrawFn, clear: bool) -> Cell:
    """Draw days in ISO and US forms; those with slashes are unclear unless they are not."""
    day = draw(st.dates(date(1999, 1, 1), date(2030, 12, 31)))
    alone = day.day > 12 or day.day == day.month
    us = Cell(f"{day.month}/{day.day}/{day.year}", day if alone else ASK)
    return draw(
        st.sampled_from([
            Cell(day.isoformat(), day), Cell(f"{day:%Y/%m/%d}", day), Cell(f"{day:%Y%m%d}", day),
            Cell(f"{day:%Y-%m-%d} 00:00:00", day), Cell(f"{day:%b} {day.day}, {day.year}", day), us,
        ])
        | _blank(None)
        | _unclear(clear, "2026-02-30", "46085", "soon", "25/12/2025")
    )  # fmt: skip


def answers(clear: bool) -> st.SearchStrategy[Cell]:
    """Draw yes, no, nothing and neither."""
    yes = st.sampled_from(["Yes", "Y", "TRUE", "1", "sí", "Opted in"]).map(lambda w: Cell(w, True))
    no = st.sampled_from(["No", "n", "FALSE", "0", "Opted Out", "STOP"]).map(
        lambda w: Cell(w, False)
    )
    return yes | no | _blank(None) | _unclear(clear, "maybe", "2", "only on Sundays")


def languages(clear: bool) -> st.SearchStrategy[Cell]:
    """Draw the two languages by their names, nothing, and another one."""
    english = st.sampled_from(["English", "EN", "en-US"]).map(lambda w: Cell(w, "en"))
    spanish = st.sampled_from(["Español", "spanish", "ES", "es_MX"]).map(lambda w: Cell(w, "es"))
    return english | spanish | _blank("") | _unclear(clear, "French", "Klingon")


def emails(clear: bool) -> st.SearchStrategy[Cell]:
    """Draw addresses and what is none."""
    good = st.from_regex(r"[a-z]{1,9}@[a-z]{1,9}\.(com|org)", fullmatch=True)
    return (
        good.map(lambda a: Cell(f" {a} ", a))
        | _blank("")
        | _unclear(clear, "nowhere", "a@b", "a b@c.de")
    )


def names(clear: bool) -> st.SearchStrategy[Cell]:
    """Draw names with commas, quotes, line breaks, accents and formulas in them; and none."""
    letters = st.text(st.sampled_from("abcÉñ'\"-.,;=@ \n"), min_size=1, max_size=12)
    good = letters.map(lambda t: Cell(f"Z{t}z", " ".join(f"Z{t}z".split())))
    return good | _unclear(clear, "x" * 10_000) | _unclear(clear, "", "  ")


def home_phones(clear: bool) -> st.SearchStrategy[Cell]:
    """Draw numbers that are kept as they are."""
    good = st.from_regex(r"512-555-0[0-9]{3}( x[1-9])?", fullmatch=True)
    return good.map(lambda w: Cell(w, w)) | _blank("")


def units(clear: bool) -> st.SearchStrategy[Cell]:
    """Draw one unit, two, none."""
    one = st.from_regex(r"[A-D][1-9]", fullmatch=True)
    two = st.tuples(one, one).map(lambda t: Cell(" , ".join(t), tuple(dict.fromkeys(t))))
    return one.map(lambda w: Cell(w, (w,))) | two | _blank(())


_CELLS: Final = {
    "name": names, "unit": units, "mobile": mobiles, "home_phone": home_phones, "email": emails,
    "balance": balances, "move_in": days, "language": languages, "sms": answers,
}  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a file of a few people, its columns in any order under any of their names."""
    fields = draw(st.permutations(list(HEADERS)))
    header = [draw(st.sampled_from(HEADERS[name])) for name in fields]
    people = []
    for number in range(draw(st.integers(1, 4))):
        # Most rows shall be good ones: with so many cells hardly any would be by chance.
        clear = draw(st.integers(0, 3)) > 0
        cells = {name: draw(cell(clear)) for name, cell in _CELLS.items()}
        people.append(cells | {"external_id": Cell(f"T{number}", f"T{number}")})
    _decide_dates(people)
    file = StringIO()
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    writer = csv.writer(file, delimiter=draw(st.sampled_from(",;\t")), lineterminator=ends)
    writer.writerow(header)
    writer.writerows([cells[name].written for name in fields] for cells in people)
    mark = draw(st.sampled_from(["", "\ufeff"]))
    said = [{name: cell.says for name, cell in cells.items()} for cells in people]
    return World(mark + file.getvalue(), said)


def _decide_dates(people: list[dict[str, Cell]]) -> None:
    """Let the column decide where it can, as ``imports.dates`` says that it may."""
    slashed = [cells["move_in"].written.split("/") for cells in people]
    parts = [(int(p[0]), int(p[1])) for p in slashed if len(p) == 3 and len(p[2]) == 4]
    if any(first > 12 for first, _ in parts) or not any(second > 12 for _, second in parts):
        return
    for cells in people:
        month, _, rest = cells["move_in"].written.partition("/")
        day, _, year = rest.partition("/")
        if year and len(year) == 4 and len(month) < 3:
            cells["move_in"] = Cell(cells["move_in"].written, date(int(year), int(month), int(day)))
