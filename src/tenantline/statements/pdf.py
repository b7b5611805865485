"""Statements as tagged PDF (PDF/A-3a and PDF/UA-1): one alone, or many for the printer. Pure.

The same statements give the same bytes: what they show was kept when they were issued.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

from tenantline.kernel import typesetting
from tenantline.statements.content import Content
from tenantline.statements.printing import printed

_TEMPLATE: Final = Path(__file__).with_name("statement.typ")


@dataclass(frozen=True, slots=True)
class Paper:
    """One statement as it is set. ``again`` is the note on one that was printed before."""

    said: Content
    again: str = ""
    is_whole: bool = True  # the address


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """The statements of one file. ``first`` is the number of the first, ``note`` is on the list."""

    papers: Sequence[Paper]
    note: str
    at: datetime
    first: int = 1
    both_sides: bool = False

    @property
    def is_one_statement(self) -> bool:
        """Tell whether it is one statement alone, which needs no mailing list."""
        return len(self.papers) == 1 and self.first == 1


def render(content: Content) -> bytes:
    """Return one statement as a PDF, in the tenant's language."""
    return batch(_alone(content))


def pictures(content: Content, *, ppi: float = 96) -> list[bytes]:
    """Return a statement's pages as PNG pictures."""
    one = _alone(content)
    return typesetting.pictures(_TEMPLATE, _data(one), at=one.at, ppi=ppi)


def batch(some: Batch) -> bytes:
    """Return a file: each statement on a page of its own, then the mailing list."""
    return typesetting.pdf(_TEMPLATE, _data(some), at=some.at)


def _alone(content: Content) -> Batch:
    at = datetime.combine(content.issued_on, time(), UTC)
    return Batch(papers=[Paper(content)], note="", at=at)


def _data(some: Batch) -> dict[str, Any]:
    shown = [printed(paper.said) | {"again": paper.again} for paper in some.papers]
    first = shown[0]
    alone = some.is_one_statement
    return {
        "title": f"{first['title']}, {first['facility']}",
        "author": first["facility"],
        "description": first["description"] if alone else f"{len(shown):,} statements",
        "both_sides": some.both_sides,
        "statements": shown,
        "list": None if alone else _list(some),
    }


def _list(some: Batch) -> dict[str, Any]:
    rows = [
        {
            "name": paper.said.tenant.name,
            "address": ", ".join(paper.said.tenant.address) if paper.is_whole else "",
            "what": paper.said.period,
        }
        for paper in some.papers
    ]
    return {"title": "Mailing list", "note": some.note, "first": some.first, "rows": rows}
