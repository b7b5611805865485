"""What is to be printed of a month: one file for the printer, or several in a ZIP archive.

A few hundred statements are in memory at a time; the file itself lies on disk while it is written.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Final

from django.db.models import Exists, OuterRef, QuerySet

from tenantline.facilities.models import Facility
from tenantline.kernel.errors import NotFound
from tenantline.statements import content, pdf
from tenantline.statements.content import Content
from tenantline.statements.models import Delivery, Statement

_IN_MEMORY: Final = 5_000_000  # bytes, before a file goes to disk


LIST_HEADER: Final = ("number", "name", "street", "city, state, postal code", "statement")


@dataclass(frozen=True, slots=True)
class PrintFile:
    """A file to be printed, open at its beginning."""

    name: str
    media_type: str
    file: IO[bytes]


def waiting(*, facility: Facility, period: str) -> QuerySet[Statement]:
    """Return a month's statements that go by print, in the order of the tenants' names.

    Only what was sent last counts: neither corrected ones nor those that went another way since.
    """
    newer = Statement.objects.filter(
        tenant=OuterRef("tenant"), period=period, number__gt=OuterRef("number")
    )
    later = Delivery.objects.filter(statement=OuterRef("statement"), pk__gt=OuterRef("pk"))
    printed = Delivery.objects.filter(statement=OuterRef("pk"), method="print")
    rows = Statement.objects.filter(facility=facility, period=period)
    rows = rows.filter(~Exists(newer), Exists(printed.filter(~Exists(later))))
    return rows.order_by("tenant__name", "tenant_id")


def print_file(*, facility: Facility, period: str, together: int = pdf.TOGETHER) -> PrintFile:
    """Return what is to be printed of a month: a PDF, or a ZIP archive of several.

    ``together`` is how many statements one PDF holds at most. Whoever asked closes the file.

    Raises:
        NotFound: nothing is to be printed.
    """
    files = pdf.batches(_contents(waiting(facility=facility, period=period)), together=together)
    first = next(files, None)
    if first is None:
        raise NotFound("No statement of this month is to be printed.")
    name = f"statements-{facility.code}-{period}"
    more = list(islice(files, 1))
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed out open
    if not more:
        file.write(first)
        file.seek(0)
        return PrintFile(f"{name}.pdf", "application/pdf", file)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, made in enumerate(chain([first], more, files), start=1):
            archive.writestr(f"{name}-part-{number:02}.pdf", made)
    file.seek(0)
    return PrintFile(f"{name}.zip", "application/zip", file)


def list_rows(contents: Iterable[Content]) -> Iterator[list[list[str]]]:
    """Yield a mailing list in slices: a row of ``LIST_HEADER`` for each statement, as issued."""
    numbered = enumerate(contents, start=1)
    while some := list(islice(numbered, pdf.TOGETHER)):
        yield [_list_row(number, said) for number, said in some]


def _list_row(number: int, said: Content) -> list[str]:
    street, town = (*said.tenant.address, "", "")[:2]
    return [str(number), said.tenant.name, street, town, said.period]


def _contents(rows: QuerySet[Statement]) -> Iterator[Content]:
    ids = list(rows.values_list("pk", flat=True))
    for place in range(0, len(ids), pdf.TOGETHER):
        some = Statement.objects.in_bulk(ids[place : place + pdf.TOGETHER])
        yield from (content.from_json(some[pk].content) for pk in ids[place : place + pdf.TOGETHER])
