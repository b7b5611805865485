"""``/tenants/{id}/ledger-entries``: reading a tenant's account, and adding to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from django.http import HttpResponse
from ninja import Body, Header, Path, Query, Router
from ninja.responses import Status

from tenantline.api.access import ApiRequest
from tenantline.api.account_shapes import LedgerEntry, LedgerPage, NewLedgerEntry
from tenantline.api.described import answers
from tenantline.api.pages import page
from tenantline.api.problems import PREFIX
from tenantline.api.reading import day, refuse_unknown_parameters, row_id
from tenantline.api.shapes import PageQuery
from tenantline.billing import actions, queries
from tenantline.billing.actions import NewEntry
from tenantline.kernel.errors import BadInput, NotFound
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.billing.models import Entry

router = Router(tags=["Accounts"])


@router.get(
    "/tenants/{tenant_id}/ledger-entries",
    response={200: LedgerPage},
    operation_id="listLedgerEntries",
    summary="List the entries of a tenant's account",
    openapi_extra=answers(404),
)
def list_entries(request: ApiRequest, tenant_id: Path[str], query: Query[PageQuery]) -> LedgerPage:
    """In the order in which they were recorded, newest first."""
    refuse_unknown_parameters(request, PageQuery)
    known = tenants.get(scope=request.auth.scope, tenant_id=tenant_id)
    found, cursor = page(
        queries.of_tenant(known),
        of=f"ledger entries of {known.pk}",
        cursor=query.cursor,
        limit=query.limit,
    )
    return LedgerPage(items=[shown(row) for row in found], next_cursor=cursor)


@router.get(
    "/ledger-entries/{entry_id}",
    response={200: LedgerEntry},
    operation_id="getLedgerEntry",
    summary="Read an entry",
    openapi_extra=answers(404),
)
def get_entry(request: ApiRequest, entry_id: Path[str]) -> LedgerEntry:
    """Read one entry of an account."""
    found = row_id(entry_id, what="entry")
    return shown(queries.entry(scope=request.auth.scope, entry_id=found))


@router.post(
    "/tenants/{tenant_id}/ledger-entries",
    response={200: LedgerEntry, 201: LedgerEntry},
    operation_id="addLedgerEntry",
    summary="Add an entry to a tenant's account",
    openapi_extra=answers(
        404,
        409,
        body=True,
        codes="`already_reversed`, `not_reversible`, or `duplicate` with the entry's `id`",
        made=201,
    ),
)
def add_entry(
    request: ApiRequest,
    response: HttpResponse,
    tenant_id: Path[str],
    wanted: Body[NewLedgerEntry],
    idempotency_key: Annotated[
        str | None,
        Header(
            None,
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            description="Any words of yours that name this request. The same key with the same "
            "body gives the same entry (200), with another 422 `idempotency_mismatch`.",
        ),
    ] = None,
) -> Status[LedgerEntry]:
    """Entries are never changed: a mistake is undone by a reversal, which stands beside it."""
    caller = request.auth
    caller.demand("edit_tenants")
    made = actions.record(
        tenant=tenants.get(scope=caller.scope, tenant_id=tenant_id),
        new=_new(wanted),
        by=caller.actor,
        now=caller.now,
        request_key=f"{caller.key_owner}\x1f{idempotency_key}" if idempotency_key else "",
    )
    entry = shown(queries.entry(scope=caller.scope, entry_id=made.entry.pk))
    response["Location"] = f"{PREFIX}ledger-entries/{entry.id}"
    return Status(200 if made.repeated else 201, entry)


def _new(wanted: NewLedgerEntry) -> NewEntry:
    return NewEntry(
        kind=wanted.kind,
        amount_cents=wanted.amount_cents,
        day=day(wanted.date, field="date") if wanted.date else None,
        due_on=day(wanted.due_date, field="due_date") if wanted.due_date else None,
        memo=wanted.memo,
        reverses=_reversed(wanted.reverses),
        external_id=wanted.external_id or "",
        source="api",
    )


def _reversed(entry_id: str | None) -> int | None:
    if entry_id is None:
        return None
    try:
        return row_id(entry_id, what="entry")
    except NotFound:
        raise BadInput(actions.NO_SUCH, field="reverses") from None


def shown(row: Entry) -> LedgerEntry:
    """Show an entry as ``billing.queries`` loads one."""
    undone = getattr(row, "reversal", None)
    return LedgerEntry(
        id=str(row.pk),
        tenant=str(row.tenant_id),
        kind=row.kind,
        amount_cents=row.amount_cents,
        balance_effect_cents=row.effect_cents,
        date=row.date,
        due_date=row.due_on,
        memo=row.memo,
        reverses=str(row.reverses_id) if row.reverses_id else None,
        reversed_by=str(undone.pk) if undone else None,
        external_id=row.external_id,
        source=row.source,
        recorded_at=row.recorded_at,
        recorded_by=row.by_name,
    )
