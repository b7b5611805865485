"""Printing at the desk: what letters and statements are called there, what pages show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.urls import reverse

from tenantline.facilities import queries as facilities
from tenantline.kernel import days
from tenantline.kernel.digits import whole_number
from tenantline.letters.paper import PAPERS as LETTER_PAPERS
from tenantline.printing import files, queries
from tenantline.runs import queries as runs
from tenantline.statements.content import month
from tenantline.statements.paper import PAPERS as STATEMENT_PAPERS

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from tenantline.desk.access import DeskRequest
    from tenantline.facilities.models import Facility
    from tenantline.printing.models import Printing
    from tenantline.printing.papers import Papers
    from tenantline.tenants.models import Tenant

_PER_PAGE: Final = 50
_NAMED: Final = 20  # tenants without an address; the list below has them all


def _month(period: str) -> str:
    return days.long_month(month(period)[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What is printed: its words, and the names of its pages."""

    papers: Papers
    choice: str  # by what the list of what waits is narrowed
    choice_words: str
    what: Callable[[str], str]  # what a paper is, in words
    dead: str  # what became of one that is not sent any more
    home: str
    tenant: str
    archive: str = ""

    @property
    def one(self) -> str:
        """Return what one of them is called."""
        return self.papers.one

    @property
    def page(self) -> str:
        """Return the page of what waits."""
        return f"desk:{self.one}_print"

    @property
    def made(self) -> str:
        """Return the page of a printing."""
        return f"desk:{self.one}_printing"

    @property
    def file(self) -> str:
        """Return the address of a printing's files."""
        return f"desk:{self.one}_printing_file"

    @property
    def mailing_list(self) -> str:
        """Return the address of a printing's mailing list."""
        return f"desk:{self.one}_mailing_list"

    @property
    def again(self) -> str:
        """Return where one paper of a tenant is printed again."""
        return f"desk:{self.one}_print_again"


LETTERS: Final = Kind(
    papers=LETTER_PAPERS,
    choice="letter",
    choice_words="Letter",
    what=str,
    dead="taken back",
    home="desk:letters",
    tenant="desk:tenant_letters",
)
STATEMENTS: Final = Kind(
    papers=STATEMENT_PAPERS,
    choice="period",
    choice_words="Month",
    what=_month,
    dead="corrected",
    home="desk:statements",
    tenant="desk:account",
    archive="desk:statement_printing_archive",
)
KINDS: Final[Mapping[str, Kind]] = {kind.papers.kind: kind for kind in (LETTERS, STATEMENTS)}


@dataclass(frozen=True, slots=True)
class Waits:
    """One paper that waits for the printer."""

    tenant: Tenant
    what: str
    issued_at: datetime
    issued_by: str


@dataclass(frozen=True, slots=True)
class Made:
    """One paper of a printing. ``is_dead``: it is not in the file any more."""

    tenant_id: int
    name: str
    address: str
    what: str
    before: datetime | None
    is_dead: bool
    again: str  # where it is printed again


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which run's papers are asked for, None for all, and how the list is narrowed."""

    refs: list[int] | None
    run: str
    choice: str


def site(request: DeskRequest, kind: Kind) -> Facility | None:
    """Return the facility whose papers are meant, None where it is still to be chosen."""
    desk = request.desk
    code = request.POST.get("site", "")
    if code:
        return facilities.facility(scope=desk.scope, code=code)
    run_id = whole_number(request.GET.get("run", ""))
    if run_id is not None:
        return runs.get(scope=desk.scope, run_id=run_id, kind=kind.papers.kind).facility
    if desk.facility is not None or len(desk.facilities) != 1:
        return desk.facility
    return desk.facilities[0]


def narrowed(request: DeskRequest, kind: Kind) -> Narrowed:
    """Return what of all that waits is meant."""
    asked = request.POST if request.method == "POST" else request.GET
    choice, named = asked.get(kind.choice, ""), asked.get("run", "")
    run_id = whole_number(named)
    if run_id is None:
        return Narrowed(None, "", choice)
    run = runs.get(scope=request.desk.scope, run_id=run_id, kind=kind.papers.kind)
    return Narrowed(runs.printed_refs(run), named, choice)


def chosen(kind: Kind, asked: Narrowed, facility: Facility) -> QuerySet[Any]:
    """Return what waits at a facility, as far as it is meant."""
    return queries.waiting(kind.papers, facility=facility, choice=asked.choice, only=asked.refs)


def waiting(request: DeskRequest, kind: Kind, facility: Facility) -> dict[str, Any]:
    """Return what the page shows of what waits at a facility."""
    asked, papers = narrowed(request, kind), kind.papers
    rows = chosen(kind, asked, facility)
    lacking = queries.without_address(papers, rows)
    total, without = rows.count(), lacking.count()
    choices = papers.choices(queries.waiting(papers, facility=facility))
    shown = _paged(request, rows)
    return {
        "choices": [(value, f"{kind.what(name)} ({count:,})") for value, name, count in choices],
        "choice": asked.choice,
        "run": asked.run,
        "total": total,
        "whole": total - without,
        "without": without,
        "lacking": [papers.waiting(row).paper.tenant for row in lacking[:_NAMED]],
        "shown": shown,
        "rows": [_waits(kind, row) for row in shown],
    }


def _waits(kind: Kind, row: Any) -> Waits:
    one = kind.papers.waiting(row)
    return Waits(one.paper.tenant, kind.what(kind.papers.what(one.paper)), one.at, one.by_name)


def made(request: DeskRequest, kind: Kind, printing: Printing) -> dict[str, Any]:
    """Return what the page of a printing shows."""
    papers = kind.papers
    shown = _paged(request, queries.sheets(papers, printing))
    before = queries.printed_before(papers, list(shown), printing)
    dead = queries.dead(papers, list(shown))
    return {
        "printing": printing,
        "parts": range(1, files.parts(papers, printing) + 1),
        "standing": queries.standing(papers, printing).count(),
        "shown": shown,
        "rows": [_made(kind, row, before.get(row.paper_id), row.pk in dead) for row in shown],
        "zone": printing.facility.timezone,
    }


def _made(kind: Kind, sheet: Any, before: datetime | None, is_dead: bool) -> Made:
    tenant_id = sheet.paper.tenant_id
    return Made(
        tenant_id=tenant_id,
        name=sheet.recipient["name"],
        address=", ".join(sheet.address),
        what=kind.what(kind.papers.what(sheet.paper)),
        before=before,
        is_dead=is_dead,
        again=reverse(kind.again, args=[tenant_id, sheet.paper_id]),
    )


def _paged(request: DeskRequest, rows: QuerySet[Any]) -> Any:
    """Return the part of these rows that a page shows."""
    return Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
