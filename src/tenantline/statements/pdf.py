"""Statements as tagged PDF (PDF/A-3a and PDF/UA-1): one alone, or many for the printer. Pure.

The same statements give the same bytes: what they show was kept when they were issued.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

from tenantline.printing.batches import Batch, Form
from tenantline.statements import phrases
from tenantline.statements.content import Content


@dataclass(frozen=True, slots=True)
class Paper:
    """One statement as it is set. ``again`` is the note on one that was printed before."""

    said: Content
    again: str = ""
    is_whole: bool = True  # the address

    @property
    def name(self) -> str:
        """Return to whom it goes."""
        return self.said.tenant.name

    @property
    def address(self) -> tuple[str, ...]:
        """Return the lines below the name."""
        return self.said.tenant.address

    @property
    def what(self) -> str:
        """Return its month."""
        return self.said.period


def render(content: Content) -> bytes:
    """Return one statement as a PDF, in the tenant's language."""
    return FORM.pdf(_alone(content))


def pictures(content: Content, *, ppi: float = 96) -> list[bytes]:
    """Return a statement's pages as PNG pictures."""
    return FORM.pictures(_alone(content), ppi=ppi)


def _alone(content: Content) -> Batch[Paper]:
    at = datetime.combine(content.issued_on, time(), UTC)
    return Batch(leaves=[Paper(content)], note="", at=at)


def _data(batch: Batch[Paper]) -> dict[str, Any]:
    shown = [phrases.of(paper.said) | {"again": paper.again} for paper in batch.leaves]
    first = shown[0]
    return {
        "title": f"{first['title']}, {first['facility']}",
        "author": first["facility"],
        "description": first["description"] if batch.is_one_alone else f"{len(shown):,} statements",
        "statements": shown,
    }


FORM: Final = Form(Path(__file__).with_name("statement.typ"), _data)
