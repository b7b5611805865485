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
from tenantline.letters import printing as letters
from tenantline.statements import prints as statements

if TYPE_CHECKING:
    from django.db.models import QuerySet

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
    request.auth.demand("issue")
    rows = letters.printings(scope=request.auth.scope)
    return _printings(request, rows, query, of="letter printings")


@router.get(
    "/statement-printings",
    response={200: PrintingPage},
    operation_id="listStatementPrintings",
    summary="List statements given to the printer",
    openapi_extra=answers(),
)
def list_statement_printings(request: ApiRequest, query: Query[PrintingQuery]) -> PrintingPage:
    """What was given to the printer together, by whom and when. Newest first."""
    request.auth.demand("issue")
    rows = statements.printings(scope=request.auth.scope)
    return _printings(request, rows, query, of="statement printings")


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
    refuse_unknown_parameters(request, PageQuery)
    request.auth.demand("issue")
    wanted = row_id(printing_id, what="printing")
    made = letters.printing(scope=request.auth.scope, printing_id=wanted)
    rows, of = letters.sheets(made), f"letters of printing {made.pk}"
    found, cursor = page(rows, of=of, cursor=query.cursor, limit=query.limit)
    items = [
        PrintedLetter(
            **_addressed(row, row.notice.tenant_id),
            notice=str(row.notice_id),
            letter=str(row.notice.letter_id),
            withdrawn=row.notice.withdrawn_at is not None,
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
    refuse_unknown_parameters(request, PageQuery)
    request.auth.demand("issue")
    wanted = row_id(printing_id, what="printing")
    made = statements.printing(scope=request.auth.scope, printing_id=wanted)
    rows, of = statements.sheets(made), f"statements of printing {made.pk}"
    found, cursor = page(rows, of=of, cursor=query.cursor, limit=query.limit)
    corrected = statements.corrected(found)
    items = [
        PrintedStatement(
            **_addressed(row, row.delivery.statement.tenant_id),
            period=row.delivery.statement.period,
            statement_number=row.delivery.statement.number,
            corrected=row.pk in corrected,
        )
        for row in found
    ]
    return PrintedStatementPage(items=items, next_cursor=cursor)


def _printings(
    request: ApiRequest, rows: QuerySet[Any], query: PrintingQuery, *, of: str
) -> PrintingPage:
    refuse_unknown_parameters(request, PrintingQuery)
    if query.facility:
        rows = rows.filter(facility=facility_named(request.auth, query.facility))
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


def _addressed(row: Any, tenant_id: int) -> dict[str, Any]:
    """Return what every sheet says of its recipient."""
    return {"id": str(row.pk), "number": row.place + 1, "tenant": str(tenant_id), **row.recipient}
