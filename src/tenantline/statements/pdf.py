"""Statements as tagged PDF (PDF/A-3a and PDF/UA-1): one alone, or many for the printer.

The same statements give the same bytes: what they show was kept when they were issued.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tenantline.kernel import typesetting
from tenantline.statements.content import Content
from tenantline.statements.printing import printed

_TEMPLATE: Final = Path(__file__).with_name("statement.typ")
TOGETHER: Final = 250  # statements in one file for the printer: bounded memory, few files


def render(content: Content) -> bytes:
    """Return one statement as a PDF, in the tenant's language."""
    return typesetting.pdf(_TEMPLATE, _data([content]), at=_moment(content))


def pictures(content: Content, *, ppi: float = 96) -> list[bytes]:
    """Return a statement's pages as PNG pictures."""
    return typesetting.pictures(_TEMPLATE, _data([content]), at=_moment(content), ppi=ppi)


def batches(contents: Iterable[Content], *, together: int = TOGETHER) -> Iterator[bytes]:
    """Yield files for the printer, each of up to ``together`` statements, in this order.

    The last page of a file that holds several is their mailing list. One file's statements are in
    memory at a time.
    """
    waiting = iter(contents)
    first = 1
    while some := list(islice(waiting, together)):
        yield typesetting.pdf(_TEMPLATE, _data(some, first), at=_moment(some[0]))
        first += len(some)
        typesetting.forget()


def _data(contents: Sequence[Content], number: int = 1) -> dict[str, Any]:
    shown = [printed(content) for content in contents]
    first = shown[0]
    alone = len(shown) == 1
    return {
        "title": f"{first['title']}, {first['facility']}",
        "author": first["facility"],
        "description": first["description"] if alone else f"{len(shown):,} statements",
        "statements": shown,
        "list": None if alone else _list(contents, number),
    }


def _list(contents: Sequence[Content], number: int) -> dict[str, Any]:
    rows = [
        {
            "name": one.tenant.name,
            "address": ", ".join(one.tenant.address) if len(one.tenant.address) > 1 else "",
            "what": one.period,
        }
        for one in contents
    ]
    note = f"{len(rows):,} statements of {contents[0].facility.name}"
    return {"title": "Mailing list", "note": note, "first": number, "rows": rows}


def _moment(content: Content) -> datetime:
    return datetime.combine(content.issued_on, time(), UTC)
