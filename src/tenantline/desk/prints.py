"""Printing at the desk: what statements and letters on paper have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from tenantline.exports import actions as exports
from tenantline.exports.sheet import written
from tenantline.facilities import queries as facilities
from tenantline.runs import queries as runs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from tenantline.desk.access import DeskRequest
    from tenantline.facilities.models import Facility
    from tenantline.letters.models import Printing as LetterPrinting
    from tenantline.statements.models import Printing as StatementPrinting
    from tenantline.tenants.models import Tenant

    Printing = LetterPrinting | StatementPrinting

_PER_PAGE: Final = 50
_LISTED: Final = 20
NAMED: Final = 20  # tenants without an address; the list below has them all


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What is printed: its words, and the names of its pages."""

    runs: Literal["statements", "letters"]
    one: str
    choice: str  # by what the list of what waits is narrowed
    choice_words: str
    home: str
    page: str
    made: str
    file: str
    mailing_list: str
    tenant: str
    archive: str = ""


LETTERS: Final = Kind(
    runs="letters",
    one="letter",
    choice="letter",
    choice_words="Letter",
    home="desk:letters",
    page="desk:letter_print",
    made="desk:letter_printing",
    file="desk:letter_printing_file",
    mailing_list="desk:letter_mailing_list",
    tenant="desk:tenant_letters",
)
STATEMENTS: Final = Kind(
    runs="statements",
    one="statement",
    choice="period",
    choice_words="Month",
    home="desk:statements",
    page="desk:statement_print",
    made="desk:statement_printing",
    file="desk:statement_printing_file",
    mailing_list="desk:statement_mailing_list",
    tenant="desk:account",
    archive="desk:statement_printing_archive",
)


@dataclass(frozen=True, slots=True)
class Waits:
    """One paper that waits for the printer."""

    tenant: Tenant
    what: str
    issued_at: datetime
    issued_by: str


@dataclass(frozen=True, slots=True)
class Made:
    """One paper of a printing. ``dead`` says why it is not in the file any more."""

    tenant_id: int
    name: str
    address: str
    what: str
    before: datetime | None
    dead: str
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
    run_id = request.GET.get("run", "")
    if is_id(run_id):
        return runs.get(scope=desk.scope, run_id=int(run_id), kind=kind.runs).facility
    if desk.facility is not None or len(desk.facilities) != 1:
        return desk.facility
    return desk.facilities[0]


def narrowed(request: DeskRequest, kind: Kind) -> Narrowed:
    """Return what of all that waits is meant."""
    asked = request.POST if request.method == "POST" else request.GET
    choice, run_id = asked.get(kind.choice, ""), asked.get("run", "")
    if not is_id(run_id):
        return Narrowed(None, "", choice)
    run = runs.get(scope=request.desk.scope, run_id=int(run_id), kind=kind.runs)
    return Narrowed(runs.printed_refs(run), run_id, choice)


def is_id(value: str) -> bool:
    """Tell whether something in an address may be an id."""
    return value.isascii() and value.isdigit() and len(value) < 18


def page(
    request: DeskRequest,
    kind: Kind,
    *,
    facility: Facility | None,
    counted: Callable[[Facility], int],
    printings: QuerySet[Any],
    more: dict[str, Any],
) -> HttpResponse:
    """Show what waits and what was printed; where no facility is chosen, which have some."""
    context = {"kind": kind, "site": facility, "printings": printings[:_LISTED], **more}
    if facility is None:
        counts = ((one, counted(one)) for one in request.desk.facilities)
        context["sites"] = [(one, count) for one, count in counts if count]
    return render(request, "desk/print.html", context)


def paged(request: DeskRequest, rows: QuerySet[Any]) -> Any:
    """Return the part of these rows that a page shows."""
    return Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))


def file(content: bytes, name: str) -> HttpResponse:
    """Send a PDF, which browsers open."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def mailing_list(
    request: DeskRequest,
    made: Printing,
    header: Sequence[str],
    rows: Iterator[list[list[str]]],
) -> StreamingHttpResponse:
    """Send a printing's mailing list as CSV, safe to open in a spreadsheet."""
    desk, place = request.desk, made.facility
    exports.note(
        what="mailing_list",
        facilities=[place],
        by=desk.actor,
        now=desk.now,
        printing=str(made.pk),
    )
    answer = StreamingHttpResponse(written(header, rows), content_type="text/csv; charset=utf-8")
    name = f"mailing-list-{place.code.lower()}-{made.pk}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
