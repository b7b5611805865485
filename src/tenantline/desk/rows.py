"""A tenant as lists show one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.tenants.models import Tenant


@dataclass(frozen=True)
class TenantRow:
    """One row: the tenant, the units rented now, the mobile number (E.164, empty for none)."""

    tenant: Tenant
    units: list[str]
    number: str
    status: str
    held: bool


def tenant_rows(found: Iterable[Tenant], now: datetime) -> list[TenantRow]:
    """Return rows for tenants as ``tenants.queries.listing`` loads them."""
    return [_row(tenant, now) for tenant in found]


def _row(tenant: Tenant, now: datetime) -> TenantRow:
    periods = getattr(tenant, "current_periods", [])
    return TenantRow(
        tenant=tenant,
        units=tenants.unit_names(getattr(tenant, "all_rentals", []), now),
        number=periods[0].number if periods else "",
        status=getattr(tenant, "consent_status", "none"),
        held=bool(getattr(tenant, "consent_held", False)),
    )
