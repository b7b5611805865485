"""``/tenants/{id}/drafts``: what AutoPay is about to draw, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from ninja import Body, Path, Query, Router
from ninja.responses import Status

from tenantline.api.access import ApiRequest
from tenantline.api.account_shapes import Draft, DraftChange, DraftPage, NewDraft
from tenantline.api.described import answers
from tenantline.api.pages import page
from tenantline.api.problems import PREFIX
from tenantline.api.reading import day, refuse_unknown_parameters, row_id
from tenantline.api.shapes import PageQuery
from tenantline.billing import autopay
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.billing.models import Draft as DraftRow

router = Router(tags=["Accounts"])


@router.get(
    "/tenants/{tenant_id}/drafts",
    response={200: DraftPage},
    operation_id="listDrafts",
    summary="List AutoPay's drafts of a tenant",
    openapi_extra=answers(404),
)
def list_drafts(request: ApiRequest, tenant_id: Path[str], query: Query[PageQuery]) -> DraftPage:
    """Newest first; at most one is pending."""
    refuse_unknown_parameters(request, PageQuery)
    known = tenants.get(scope=request.auth.scope, tenant_id=tenant_id)
    rows, named = autopay.of_tenant(known), f"drafts of {known.pk}"
    found, cursor = page(rows, of=named, cursor=query.cursor, limit=query.limit)
    return DraftPage(items=[_shown(row) for row in found], next_cursor=cursor)


@router.post(
    "/tenants/{tenant_id}/drafts",
    response={201: Draft},
    operation_id="addDraft",
    summary="Record a pending draft",
    openapi_extra=answers(
        404,
        409,
        body=True,
        codes="`no_autopay`, or `draft_pending` with the draft's `id`",
        made=201,
    ),
)
def add_draft(
    request: ApiRequest, response: HttpResponse, tenant_id: Path[str], wanted: Body[NewDraft]
) -> Status[Draft]:
    """Nothing is drawn by this: whatever pays draws it, and says here what became of it."""
    caller = request.auth
    caller.demand("edit_tenants")
    made = autopay.plan(
        tenant=tenants.get(scope=caller.scope, tenant_id=tenant_id),
        amount_cents=wanted.amount_cents,
        draws_on=day(wanted.date, field="date"),
        by=caller.actor,
        now=caller.now,
    )
    response["Location"] = f"{PREFIX}drafts/{made.pk}"
    return Status(201, _shown(made))


@router.get(
    "/drafts/{draft_id}",
    response={200: Draft},
    operation_id="getDraft",
    summary="Read a draft",
    openapi_extra=answers(404),
)
def get_draft(request: ApiRequest, draft_id: Path[str]) -> Draft:
    """Read one draft."""
    found = row_id(draft_id, what="draft")
    return _shown(autopay.get(scope=request.auth.scope, draft_id=found))


@router.patch(
    "/drafts/{draft_id}",
    response={200: Draft},
    operation_id="settleDraft",
    summary="Say what became of a draft",
    openapi_extra=answers(404, 409, body=True, codes="`not_pending`"),
)
def settle_draft(request: ApiRequest, draft_id: Path[str], wanted: Body[DraftChange]) -> Draft:
    """Say that it was drawn, which records the payment, or that it was cancelled."""
    caller = request.auth
    caller.demand("edit_tenants")
    known = autopay.get(scope=caller.scope, draft_id=row_id(draft_id, what="draft"))
    settled = autopay.settle(draft=known, state=wanted.state, by=caller.actor, now=caller.now)
    return _shown(settled)


def _shown(row: DraftRow) -> Draft:
    return Draft.model_validate(
        {
            "id": str(row.pk),
            "tenant": str(row.tenant_id),
            "method": row.method,
            "amount_cents": row.amount_cents,
            "date": row.draws_on,
            "state": row.state,
            "payment": str(row.payment_id) if row.payment_id else None,
            "retry_of": str(row.retry_of_id) if row.retry_of_id else None,
            "created_at": row.created_at,
        }
    )
