"""Tenants with all that concerns them, as one thing: added, changed and listed in one go.

Contact data and rentals are ``tenants``' affair; a changed number and a move-out are facts of
consent too (R4, R15). What another program says about a tenant in one request is one act here: all
of it happens, in one transaction, or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from tenantline.billing import actions as billing
from tenantline.billing import autopay
from tenantline.consent import actions as consent
from tenantline.consent import queries as consent_queries
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import Scope
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.kernel.phone import Number
from tenantline.tenants import actions as tenant_actions
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant


class Unsaid(Enum):
    """Stands for what nobody said anything about, where None means "none"."""

    UNSAID = "unsaid"


UNSAID: Literal[Unsaid.UNSAID] = Unsaid.UNSAID
_BILLINGS: Final = ("balance_cents", "autopay_method", "autopay_day")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a tenant is to be like; what is left out stays as it is.

    ``details`` are those of ``tenants.actions.add_tenant``, and name, and what ``billing`` keeps:
    balance_cents, autopay_method, autopay_day. ``number`` None: no mobile number any more.
    ``units``: exactly these are rented. ``moved_out_at``: when the last rental ends or ended; None
    calls off a move-out that is still to come. ``cancel_pending_draft``: of AutoPay's.
    """

    details: Mapping[str, Any] = field(default_factory=dict)
    number: Number | Literal[Unsaid.UNSAID] | None = UNSAID
    units: Sequence[str] | None = None
    moved_out_at: datetime | Literal[Unsaid.UNSAID] | None = UNSAID
    cancel_pending_draft: bool = False

    @property
    def contact(self) -> dict[str, Any]:
        """Return the details that ``tenants`` keeps."""
        return {name: self.details[name] for name in self.details if name not in _BILLINGS}


def add(*, facility: Facility, name: str, wanted: Wanted, by: Actor, now: datetime) -> Tenant:
    """Add a tenant with number, units and, for one of the past, the end of the tenancy.

    Raises:
        BadInput: a value cannot be used; nothing was added.
        Conflict: the external id is taken at this facility; ``existing`` names the tenant.
    """
    number = wanted.number if wanted.number is not UNSAID else None
    try:
        with transaction.atomic():
            tenant = tenant_actions.add_tenant(
                facility=facility,
                name=name,
                number=number,
                units=wanted.units or (),
                by=by,
                now=now,
                **wanted.contact,
            )
            _put_account(tenant, wanted, by, now)
            if isinstance(wanted.moved_out_at, datetime):
                consent.move_out(tenant=tenant, at=wanted.moved_out_at, by=by, now=now)
    except IntegrityError as clash:
        raise _conflict(facility.pk, wanted, clash) from clash
    return tenant


def change(*, tenant: Tenant, wanted: Wanted, by: Actor, now: datetime) -> Tenant:
    """Change what ``wanted`` names; all of it or nothing.

    Units named anew begin before others end, so that moving from one unit to another never looks
    like moving out.

    Raises:
        BadInput: a value cannot be used; nothing was changed.
        Conflict: the external id is taken at this facility; ``existing`` names the tenant.
    """
    try:
        with transaction.atomic():
            tenant = Tenant.objects.select_for_update(of=("self",), no_key=True).get(pk=tenant.pk)
            if wanted.contact:
                tenant_actions.change_details(tenant=tenant, by=by, now=now, **wanted.contact)
            _put_account(tenant, wanted, by, now)
            if wanted.number is not UNSAID:
                consent.change_number(tenant=tenant, number=wanted.number, by=by, now=now)
            _change_rentals(tenant, wanted, by, now)
    except IntegrityError as clash:
        raise _conflict(tenant.facility_id, wanted, clash) from clash
    return tenant


def _put_account(tenant: Tenant, wanted: Wanted, by: Actor, now: datetime) -> None:
    said = wanted.details
    if "autopay_method" in said or "autopay_day" in said or wanted.cancel_pending_draft:
        autopay.change_method(
            tenant=tenant,
            method=said.get("autopay_method"),
            day=said.get("autopay_day", autopay.UNSAID),
            cancel_pending_draft=wanted.cancel_pending_draft,
            by=by,
            now=now,
        )
    if "balance_cents" in said:
        billing.state_balance(tenant=tenant, cents=said["balance_cents"], by=by, now=now)


def _change_rentals(tenant: Tenant, wanted: Wanted, by: Actor, now: datetime) -> None:
    leaves_at = wanted.moved_out_at if isinstance(wanted.moved_out_at, datetime) else None
    if wanted.moved_out_at is None:
        tenant_actions.keep_renting(tenant=tenant, by=by, now=now)
    if wanted.units is not None and (wanted.units or leaves_at is None):
        _set_units(tenant, wanted.units, by, now)
    if wanted.moved_out_at is None and not tenants.tenancy(tenant.pk, now).renting:
        raise BadInput(
            "This tenant has moved out; name the unit of the new rental.", field="moved_out_at"
        )
    if leaves_at is not None:
        consent.move_out(tenant=tenant, at=leaves_at, by=by, now=now)


def _set_units(tenant: Tenant, units: Sequence[str], by: Actor, now: datetime) -> None:
    named = {" ".join(unit.split()) for unit in units}
    rented = set(tenants.units(tenant.pk, now))
    for unit in sorted(named - rented):
        consent.move_in(tenant=tenant, unit=unit, by=by, now=now)
    for unit in sorted(rented - named):
        consent.move_out(tenant=tenant, at=now, by=by, now=now, unit=unit)


def _conflict(facility_id: int, wanted: Wanted, clash: IntegrityError) -> Exception:
    """Say which tenant got the external id a moment before us; any other clash is our fault."""
    external_id = str(wanted.details.get("external_id") or "").strip()
    known = tenants.by_external_id(facility_id, external_id) if external_id else None
    if known is None:
        return clash
    return Conflict(
        f"The id {external_id} belongs to another tenant of this facility.", existing=str(known.pk)
    )


def get(*, scope: Scope, tenant_id: str, now: datetime) -> Tenant:
    """Return one tenant as ``listing`` does, or raise ``NotFound``."""
    found = tenants.get(scope=scope, tenant_id=tenant_id)
    return listing(scope=scope, now=now).get(pk=found.pk)


def listing(
    *,
    scope: Scope,
    now: datetime,
    facility: Facility | None = None,
    search: str = "",
    external_id: str = "",
    status: str = "",
) -> QuerySet[Tenant]:
    """Return tenants in scope, newest first, as ``tenants.queries.listing`` loads them.

    Each has ``consent_status`` and ``consent_held``; ``status`` keeps those of one consent status.
    """
    rows = tenants.listing(scope=scope, search=search, facility=facility)
    rows = consent_queries.with_status(rows, now)
    if external_id:
        rows = rows.filter(external_id=external_id)
    if status:
        rows = rows.filter(Q(consent_status=status))
    return rows.order_by("-id")
