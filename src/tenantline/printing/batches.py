"""Files of papers: the leaves as they are set, then their mailing list. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from tenantline.kernel import typesetting


class Leaf(Protocol):
    """One paper as it is set, as far as the mailing list shows it."""

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> tuple[str, ...]: ...

    @property
    def is_whole(self) -> bool:
        """Tell whether the post can deliver to the address."""
        ...

    @property
    def what(self) -> str: ...


L = TypeVar("L", bound=Leaf)


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch(Generic[L]):
    """The papers of one file. ``first`` is the number of the first, ``note`` is on the list."""

    leaves: Sequence[L]
    note: str
    at: datetime
    first: int = 1
    both_sides: bool = False

    @property
    def is_one_alone(self) -> bool:
        """Tell whether it is one paper alone, which needs no mailing list."""
        return len(self.leaves) == 1 and self.first == 1


@dataclass(frozen=True, slots=True)
class Form(Generic[L]):
    """How papers of one kind are set: by a typst template, to which ``data`` tells a batch."""

    template: Path
    data: Callable[[Batch[L]], dict[str, Any]]

    def pdf(self, batch: Batch[L]) -> bytes:
        """Return a file: each paper on a new sheet, then the mailing list."""
        return typesetting.pdf(self.template, self._told(batch), at=batch.at)

    def pictures(self, batch: Batch[L], *, ppi: float = 96) -> list[bytes]:
        """Return the pages of a file as PNG pictures."""
        return typesetting.pictures(self.template, self._told(batch), at=batch.at, ppi=ppi)

    def _told(self, batch: Batch[L]) -> dict[str, Any]:
        mailing_list = None if batch.is_one_alone else _list(batch)
        return self.data(batch) | {"both_sides": batch.both_sides, "list": mailing_list}


def _list(batch: Batch[Any]) -> dict[str, Any]:
    rows = [
        {
            "name": leaf.name,
            "address": ", ".join(leaf.address) if leaf.is_whole else "",
            "what": leaf.what,
        }
        for leaf in batch.leaves
    ]
    return {"title": "Mailing list", "note": batch.note, "first": batch.first, "rows": rows}
