"""``/tenants``: adding, changing and reading people; their consent, and its revocation."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from ninja import Body, Path, Query, Router
from ninja.responses import Status

from tenantline.api import showing
from tenantline.api.access import ApiRequest, Caller
from tenantline.api.consent_shapes import Consent, Form, Revocation
from tenantline.api.described import answers
from tenantline.api.pages import page
from tenantline.api.problems import PREFIX
from tenantline.api.reading import moment, refuse_unknown_parameters
from tenantline.api.shapes import NewTenant, Tenant, TenantChanges, TenantPage, TenantQuery
from tenantline.consent import actions as consent_actions
from tenantline.consent import forms, people
from tenantline.consent import queries as consent
from tenantline.consent.people import UNSAID, Wanted
from tenantline.facilities import queries as facilities
from tenantline.kernel import phone
from tenantline.kernel.errors import BadInput, NotFound
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility

router = Router(tags=["Tenants"])
_NOT_DETAILS = {"facility", "name", "mobile", "unit", "units", "moved_out_at"}
_NOT_DETAILS |= {"cancel_pending_draft"}  # of AutoPay, an act and not a detail


@router.get(
    "/tenants",
    response={200: TenantPage},
    operation_id="listTenants",
    summary="List tenants",
    openapi_extra=answers(),
)
def list_tenants(request: ApiRequest, query: Query[TenantQuery]) -> TenantPage:
    """Newest first."""
    refuse_unknown_parameters(request, TenantQuery)
    caller = request.auth
    rows = people.listing(
        scope=caller.scope,
        now=caller.now,
        facility=facility_named(caller, query.facility) if query.facility else None,
        search=query.search or "",
        external_id=query.external_id or "",
        status=query.opt_in_status or "",
    )
    found, cursor = page(rows, of="tenants", cursor=query.cursor, limit=query.limit)
    items = [showing.tenant(row, caller.now) for row in found]
    return TenantPage(items=items, next_cursor=cursor)


@router.post(
    "/tenants",
    response={201: Tenant},
    operation_id="addTenant",
    summary="Add a tenant",
    openapi_extra=answers(409, body=True, codes="`duplicate`, with the tenant's `id`", made=201),
)
def add_tenant(
    request: ApiRequest, response: HttpResponse, wanted: Body[NewTenant]
) -> Status[Tenant]:
    """Adding a tenant opts nobody in: that takes the form, and START from the phone."""
    caller = request.auth
    caller.demand("edit_tenants")
    site = facility_named(caller, wanted.facility)
    added = people.add(
        facility=site,
        name=wanted.name,
        wanted=_wanted(wanted, site),
        by=caller.actor,
        now=caller.now,
    )
    shown = _shown(caller, str(added.pk))
    response["Location"] = f"{PREFIX}tenants/{shown.id}"
    return Status(201, shown)


@router.get(
    "/tenants/{tenant_id}",
    response={200: Tenant},
    operation_id="getTenant",
    summary="Read a tenant",
    openapi_extra=answers(404),
)
def get_tenant(request: ApiRequest, tenant_id: Path[str]) -> Tenant:
    """Read one tenant."""
    return _shown(request.auth, tenant_id)


@router.patch(
    "/tenants/{tenant_id}",
    response={200: Tenant},
    operation_id="changeTenant",
    summary="Change a tenant",
    openapi_extra=answers(404, 409, body=True, codes="`duplicate`, with the other tenant's `id`"),
)
def change_tenant(request: ApiRequest, tenant_id: Path[str], wanted: Body[TenantChanges]) -> Tenant:
    """Fields that are left out stay as they are. All of it is done, or nothing."""
    caller = request.auth
    caller.demand("edit_tenants")
    known = tenants.get(scope=caller.scope, tenant_id=tenant_id)
    changes = _wanted(wanted, known.facility)
    people.change(tenant=known, wanted=changes, by=caller.actor, now=caller.now)
    return _shown(caller, tenant_id)


@router.post(
    "/tenants/{tenant_id}/opt-in",
    response={201: Form},
    operation_id="issueOptInForm",
    summary="E-mail the opt-in form",
    openapi_extra=answers(
        404,
        409,
        codes="`no_email`, `no_mobile`, `no_line`, `moved_out` or `no_mail_server`",
    ),
)
def issue_form(request: ApiRequest, tenant_id: Path[str]) -> Status[Form]:
    """The link is in the e-mail alone; a newer one ends it."""
    caller = request.auth
    caller.demand("text")
    known = tenants.get(scope=caller.scope, tenant_id=tenant_id)
    issued = forms.issue(tenant=known, by=caller.actor, now=caller.now)
    return Status(201, showing.form(issued))


@router.get(
    "/tenants/{tenant_id}/consent",
    response={200: Consent},
    operation_id="getConsent",
    summary="Read a tenant's consent",
    openapi_extra=answers(404),
)
def get_consent(request: ApiRequest, tenant_id: Path[str]) -> Consent:
    """Whether, for what and since when the tenant may be texted."""
    request.auth.demand("text")
    return _consent(request.auth, tenant_id)


@router.post(
    "/tenants/{tenant_id}/revocation",
    response={201: Consent},
    operation_id="recordRevocation",
    summary="Record a revocation",
    openapi_extra=answers(404, body=True),
)
def record_revocation(
    request: ApiRequest, tenant_id: Path[str], revocation: Body[Revocation]
) -> Status[Consent]:
    """Record that the tenant withdrew consent by phone, e-mail, letter or at the counter.

    It ends every consent of the number, at every facility. Only a new form and START undo it.
    """
    caller = request.auth
    caller.demand("text")
    consent_actions.record_revocation(
        tenant=tenants.get(scope=caller.scope, tenant_id=tenant_id),
        medium=revocation.medium,
        note=revocation.note,
        by=caller.actor,
        now=caller.now,
    )
    return Status(201, _consent(caller, tenant_id))


def facility_named(caller: Caller, code: str) -> Facility:
    """Return the facility that a field or parameter names, or raise ``BadInput``."""
    try:
        return facilities.facility(scope=caller.scope, code=code)
    except NotFound as unknown:
        raise BadInput(unknown.sentence, field="facility") from unknown


def _shown(caller: Caller, tenant_id: str) -> Tenant:
    row = people.get(scope=caller.scope, tenant_id=tenant_id, now=caller.now)
    return showing.tenant(row, caller.now)


def _consent(caller: Caller, tenant_id: str) -> Consent:
    known = tenants.get(scope=caller.scope, tenant_id=tenant_id)
    return showing.consent(consent.of(tenant=known, scope=caller.scope, now=caller.now))


def _wanted(said: NewTenant | TenantChanges, site: Facility) -> Wanted:
    """Return what the caller named, and nothing else."""
    named: dict[str, Any] = said.model_dump(exclude_unset=True)
    details = {name: value for name, value in named.items() if name not in _NOT_DETAILS}
    if isinstance(said, TenantChanges) and "name" in named:
        details["name"] = said.name
    return Wanted(
        details=details,
        number=_number(said.mobile) if "mobile" in named else UNSAID,
        units=_units(said, named),
        moved_out_at=_end(said.moved_out_at, site) if "moved_out_at" in named else UNSAID,
        cancel_pending_draft=bool(named.get("cancel_pending_draft")),
    )


def _number(mobile: str | None) -> phone.Number | None:
    return phone.parse(mobile) if mobile else None


def _end(moved_out_at: str | None, site: Facility) -> datetime | None:
    if moved_out_at is None:
        return None
    return moment(moved_out_at, field="moved_out_at", day_in=site.timezone)


def _units(said: NewTenant | TenantChanges, named: dict[str, Any]) -> list[str] | None:
    if "unit" not in named:
        return (said.units or []) if "units" in named else None
    if "units" in named:
        raise BadInput("Name either units or unit, not both.", field="unit")
    return [said.unit] if said.unit else []
