"""What letters and statements on paper differ in. The rooms above each bring theirs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from django.db.models import Q, QuerySet

from tenantline.billing import queries as billing
from tenantline.facilities.scope import Scope
from tenantline.kernel import days
from tenantline.printing.batches import Form, Leaf

Kind = Literal["letters", "statements"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A paper that waits for the printer: since when, and by whose doing."""

    paper: Any
    at: datetime
    by_name: str


class Papers(ABC):
    """One kind of papers: what of it goes by print, and how a leaf looks.

    A *paper* is what was issued: a letter's notice, a statement. It has a ``tenant``, a
    ``facility`` and ``issued_at``. A *row* says that one goes by print, and has ``printed_at``,
    null until its first time; ``to_paper`` leads from it to its paper, as in ``statement__``.
    """

    kind: ClassVar[Kind]
    one: ClassVar[str]
    to_paper: ClassVar[str]
    form: ClassVar[Form[Any]]
    again_words: ClassVar[Mapping[str, str]]  # by language, with {day} and {first}
    id_column: ClassVar[str] = ""  # in the mailing list, of a paper's own id; empty: without it

    @abstractmethod
    def get(self, *, scope: Scope, paper_id: int) -> Any:
        """Return a paper in scope, or raise ``NotFound``."""

    @abstractmethod
    def rows(self) -> QuerySet[Any]:
        """Return all that may be printed now, whether it was before or not, tenants loaded."""

    @abstractmethod
    def waiting(self, row: Any) -> Waiting:
        """Return what a row says."""

    @abstractmethod
    def narrowed(self, rows: QuerySet[Any], choice: str) -> QuerySet[Any]:
        """Return those of these rows that are of one choice, as it stands in an address.

        Raises:
            BadInput: there can be no such choice.
        """

    @abstractmethod
    def choices(self, rows: QuerySet[Any]) -> list[tuple[str, str, int]]:
        """Return by what these rows can be narrowed: choice, name, how many."""

    @abstractmethod
    def sheets(self) -> QuerySet[Any]:
        """Return all sheets (``models.Sheet``) with their papers and tenants loaded."""

    @abstractmethod
    def dead(self) -> Q:
        """Return the condition on sheets that their paper is not to be sent any more."""

    @abstractmethod
    def what(self, paper: Any) -> str:
        """Return what a paper is, in a list of several."""

    @abstractmethod
    def units(self, paper: Any, now: datetime) -> Sequence[str]:
        """Return the units that a mailing list shows beside a paper."""

    @abstractmethod
    def leaf(self, sheet: Any, first: datetime | None) -> Leaf:
        """Return a sheet as it is set. ``first``: when its paper was printed before."""

    def again(self, sheet: Any, first: datetime | None, language: str) -> str:
        """Return the note on a paper that was printed before, empty on others."""
        if first is None:
            return ""
        site = sheet.printing.facility
        day, first_day = (
            days.long_date(billing.today(site, at), language=language)
            for at in (sheet.printing.made_at, first)
        )
        words = self.again_words.get(language, self.again_words["en"])
        return words.format(day=day, first=first_day)
