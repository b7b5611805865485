"""``/messages`` and ``/tenants/{id}/messages``: reading texts, and writing one to a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from django.http import HttpResponse
from ninja import Body, Header, Path, Query, Router
from ninja.responses import Status

from tenantline.api import showing
from tenantline.api.access import ApiRequest, Caller
from tenantline.api.described import answers
from tenantline.api.pages import page
from tenantline.api.problems import PREFIX
from tenantline.api.reading import moment, refuse_unknown_parameters, row_id
from tenantline.api.shapes import Message, MessagePage, MessageQuery, NewMessage, PageQuery
from tenantline.api.tenants import facility_named
from tenantline.conversations import actions as conversation_actions
from tenantline.conversations import queries as conversations
from tenantline.conversations.actions import Draft
from tenantline.facilities import queries as facilities
from tenantline.intake import files
from tenantline.kernel.actor import Actor
from tenantline.kernel.attachments import attachment
from tenantline.kernel.errors import BadInput, NotFound
from tenantline.staff import queries as staff
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tenantline.conversations.models import Message as MessageRow
    from tenantline.tenants.models import Tenant

router = Router(tags=["Messages"])
_REFUSALS = (
    "`no_consent`, `opted_out`, `number_changed`, `service_not_agreed`, `moved_out`, `held`, "
    "`mass_text`, `quiet_hours`, `line_paused` or `unread_inbound`"
)
_BYTES: Final = {
    "description": "The file.",
    "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
}
_MEDIA: Final[dict[str, Any]] = {"responses": answers(404)["responses"] | {200: _BYTES}}


@router.get(
    "/messages",
    response={200: MessagePage},
    operation_id="listMessages",
    summary="List texts of facilities",
    by_alias=True,
    openapi_extra=answers(),
)
def list_messages(request: ApiRequest, query: Query[MessageQuery]) -> MessagePage:
    """Everything that came to or left the facilities' lines, unknown senders and short codes too.

    Newest first.
    """
    refuse_unknown_parameters(request, MessageQuery)
    caller = request.auth
    caller.demand("text")
    site = facility_named(caller, query.facility) if query.facility else None
    rows = conversations.at_facilities(scope=caller.scope, facility=site)
    if query.status:
        rows = conversations.with_status(rows, query.status)
    if query.since:
        rows = conversations.at_or_after(rows, moment(query.since, field="since"))
    return _page(rows, query, of="messages")


@router.get(
    "/messages/{message_id}",
    response={200: Message},
    operation_id="getMessage",
    summary="Read a text",
    by_alias=True,
    openapi_extra=answers(404),
)
def get_message(request: ApiRequest, message_id: Path[str]) -> Message:
    """Read one text and how far it has come."""
    request.auth.demand("text")
    return _shown(request.auth, row_id(message_id, what="message"))


@router.get(
    "/messages/{message_id}/media/{nth}",
    operation_id="getMedia",
    summary="Read a picture or other file of a text",
    openapi_extra=_MEDIA,
)
def get_media(request: ApiRequest, message_id: Path[str], nth: Path[int]) -> HttpResponse:
    """The bytes, with the type that they were found to be. A text counts its files from 0."""
    request.auth.demand("text")
    pk = row_id(message_id, what="message")
    row = conversations.message(scope=request.auth.scope, message_id=pk)
    there = row.call.files.all() if row.call else ()
    file = next((one for one in there if one.nth == nth), None)
    content = files.content_of(file) if file else None
    if file is None or content is None:
        raise NotFound("There is no such file.")
    name = files.name_of(file, content.kind)
    return attachment(bytes(content.data), kind=content.kind, name=name)


@router.get(
    "/tenants/{tenant_id}/messages",
    response={200: MessagePage},
    operation_id="listTenantMessages",
    summary="List a tenant's texts",
    by_alias=True,
    openapi_extra=answers(404),
)
def list_tenant_messages(
    request: ApiRequest, tenant_id: Path[str], query: Query[PageQuery]
) -> MessagePage:
    """All texts with a tenant, those with earlier numbers too. Newest first."""
    refuse_unknown_parameters(request, PageQuery)
    caller = request.auth
    caller.demand("text")
    known = tenants.get(scope=caller.scope, tenant_id=tenant_id)
    rows = conversations.for_tenant(tenant=known)
    return _page(rows, query, of=f"messages of {known.pk}")


@router.post(
    "/tenants/{tenant_id}/messages",
    response={200: Message, 201: Message},
    operation_id="sendMessage",
    summary="Write a text to a tenant",
    by_alias=True,
    openapi_extra=answers(404, 409, body=True, codes=_REFUSALS, made=201),
)
def send_message(
    request: ApiRequest,
    response: HttpResponse,
    tenant_id: Path[str],
    wanted: Body[NewMessage],
    idempotency_key: Annotated[
        str | None,
        Header(
            None,
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            description="Any words of yours that name this request. The same key with the same "
            "body gives the same text (200), with another 422 `idempotency_mismatch`.",
        ),
    ] = None,
) -> Status[Message]:
    """The text is queued (201) or refused (409): nobody is texted who has not opted in.

    To one tenant at a time; the same words to many are refused (`mass_text`).
    """
    caller = request.auth
    caller.demand("text")
    tenant = tenants.get(scope=caller.scope, tenant_id=tenant_id)
    sent = conversation_actions.send(
        tenant=tenant,
        draft=Draft(
            body=wanted.body,
            automatic=wanted.on_behalf_of is None,
            quiet_hours_reason=wanted.quiet_hours_reason or "",
            idempotency_key=idempotency_key or "",
        ),
        by=_writer(caller, wanted.on_behalf_of, tenant),
        now=caller.now,
        key_owner=caller.key_owner,
    )
    shown = _shown(caller, sent.message.pk)
    response["Location"] = f"{PREFIX}messages/{shown.id}"
    return Status(200 if sent.repeated else 201, shown)


def _writer(caller: Caller, username: str | None, tenant: Tenant) -> Actor:
    """Return who is shown as the sender: the token, or a staff member of the tenant's facility."""
    if username is None:
        return caller.actor
    member = staff.by_username(username)
    if member is None or not facilities.scope_of(member).covers(tenant.facility_id):
        raise BadInput(
            "There is no active staff member of this username at the tenant's facility.",
            field="on_behalf_of",
        )
    return staff.actor_for(member)


def _shown(caller: Caller, message_id: int) -> Message:
    return showing.message(conversations.message(scope=caller.scope, message_id=message_id))


def _page(rows: QuerySet[MessageRow], query: PageQuery, *, of: str) -> MessagePage:
    found, cursor = page(rows, of=of, cursor=query.cursor, limit=query.limit)
    return MessagePage(items=[showing.message(row) for row in found], next_cursor=cursor)
