"""Letters for the printer: a printing's files, and its mailing list as rows of a file.

A few hundred letters are in memory at a time: a larger printing has several parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from tenantline.billing import queries as billing
from tenantline.facilities.models import Facility
from tenantline.kernel import days, phone
from tenantline.kernel.errors import NotFound
from tenantline.letters import layout
from tenantline.letters import printing as prints
from tenantline.letters.layout import Batch, Page
from tenantline.letters.models import Notice, Printing, Sheet
from tenantline.tenants import postal, queries
from tenantline.tenants.postal import Recipient

TOGETHER: Final = 250  # letters in one file: bounded memory, few files
LIST_HEADER: Final = (
    *("number", "name", "street", "city", "state", "postal code"),
    *("letter", "issued", "tenant", "external id", "units", "notice", "printed before"),
)
_AGAIN: Final[Mapping[str, str]] = {
    "en": "Printed again on {day}, first on {first}",
    "es": "Impresa de nuevo el {day}; por primera vez el {first}",
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
    return layout.pdf(_batch(printing, some, both_sides, start))


def pictures(printing: Printing, *, both_sides: bool = False, ppi: float = 96) -> list[bytes]:
    """Return the pages of a printing's first file as PNG pictures."""
    some = list(prints.standing(printing)[:TOGETHER])
    return layout.pictures(_batch(printing, some, both_sides, 0), ppi=ppi)


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


def _batch(printing: Printing, some: Sequence[Sheet], both_sides: bool, start: int) -> Batch:
    site = printing.facility
    before = prints.printed_before(some, printing)
    day = days.long_date(billing.today(site, printing.made_at), language="en")
    about = f"{len(some):,} letters of {site.name}, given to the printer on {day}"
    return Batch(
        pages=[_page(row, before.get(row.notice_id), printing) for row in some],
        note=f"{about} by {printing.made_by}. Printing {printing.pk}.",
        at=printing.made_at,
        first=start + 1,
        both_sides=both_sides,
    )


def _page(row: Sheet, before: datetime | None, printing: Printing) -> Page:
    notice, site = row.notice, printing.facility
    return Page(
        sender=site.name,
        sender_lines=(*postal.lines(site), *_reached(site)),
        dated=_day(site, notice.issued_at, notice),
        name=row.recipient["name"],
        address=address(row),
        subject=notice.words["subject"],
        body=notice.words["print"],
        language=notice.language,
        what=notice.letter.name,
        again=_AGAIN[notice.language].format(
            day=_day(site, printing.made_at, notice), first=_day(site, before, notice)
        )
        if before
        else "",
        is_whole=postal.is_whole(Recipient(**row.recipient)),
    )


def address(row: Sheet) -> tuple[str, ...]:
    """Return the lines of the address that a sheet bears, below the name."""
    return postal.lines(Recipient(**row.recipient))


def _reached(site: Facility) -> list[str]:
    office = phone.national(phone.Number(site.phone)) if site.phone else ""
    return [one for one in (office, site.email) if one]


def _day(site: Facility, at: datetime, notice: Notice) -> str:
    return days.long_date(billing.today(site, at), language=notice.language)
