"""What letters say of a tenant's account: read from ``billing``, as one small value."""

from __future__ import annotations

from datetime import datetime

from tenantline.billing import queries as billing
from tenantline.kernel import phone
from tenantline.kernel.phone import Number
from tenantline.letters.fields import AccountView, People
from tenantline.tenants import postal
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant


def view(tenant: Tenant, now: datetime) -> AccountView:
    """Return a tenant's account as it is now. The tenant's facility must be loaded."""
    today = billing.today(tenant.facility, now)
    owed = billing.unpaid(tenant.pk)
    return AccountView(
        balance_cents=billing.balance_of(tenant.pk),
        overdue_cents=sum(one.open_cents for one in owed if one.charge.due_on < today),
        due_date=owed[0].charge.due_on if owed else None,
        paid_through=tenant.paid_through,
        autopay=tenant.autopay_method,
    )


def people(tenant: Tenant, now: datetime) -> People:
    """Return what letters say of a tenant and the facility."""
    site = tenant.facility
    return People(
        tenant_name=tenant.name,
        tenant_units=tuple(tenants.units(tenant.pk, now)),
        tenant_email=tenant.email,
        tenant_address=", ".join(postal.lines(tenant)),
        facility_name=site.name,
        facility_phone=phone.national(Number(site.phone)) if site.phone else "",
        facility_email=site.email,
        facility_address=", ".join(postal.lines(site)),
    )


def oldest_open_charge(tenant_id: int) -> int | None:
    """Return the charge that a reminder is due to, None where nothing is owed."""
    owed = billing.unpaid(tenant_id)
    return owed[0].charge.entry_id if owed else None
