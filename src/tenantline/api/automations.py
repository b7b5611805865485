"""``/automations``: which there are, and what came of them. They are set up at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja import Path, Query, Router

from tenantline.api.access import ApiRequest
from tenantline.api.automation_shapes import Automation, AutomationPage, Result, ResultPage
from tenantline.api.described import answers
from tenantline.api.pages import page
from tenantline.api.reading import refuse_unknown_parameters, row_id
from tenantline.api.shapes import PageQuery
from tenantline.automations import queries

if TYPE_CHECKING:
    from tenantline.automations.models import Automation as AutomationRow
    from tenantline.automations.models import Firing

router = Router(tags=["Automations"])


@router.get(
    "/automations",
    response={200: AutomationPage},
    operation_id="listAutomations",
    summary="List automations",
    openapi_extra=answers(),
)
def list_automations(request: ApiRequest, query: Query[PageQuery]) -> AutomationPage:
    """Those that act at the token's facilities. Newest first."""
    refuse_unknown_parameters(request, PageQuery)
    request.auth.demand("run")
    rows = queries.automations(scope=request.auth.scope)
    found, cursor = page(rows, of="automations", cursor=query.cursor, limit=query.limit)
    return AutomationPage(items=[_shown(row) for row in found], next_cursor=cursor)


@router.get(
    "/automations/{automation_id}/results",
    response={200: ResultPage},
    operation_id="listAutomationResults",
    summary="List what came of an automation",
    openapi_extra=answers(404),
)
def list_results(
    request: ApiRequest, automation_id: Path[str], query: Query[PageQuery]
) -> ResultPage:
    """What it issued, withheld or, simulated, would have issued. Newest first."""
    refuse_unknown_parameters(request, PageQuery)
    caller = request.auth
    caller.demand("run")
    wanted = row_id(automation_id, what="automation")
    found = queries.automation(scope=caller.scope, automation_id=wanted)
    rows = queries.firings(automation=found, scope=caller.scope)
    some, cursor = page(rows, of=f"automation {wanted}", cursor=query.cursor, limit=query.limit)
    return ResultPage(items=[_result(row) for row in some], next_cursor=cursor)


def _shown(row: AutomationRow) -> Automation:
    return Automation.model_validate(
        {
            "id": str(row.pk),
            "facility": row.facility.code if row.facility else None,
            "when": row.when,
            "days": row.days,
            "words": queries.words(row),
            "letter": str(row.letter_id),
            "mode": row.mode,
        }
    )


def _result(row: Firing) -> Result:
    return Result.model_validate(
        {
            "id": str(row.pk),
            "facility": row.facility.code,
            "tenant": str(row.tenant_id),
            "cause": row.cause,
            "state": row.state,
            "method": row.method or None,
            "reason": row.why or None,
            "notice": str(row.notice_id) if row.notice_id else None,
            "at": row.at,
        }
    )
