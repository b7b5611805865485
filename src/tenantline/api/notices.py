"""``/letters`` and ``/notices``: which letters there are, and issuing one to a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from django.http import HttpResponse
from ninja import Body, Header, Path, Query, Router
from ninja.responses import Status

from tenantline.api.access import ApiRequest
from tenantline.api.described import answers
from tenantline.api.notice_shapes import (
    Letter,
    LetterPage,
    NewNotice,
    Notice,
    NoticePage,
    NoticeQuery,
    Passed,
)
from tenantline.api.pages import page
from tenantline.api.problems import PREFIX
from tenantline.api.reading import refuse_unknown_parameters
from tenantline.api.shapes import PageQuery
from tenantline.api.tenants import facility_named
from tenantline.kernel.errors import BadInput, NotFound
from tenantline.letters import actions, queries
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.letters.models import Letter as LetterRow
    from tenantline.letters.models import Notice as NoticeRow
    from tenantline.tenants.models import Tenant

router = Router(tags=["Letters"])


@router.get(
    "/letters",
    response={200: LetterPage},
    operation_id="listLetters",
    summary="List letters",
    openapi_extra=answers(),
)
def list_letters(request: ApiRequest, query: Query[PageQuery]) -> LetterPage:
    """Those in use, of the token's facilities and for all. Newest first."""
    refuse_unknown_parameters(request, PageQuery)
    rows = queries.letters(scope=request.auth.scope)
    found, cursor = page(rows, of="letters", cursor=query.cursor, limit=query.limit)
    numbers = queries.current_numbers(found)
    return LetterPage(items=[_letter(row, numbers[row.pk]) for row in found], next_cursor=cursor)


@router.get(
    "/notices",
    response={200: NoticePage},
    operation_id="listNotices",
    summary="List notices",
    openapi_extra=answers(),
)
def list_notices(request: ApiRequest, query: Query[NoticeQuery]) -> NoticePage:
    """Letters issued to tenants, one by one, in runs and by automations. Newest first."""
    refuse_unknown_parameters(request, NoticeQuery)
    rows = queries.all_notices(scope=request.auth.scope)
    if query.facility:
        rows = rows.filter(facility=facility_named(request.auth, query.facility))
    if query.tenant:
        rows = rows.filter(tenant=_tenant(request, query.tenant))
    found, cursor = page(rows, of="notices", cursor=query.cursor, limit=query.limit)
    return NoticePage(items=[shown(row) for row in found], next_cursor=cursor)


@router.get(
    "/notices/{notice_id}",
    response={200: Notice},
    operation_id="getNotice",
    summary="Read a notice",
    openapi_extra=answers(404),
)
def get_notice(request: ApiRequest, notice_id: Path[str]) -> Notice:
    """Read one notice and how far it has come."""
    return shown(queries.notice(scope=request.auth.scope, notice_id=notice_id))


@router.post(
    "/notices",
    response={200: Notice, 201: Notice},
    operation_id="issueNotice",
    summary="Issue a letter to a tenant",
    openapi_extra=answers(409, body=True, codes="`cause_gone` or `unread_inbound`", made=201),
)
def issue_notice(
    request: ApiRequest,
    response: HttpResponse,
    wanted: Body[NewNotice],
    idempotency_key: Annotated[
        str | None,
        Header(
            None,
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            description="Any words of yours that name this request. The same key with the same "
            "body gives the same notice (200), with another 422 `idempotency_mismatch`.",
        ),
    ] = None,
) -> Status[Notice]:
    """It goes by the method wanted, or by the next of e-mail and print where that is not possible.

    A field that stands for nothing is 422 `empty_field`, and nothing is issued.
    """
    caller = request.auth
    caller.demand("issue")
    made = actions.issue(
        letter=_named(request, wanted.letter),
        tenant=_tenant(request, wanted.tenant),
        method=wanted.method,
        key=f"{caller.key_owner}\x1f{idempotency_key}" if idempotency_key else "",
        by=caller.actor,
        now=caller.now,
    )
    notice = shown(queries.notice(scope=caller.scope, notice_id=made.notice.pk))
    response["Location"] = f"{PREFIX}notices/{notice.id}"
    return Status(200 if made.repeated else 201, notice)


def _tenant(request: ApiRequest, tenant_id: str) -> Tenant:
    try:
        return tenants.get(scope=request.auth.scope, tenant_id=tenant_id)
    except NotFound as error:
        raise BadInput(error.sentence, field="tenant") from None


def _named(request: ApiRequest, letter_id: str) -> LetterRow:
    try:
        return queries.letter(scope=request.auth.scope, letter_id=letter_id)
    except NotFound as error:
        raise BadInput(error.sentence, field="letter") from None


def _letter(row: LetterRow, version: int) -> Letter:
    return Letter.model_validate(
        {
            "id": str(row.pk),
            "name": row.name,
            "category": row.category,
            "legal_class": row.legal_class,
            "method": row.method or None,
            "facility": row.facility.code if row.facility else None,
            "version": version,
        }
    )


def shown(row: NoticeRow) -> Notice:
    """Show a notice as ``letters.queries`` loads one."""
    status, _ = queries.state(row)
    passed = [
        Passed(method=one["method"], code=one["code"], reason=one["sentence"])
        for one in row.skipped
    ]
    return Notice.model_validate(
        {
            "id": str(row.pk),
            "tenant": str(row.tenant_id),
            "letter": str(row.letter_id),
            "letter_version": row.version.number,
            "method": row.method,
            "wanted_method": row.wanted,
            "wanted_by": row.say,
            "passed_over": passed,
            "status": status,
            "message": str(row.message_id) if row.message_id else None,
            "issued_at": row.issued_at,
            "issued_by": row.issued_by,
        }
    )
