"""Letters as tagged PDF (PDF/A-3a and PDF/UA-1), with their mailing list. Pure.

The same letters at the same moment give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tenantline.kernel import typesetting
from tenantline.kernel.glyphs import printable

_TEMPLATE: Final = Path(__file__).with_name("letter.typ")
# A page takes 28 rows of ninety characters, blank ones included; this surely fits.
_ROWS_THAT_FIT: Final = 22
_IN_A_ROW: Final = 45
_PAGE: Final[Mapping[str, str]] = {
    "en": "Page {page} of {pages}",
    "es": "Página {page} de {pages}",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One letter as it is set. ``address`` is empty where it is to be handed over.

    ``again`` is the note on one that was printed before, ``what`` its name in the mailing list.
    """

    sender: str
    sender_lines: tuple[str, ...]
    dated: str
    name: str
    address: tuple[str, ...]
    subject: str
    body: str
    language: str
    what: str
    again: str = ""
    is_whole: bool = True  # the address


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """The letters of one file. ``first`` is the number of the first, ``note`` is on the list."""

    pages: Sequence[Page]
    note: str
    at: datetime
    first: int = 1
    both_sides: bool = False

    @property
    def is_one_letter(self) -> bool:
        """Tell whether it is one letter alone, which needs no mailing list."""
        return len(self.pages) == 1 and self.first == 1


def pdf(batch: Batch) -> bytes:
    """Return a file: each letter on a new sheet, then the mailing list."""
    return typesetting.pdf(_TEMPLATE, _data(batch), at=batch.at)


def pictures(batch: Batch, *, ppi: float = 96) -> list[bytes]:
    """Return the pages of a file as PNG pictures."""
    return typesetting.pictures(_TEMPLATE, _data(batch), at=batch.at, ppi=ppi)


def is_short(body: str) -> bool:
    """Tell whether a letter surely fits on one page."""
    rows = (1 + len(line) // _IN_A_ROW for line in printable(body).split("\n"))
    return sum(rows) <= _ROWS_THAT_FIT


def _data(batch: Batch) -> dict[str, Any]:
    pages = batch.pages
    subjects = {page.subject for page in pages}
    return {
        "title": f"{subjects.pop() if len(subjects) == 1 else 'Letters'}, {pages[0].sender}",
        "author": pages[0].sender,
        "description": "A letter" if batch.is_one_letter else f"{len(pages):,} letters",
        "language": pages[0].language,
        "both_sides": batch.both_sides,
        "letters": [_letter(page) for page in pages],
        "list": None if batch.is_one_letter else _list(batch),
    }


def _letter(page: Page) -> dict[str, Any]:
    to = [page.name, *page.address]
    return {
        "facility": page.sender,
        "facility_lines": list(page.sender_lines),
        "dated": page.dated,
        "recipient": to,
        "long": typesetting.is_long(to),
        "subject": page.subject,
        "paragraphs": [part.split("\n") for part in page.body.split("\n\n") if part.strip()],
        "short": is_short(page.body),
        "language": page.language,
        "page": _PAGE.get(page.language, _PAGE["en"]),
        "again": page.again,
    }


def _list(batch: Batch) -> dict[str, Any]:
    rows = [
        {
            "name": page.name,
            "address": ", ".join(page.address) if page.is_whole else "",
            "what": page.what,
        }
        for page in batch.pages
    ]
    return {"title": "Mailing list", "note": batch.note, "first": batch.first, "rows": rows}
