"""``/letter-printings`` and ``/statement-printings``: what was printed by whom, for whom.

Papers are given to the printer at the desk, where the printer is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Path, Query, Router

from tenantline.api.access import ApiRequest
from tenantline.api.described import answers
from tenantline.api.pages import page
from tenantline.api.print_shapes import (
    PrintedLetter,
    PrintedLetterPage,
    PrintedStatement,
    PrintedStatementPage,
    Printing,
    PrintingPage,
    PrintingQuery,
)
from tenantline.api.reading import refuse_unknown_parameters, row_id
from tenantline.api.shapes import PageQuery
from tenantline.api.tenants import facility_named
from tenantline.letters.paper import PAPERS as LETTERS
from tenantline.printing import queries
from tenantline.statements.paper import PAPERS as STATEMENTS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tenantline.printing.papers import Papers

router = Router(tags=["Printings"])


@router.get(
    "/letter-printings",
    response={200: PrintingPage},
    operation_id="listLetterPrintings",
    summary="List letters given to the printer",
    openapi_extra=answers(),
)
def list_letter_printings(request: ApiRequest, query: Query[PrintingQuery]) -> PrintingPage:
    """What was given to the printer together, by whom and when. Newest first."""
    return _printings(request, LETTERS, query)


@router.get(
    "/statement-printings",
    response={200: PrintingPage},
    operation_id="listStatementPrintings",
    summary="List statements given to the printer",
    openapi_extra=answers(),
)
def list_statement_printings(request: ApiRequest, query: Query[PrintingQuery]) -> PrintingPage:
    """What was given to the printer together, by whom and when. Newest first."""
    return _printings(request, STATEMENTS, query)


@router.get(
    "/letter-printings/{printing_id}/letters",
    response={200: PrintedLetterPage},
    operation_id="listPrintedLetters",
    summary="List the letters of a printing",
    openapi_extra=answers(404),
)
def list_letters(
    request: ApiRequest, printing_id: Path[str], query: Query[PageQuery]
) -> PrintedLetterPage:
    """The mailing list, its last line first."""
    found, dead, cursor = _sheets(request, LETTERS, printing_id, query)
    items = [
        PrintedLetter(
            **_addressed(row),
            notice=str(row.paper_id),
            letter=str(row.paper.letter_id),
            withdrawn=row.pk in dead,
        )
        for row in found
    ]
    return PrintedLetterPage(items=items, next_cursor=cursor)


@router.get(
    "/statement-printings/{printing_id}/statements",
    response={200: PrintedStatementPage},
    operation_id="listPrintedStatements",
    summary="List the statements of a printing",
    openapi_extra=answers(404),
)
def list_statements(
    request: ApiRequest, printing_id: Path[str], query: Query[PageQuery]
) -> PrintedStatementPage:
    """The mailing list, its last line first."""
    found, dead, cursor = _sheets(request, STATEMENTS, printing_id, query)
    items = [
        PrintedStatement(
            **_addressed(row),
            period=row.paper.period,
            statement_number=row.paper.number,
            corrected=row.pk in dead,
        )
        for row in found
    ]
    return PrintedStatementPage(items=items, next_cursor=cursor)


def _printings(request: ApiRequest, papers: Papers, query: PrintingQuery) -> PrintingPage:
    request.auth.demand("issue")
    refuse_unknown_parameters(request, PrintingQuery)
    rows: QuerySet[Any] = queries.printings(papers, scope=request.auth.scope)
    if query.facility:
        rows = rows.filter(facility=facility_named(request.auth, query.facility))
    of = f"{papers.one} printings"
    found, cursor = page(rows, of=of, cursor=query.cursor, limit=query.limit)
    items = [
        Printing(
            id=str(row.pk),
            facility=row.facility.code,
            count=row.count,
            printed_at=row.made_at,
            printed_by=row.made_by,
        )
        for row in found
    ]
    return PrintingPage(items=items, next_cursor=cursor)


def _sheets(
    request: ApiRequest, papers: Papers, printing_id: str, query: PageQuery
) -> tuple[list[Any], set[int], str | None]:
    """Return a page of a printing's sheets, the ids of those that died since, and the cursor."""
    refuse_unknown_parameters(request, PageQuery)
    request.auth.demand("issue")
    wanted = row_id(printing_id, what="printing")
    made = queries.printing(papers, scope=request.auth.scope, printing_id=wanted)
    rows, of = queries.sheets(papers, made), f"{papers.kind} of printing {made.pk}"
    found, cursor = page(rows, of=of, cursor=query.cursor, limit=query.limit)
    return found, queries.dead(papers, found), cursor


def _addressed(row: Any) -> dict[str, Any]:
    """Return what every sheet says of its recipient."""
    return {
        "id": str(row.pk),
        "number": row.place + 1,
        "tenant": str(row.paper.tenant_id),
        **row.recipient,
    }
