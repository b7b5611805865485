"""``/returned-payments``: what came back, why, and what followed; recording one by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from ninja import Body, Path, Query, Router
from ninja.responses import Status

from tenantline.api.access import ApiRequest
from tenantline.api.described import answers
from tenantline.api.pages import page
from tenantline.api.problems import PREFIX
from tenantline.api.reading import refuse_unknown_parameters, row_id
from tenantline.api.return_shapes import NewReturn, ReturnedPayment, ReturnPage, ReturnQuery
from tenantline.api.tenants import facility_named
from tenantline.billing import queries, returned, returns
from tenantline.kernel.errors import BadInput, NotFound

if TYPE_CHECKING:
    from tenantline.billing.models import Entry
    from tenantline.billing.models import ReturnedPayment as ReturnRow

router = Router(tags=["Accounts"])


@router.get(
    "/returned-payments",
    response={200: ReturnPage},
    operation_id="listReturnedPayments",
    summary="List returned payments",
    openapi_extra=answers(),
)
def list_returned(request: ApiRequest, query: Query[ReturnQuery]) -> ReturnPage:
    """Those of the token's facilities, by file and by hand, newest first."""
    refuse_unknown_parameters(request, ReturnQuery)
    rows = returned.of_facilities(request.auth.scope)
    if query.facility:
        rows = rows.filter(facility=facility_named(request.auth, query.facility))
    if query.state:
        rows = rows.filter(state=query.state)
    found, cursor = page(rows, of="returned payments", cursor=query.cursor, limit=query.limit)
    return ReturnPage(items=[shown(row) for row in found], next_cursor=cursor)


@router.get(
    "/returned-payments/{returned_id}",
    response={200: ReturnedPayment},
    operation_id="getReturnedPayment",
    summary="Read a returned payment",
    openapi_extra=answers(404),
)
def get_returned(request: ApiRequest, returned_id: Path[str]) -> ReturnedPayment:
    """Read one returned payment."""
    found = row_id(returned_id, what="returned payment")
    return shown(returned.get(scope=request.auth.scope, returned_id=found))


@router.post(
    "/returned-payments",
    response={201: ReturnedPayment},
    operation_id="recordReturnedPayment",
    summary="Record that a payment came back",
    openapi_extra=answers(409, body=True, codes="`already_reversed` or `not_a_payment`", made=201),
)
def record(
    request: ApiRequest, response: HttpResponse, wanted: Body[NewReturn]
) -> Status[ReturnedPayment]:
    """The payment is reversed and the fee charged; a dead authorisation switches AutoPay to NET.

    A payment comes back once: the same again is 409 `already_reversed`, and nothing is done.
    """
    caller = request.auth
    caller.demand("edit_tenants")
    made = returns.record(
        payment=_payment(request, wanted.payment),
        code=wanted.reason,
        by=caller.actor,
        now=caller.now,
    )
    response["Location"] = f"{PREFIX}returned-payments/{made.pk}"
    return Status(201, shown(returned.get(scope=caller.scope, returned_id=made.pk)))


def _payment(request: ApiRequest, entry_id: str) -> Entry:
    try:
        found = row_id(entry_id, what="entry")
        return queries.entry(scope=request.auth.scope, entry_id=found)
    except NotFound as error:
        raise BadInput(error.sentence, field="payment") from None


def shown(row: ReturnRow) -> ReturnedPayment:
    """Show a returned payment as ``billing.returned`` loads one."""
    return ReturnedPayment.model_validate(
        {
            "id": str(row.pk),
            "facility": row.facility.code,
            "tenant": str(row.tenant_id) if row.tenant_id else None,
            "payment": str(row.payment_id) if row.payment_id else None,
            "reason": row.reason,
            "reason_words": returned.words(row),
            "state": row.state,
            "why_open": row.why_open or None,
            "amount_cents": row.amount_cents,
            "reversal": str(row.reversal_id) if row.reversal_id else None,
            "fee": str(row.fee_id) if row.fee_id else None,
            "fee_cents": row.fee.amount_cents if row.fee else 0,
            "autopay_ended": row.autopay_ended,
            "draft_cancelled": str(row.draft_cancelled_id) if row.draft_cancelled_id else None,
            "from_file": row.file_id is not None,
            "original_trace": row.original_trace or None,
            "recorded_at": row.recorded_at,
            "settled_at": row.settled_at,
            "settled_by": row.settled_by or None,
        }
    )
