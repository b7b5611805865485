"""Letters as tagged PDF (PDF/A-3a and PDF/UA-1), with their mailing list. Pure.

The same letters at the same moment give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tenantline.kernel import typesetting
from tenantline.kernel.glyphs import printable
from tenantline.printing.batches import Batch, Form

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


def is_short(body: str) -> bool:
    """Tell whether a letter surely fits on one page."""
    rows = (1 + len(line) // _IN_A_ROW for line in printable(body).split("\n"))
    return sum(rows) <= _ROWS_THAT_FIT


def _data(batch: Batch[Page]) -> dict[str, Any]:
    pages = batch.leaves
    subjects = {page.subject for page in pages}
    return {
        "title": f"{subjects.pop() if len(subjects) == 1 else 'Letters'}, {pages[0].sender}",
        "author": pages[0].sender,
        "description": "A letter" if batch.is_one_alone else f"{len(pages):,} letters",
        "language": pages[0].language,
        "letters": [_letter(page) for page in pages],
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


FORM: Final = Form(Path(__file__).with_name("letter.typ"), _data)
