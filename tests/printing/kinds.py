"""Letters and statements that go by print: what both kinds of papers must do alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tenantline.facilities.models import Facility
from tenantline.facilities.scope import EVERYWHERE
from tenantline.letters import actions as letters
from tenantline.letters import queries
from tenantline.letters.models import Notice
from tenantline.letters.paper import PAPERS as LETTERS
from tenantline.printing import actions, files
from tenantline.printing import queries as printing
from tenantline.printing.models import Printing
from tenantline.printing.papers import Papers
from tenantline.statements.models import Statement
from tenantline.statements.paper import PAPERS as STATEMENTS
from tenantline.tenants.models import Tenant
from tests import cast
from tests.statements import people

NOON: Final = cast.at_noon()
HOME: Final[dict[str, Any]] = {
    "street": "12 Oak Street",
    "city": "Austin",
    "state": "TX",
    "postal_code": "78704",
}


def letter_to(who: Tenant) -> Notice:
    """Issue a letter by print, always the same one."""
    known = queries.letters(scope=EVERYWHERE).first() or cast.letter()
    made = letters.issue(letter=known, tenant=who, method="print", by=cast.TESTER, now=NOON)
    return made.notice


def statement_to(who: Tenant) -> Statement:
    """Issue this month's statement by print."""
    return people.issue(who, NOON, chosen="print").statement


@dataclass(frozen=True)
class Kind:
    """One kind of papers at one facility."""

    papers: Papers
    issue: Callable[[Tenant], Any]
    where: Facility

    def waits(self, name: str, **details: Any) -> Any:
        """Issue a paper by print to somebody new."""
        return self.issue(cast.tenant(self.where, name, **(HOME | details)))

    def waiting(self, **narrowed: Any) -> list[Any]:
        """Return the papers that wait."""
        rows = printing.waiting(self.papers, facility=self.where, **narrowed)
        return [self.papers.waiting(row).paper for row in rows]

    def printed(self, *, unaddressed: bool = False, **narrowed: Any) -> Printing:
        """Give what waits to the printer."""
        return actions.print_waiting(
            self.papers,
            facility=self.where,
            rows=printing.waiting(self.papers, facility=self.where, **narrowed),
            unaddressed=unaddressed,
            by=cast.TESTER,
            now=NOON,
        )

    def again(self, paper: Any, *, now: datetime = NOON) -> Printing:
        """Print one once more."""
        return actions.print_again(self.papers, paper=paper, by=cast.TESTER, now=now)

    def part(self, made: Printing, number: int = 1, **how: Any) -> bytes:
        """Return a file of a printing."""
        return files.part(self.papers, made, number, **how)

    def pictures(self, made: Printing, *, both_sides: bool = False) -> list[bytes]:
        """Return the pages of a printing's first file."""
        batch = files.batch(self.papers, made, 1, both_sides)
        return self.papers.form.pictures(batch, ppi=20)

    def cells(self, made: Printing) -> list[dict[str, str]]:
        """Return the mailing list, by column."""
        header = files.list_header(self.papers)
        slices = files.list_rows(self.papers, made, NOON)
        return [dict(zip(header, row, strict=True)) for some in slices for row in some]

    def names(self, made: Printing) -> list[str]:
        """Return who is on the mailing list."""
        return [row["name"] for row in self.cells(made)]


def letters_at(where: Facility) -> Kind:
    """Return letters of a facility."""
    return Kind(LETTERS, letter_to, where)


def statements_at(where: Facility) -> Kind:
    """Return statements of a facility."""
    return Kind(STATEMENTS, statement_to, where)
