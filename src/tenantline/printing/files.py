"""A printing's files for the printer, and its mailing list as rows of a file.

A few hundred papers are in memory at a time: a larger printing has several parts.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO, Any, Final

from tenantline.billing import queries as billing
from tenantline.kernel import days, typesetting
from tenantline.kernel.errors import NotFound
from tenantline.printing import queries
from tenantline.printing.batches import Batch
from tenantline.printing.models import Printing
from tenantline.printing.papers import Papers
from tenantline.tenants import postal

TOGETHER: Final = 250  # papers in one file: bounded memory, few files
_IN_MEMORY: Final = 5_000_000  # bytes, before a file goes to disk


def parts(papers: Papers, printing: Printing, *, together: int = TOGETHER) -> int:
    """Return how many files a printing has, of so many papers each."""
    return -(-queries.standing(papers, printing).count() // together)


def part(
    papers: Papers,
    printing: Printing,
    number: int,
    *,
    both_sides: bool = False,
    together: int = TOGETHER,
) -> bytes:
    """Return a file of a printing as PDF, from 1 on: the papers, then their mailing list.

    One paper alone has no list. ``both_sides``: for a printer that uses both, a blank page follows
    one that ends on a front page. What died since is left out.

    Raises:
        NotFound: the printing has no such part.
    """
    made = papers.form.pdf(batch(papers, printing, number, both_sides, together))
    typesetting.forget()
    return made


def batch(
    papers: Papers,
    printing: Printing,
    number: int,
    both_sides: bool = False,
    together: int = TOGETHER,
) -> Batch[Any]:
    """Return what a file of a printing is set from.

    Raises:
        NotFound: the printing has no such part.
    """
    start = (number - 1) * together
    rows = queries.standing(papers, printing)
    some = list(rows[start : start + together]) if number > 0 else []
    if not some:
        raise NotFound("There is no such file.")
    before = queries.printed_before(papers, some, printing)
    return Batch(
        leaves=[papers.leaf(row, before.get(row.paper_id)) for row in some],
        note=_note(papers, printing, len(some)),
        at=printing.made_at,
        first=start + 1,
        both_sides=both_sides,
    )


def _note(papers: Papers, printing: Printing, count: int) -> str:
    site = printing.facility
    day = days.long_date(billing.today(site, printing.made_at), language="en")
    about = f"{count:,} {papers.kind} of {site.name}, given to the printer on {day}"
    return f"{about} by {printing.made_by}. Printing {printing.pk}."


def archive(papers: Papers, printing: Printing, *, together: int = TOGETHER) -> IO[bytes]:
    """Return a ZIP archive of all files of a printing, open at its beginning.

    It lies on disk while it is written. Whoever asked closes it.
    """
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed out open
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(1, parts(papers, printing, together=together) + 1):
            made = part(papers, printing, number, together=together)
            packed.writestr(f"{file_name(printing)}-part-{number:02}.pdf", made)
    file.seek(0)
    return file


def file_name(printing: Printing) -> str:
    """Return what the files of a printing are called, without their ending."""
    return f"{printing.kind}-{printing.facility.code.lower()}-{printing.pk}"


def list_header(papers: Papers) -> tuple[str, ...]:
    """Return the columns of a mailing list."""
    return (
        *("number", "name", "street", "city", "state", "postal code"),
        *(papers.one, "issued", "tenant", "external id", "units"),
        *((papers.id_column,) if papers.id_column else ()),
        "printed before",
    )


def list_rows(papers: Papers, printing: Printing, now: datetime) -> Iterator[list[list[str]]]:
    """Yield the mailing list in slices: a row of ``list_header`` for each paper."""
    rows, start = queries.standing(papers, printing), 0
    while some := list(rows[start : start + TOGETHER]):
        yield _list_slice(papers, printing, some, start, now)
        start += TOGETHER


def _list_slice(
    papers: Papers, printing: Printing, some: Sequence[Any], start: int, now: datetime
) -> list[list[str]]:
    before = queries.printed_before(papers, some, printing)
    return [
        [
            str(number),
            *(row.recipient[name] for name in ("name", *postal.PARTS)),
            papers.what(row.paper),
            _day(printing, row.paper.issued_at),
            str(row.paper.tenant_id),
            row.paper.tenant.external_id or "",
            ", ".join(papers.units(row.paper, now)),
            *((str(row.paper_id),) if papers.id_column else ()),
            _day(printing, before[row.paper_id]) if row.paper_id in before else "",
        ]
        for number, row in enumerate(some, start=start + 1)
    ]


def _day(printing: Printing, at: datetime) -> str:
    return billing.today(printing.facility, at).isoformat()
