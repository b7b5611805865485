"""Letters as tagged PDF for the printer, with their mailing list, and the list as rows of a file.

A few hundred letters are in memory at a time: a larger printing has several parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tenantline.billing import queries as billing
from tenantline.facilities.models import Facility
from tenantline.kernel import days, phone, typesetting
from tenantline.kernel.errors import NotFound
from tenantline.letters import printing as prints
from tenantline.letters.models import Notice, Printing, Sheet
from tenantline.tenants import postal, queries

_TEMPLATE: Final = Path(__file__).with_name("letter.typ")
TOGETHER: Final = 250  # letters in one file: bounded memory, few files
LIST_HEADER: Final = (
    *("number", "name", "street", "city", "state", "postal code"),
    *("letter", "issued", "tenant", "external id", "units", "notice", "printed before"),
)
# A page takes more than forty rows of more than ninety characters; half of that surely fits.
_ROWS_THAT_FIT: Final = 22
_IN_A_ROW: Final = 45
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "page": "Page {page} of {pages}",
        "again": "Printed again on {day}, first on {first}",
    },
    "es": {
        "page": "Página {page} de {pages}",
        "again": "Impresa de nuevo el {day}; por primera vez el {first}",
    },
}


def parts(printing: Printing, *, together: int = TOGETHER) -> int:
    """Return how many files a printing has, of so many letters each."""
    return -(-prints.standing(printing).count() // together)


def part(
    printing: Printing, number: int, *, both_sides: bool = False, together: int = TOGETHER
) -> bytes:
    """Return a file of a printing, from 1 on: each letter on a new sheet, then the mailing list.

    One letter alone has no list. ``both_sides``: for a printer that uses both, a blank page follows
    a letter that ends on a front page. Letters taken back since are left out.

    Raises:
        NotFound: the printing has no such part.
    """
    start = (number - 1) * together
    some = list(prints.standing(printing)[start : start + together]) if number > 0 else []
    if not some:
        raise NotFound("There is no such file.")
    return typesetting.pdf(_TEMPLATE, _data(printing, some, both_sides, start), at=printing.made_at)


def pictures(printing: Printing, *, both_sides: bool = False, ppi: float = 96) -> list[bytes]:
    """Return the pages of a printing's first file as PNG pictures."""
    some = list(prints.standing(printing)[:TOGETHER])
    data = _data(printing, some, both_sides, 0)
    return typesetting.pictures(_TEMPLATE, data, at=printing.made_at, ppi=ppi)


def list_rows(printing: Printing, now: datetime) -> Iterator[list[list[str]]]:
    """Yield the mailing list in slices: a row of ``LIST_HEADER`` for each letter."""
    rows, start = prints.standing(printing), 0
    while some := list(rows[start : start + TOGETHER]):
        before = prints.printed_before(some, printing)
        yield [
            _list_row(row, number, before.get(row.notice_id), printing.facility, now)
            for number, row in enumerate(some, start=start + 1)
        ]
        start += TOGETHER


def _list_row(
    row: Sheet, number: int, before: datetime | None, site: Facility, now: datetime
) -> list[str]:
    notice = row.notice
    return [
        str(number),
        *(row.recipient[name] for name in ("name", *postal.PARTS)),
        notice.letter.name,
        billing.today(site, notice.issued_at).isoformat(),
        str(notice.tenant_id),
        notice.tenant.external_id or "",
        ", ".join(queries.units(notice.tenant_id, now)),
        str(notice.pk),
        billing.today(site, before).isoformat() if before else "",
    ]


def _data(
    printing: Printing, some: Sequence[Sheet], both_sides: bool, start: int
) -> dict[str, Any]:
    site = printing.facility
    before = prints.printed_before(some, printing)
    letters = [_letter(row, before.get(row.notice_id), printing) for row in some]
    alone = len(letters) == 1 and not start
    subjects = {letter["subject"] for letter in letters}
    return {
        "title": f"{subjects.pop() if len(subjects) == 1 else 'Letters'}, {site.name}",
        "author": site.name,
        "description": "A letter" if alone else f"{len(letters):,} letters",
        "language": letters[0]["language"],
        "both_sides": both_sides,
        "letters": letters,
        "list": None if alone else _list(printing, some, start),
    }


def _letter(row: Sheet, before: datetime | None, printing: Printing) -> dict[str, Any]:
    notice, site = row.notice, printing.facility
    say = _WORDS[notice.language]
    body = notice.words["print"]
    to = [row.recipient["name"], *address(row)]
    return {
        "facility": site.name,
        "facility_lines": [*postal.lines(site), *_reached(site)],
        "dated": _day(site, notice.issued_at, notice),
        "recipient": to,
        "long": typesetting.is_long(to),
        "subject": notice.words["subject"],
        "paragraphs": [part.split("\n") for part in body.split("\n\n") if part.strip()],
        "short": is_short(body),
        "language": notice.language,
        "page": say["page"],
        "again": say["again"].format(
            day=_day(site, printing.made_at, notice), first=_day(site, before, notice)
        )
        if before
        else "",
    }


def is_short(body: str) -> bool:
    """Tell whether a letter surely fits on one page."""
    return sum(1 + len(line) // _IN_A_ROW for line in body.split("\n")) <= _ROWS_THAT_FIT


def _list(printing: Printing, some: Sequence[Sheet], start: int) -> dict[str, Any]:
    site = printing.facility
    day = days.long_date(billing.today(site, printing.made_at), language="en")
    rows = [
        {
            "name": row.recipient["name"],
            "address": ", ".join(address(row)) if _is_whole(row) else "",
            "what": row.notice.letter.name,
        }
        for row in some
    ]
    about = f"{len(some):,} letters of {site.name}, given to the printer on {day}"
    return {
        "title": "Mailing list",
        "note": f"{about} by {printing.made_by}. Printing {printing.pk}.",
        "first": start + 1,
        "rows": rows,
    }


class _Place:
    """An address as a sheet bears it."""

    def __init__(self, recipient: Mapping[str, str]) -> None:
        self.street = recipient["street"]
        self.city = recipient["city"]
        self.state = recipient["state"]
        self.postal_code = recipient["postal_code"]


def address(row: Sheet) -> tuple[str, ...]:
    """Return the lines of the address that a sheet bears, below the name."""
    return postal.lines(_Place(row.recipient))


def _is_whole(row: Sheet) -> bool:
    return postal.is_whole(_Place(row.recipient))


def _reached(site: Facility) -> list[str]:
    office = phone.national(phone.Number(site.phone)) if site.phone else ""
    return [one for one in (office, site.email) if one]


def _day(site: Facility, at: datetime, notice: Notice) -> str:
    return days.long_date(billing.today(site, at), language=notice.language)
