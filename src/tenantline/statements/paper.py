"""Statements for the printer: a printing's files, and its mailing list as rows of a file.

A few hundred statements are in memory at a time: a larger printing has several parts.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import IO, Final

from tenantline.billing import queries as billing
from tenantline.facilities.models import Facility
from tenantline.kernel import days, typesetting
from tenantline.kernel.errors import NotFound
from tenantline.statements import content, pdf, prints
from tenantline.statements.content import Party
from tenantline.statements.models import Printing, Sheet
from tenantline.statements.pdf import Batch, Paper
from tenantline.tenants import postal
from tenantline.tenants.postal import Recipient

TOGETHER: Final = 250  # statements in one file: bounded memory, few files
LIST_HEADER: Final = (
    *("number", "name", "street", "city", "state", "postal code"),
    *("statement", "issued", "tenant", "external id", "units", "printed before"),
)
_IN_MEMORY: Final = 5_000_000  # bytes, before a file goes to disk
_AGAIN: Final[Mapping[str, str]] = {
    "en": "Printed again on {day}, first on {first}",
    "es": "Impreso de nuevo el {day}; por primera vez el {first}",
}


def parts(printing: Printing, *, together: int = TOGETHER) -> int:
    """Return how many files a printing has, of so many statements each."""
    return -(-prints.standing(printing).count() // together)


def part(
    printing: Printing, number: int, *, both_sides: bool = False, together: int = TOGETHER
) -> bytes:
    """Return a file of a printing, from 1 on: the statements, then their mailing list.

    One statement alone has no list. ``both_sides``: for a printer that uses both, a blank page
    follows one that ends on a front page. Those corrected since are left out.

    Raises:
        NotFound: the printing has no such part.
    """
    start = (number - 1) * together
    some = list(prints.standing(printing)[start : start + together]) if number > 0 else []
    if not some:
        raise NotFound("There is no such file.")
    made = pdf.batch(_batch(printing, some, both_sides, start))
    typesetting.forget()
    return made


def archive(printing: Printing, *, together: int = TOGETHER) -> IO[bytes]:
    """Return a ZIP archive of all files of a printing, open at its beginning.

    It lies on disk while it is written. Whoever asked closes it.
    """
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed out open
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(1, parts(printing, together=together) + 1):
            made = part(printing, number, together=together)
            packed.writestr(f"{file_name(printing)}-part-{number:02}.pdf", made)
    file.seek(0)
    return file


def file_name(printing: Printing) -> str:
    """Return what the files of a printing are called, without their ending."""
    return f"statements-{printing.facility.code.lower()}-{printing.pk}"


def list_rows(printing: Printing) -> Iterator[list[list[str]]]:
    """Yield the mailing list in slices: a row of ``LIST_HEADER`` for each statement."""
    rows, start = prints.standing(printing), 0
    while some := list(rows[start : start + TOGETHER]):
        before = prints.printed_before(some, printing)
        yield [
            _list_row(row, number, before.get(row.delivery.statement_id), printing.facility)
            for number, row in enumerate(some, start=start + 1)
        ]
        start += TOGETHER


def _list_row(row: Sheet, number: int, before: datetime | None, site: Facility) -> list[str]:
    statement = row.delivery.statement
    return [
        str(number),
        *(row.recipient[name] for name in ("name", *postal.PARTS)),
        statement.period,
        billing.today(site, statement.issued_at).isoformat(),
        str(statement.tenant_id),
        statement.tenant.external_id or "",
        ", ".join(content.from_json(statement.content).units),
        billing.today(site, before).isoformat() if before else "",
    ]


def _batch(printing: Printing, some: Sequence[Sheet], both_sides: bool, start: int) -> Batch:
    site = printing.facility
    before = prints.printed_before(some, printing)
    day = days.long_date(billing.today(site, printing.made_at), language="en")
    about = f"{len(some):,} statements of {site.name}, given to the printer on {day}"
    return Batch(
        papers=[_paper(row, before.get(row.delivery.statement_id), printing) for row in some],
        note=f"{about} by {printing.made_by}. Printing {printing.pk}.",
        at=printing.made_at,
        first=start + 1,
        both_sides=both_sides,
    )


def _paper(row: Sheet, before: datetime | None, printing: Printing) -> Paper:
    said = content.from_json(row.delivery.statement.content)
    to = Recipient(**row.recipient)
    again = ""
    if before is not None:
        day, first = (
            days.long_date(billing.today(printing.facility, at), language=said.language)
            for at in (printing.made_at, before)
        )
        again = _AGAIN.get(said.language, _AGAIN["en"]).format(day=day, first=first)
    return Paper(replace(said, tenant=Party(to.name, postal.lines(to))), again, postal.is_whole(to))


def address(row: Sheet) -> tuple[str, ...]:
    """Return the lines of the address that a sheet bears, below the name."""
    return postal.lines(Recipient(**row.recipient))
