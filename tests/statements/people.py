"""Tenants to whom statements are issued, and what comes to their phones."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from tenantline.facilities.models import Facility
from tenantline.statements import issuing
from tenantline.statements.issuing import Issued
from tenantline.tenants import actions as tenants
from tenantline.tenants.models import Tenant
from tests import cast


def by_sms(who: Tenant, now: datetime) -> Tenant:
    """Switch *Statements by SMS* on for a tenant."""
    return tenants.change_details(tenant=who, by=cast.TESTER, now=now, statements_by_sms=True)


def agreed(site: Facility, now: datetime, name: str = "Olive Agreed") -> Tenant:
    """Add a tenant of unit B12 who gets statements by SMS and has agreed to that."""
    who = cast.tenant(site, name, units=["B12"])
    cast.opt_in(who)
    return by_sms(who, now)


def period_of(now: datetime, zone: str = "America/Chicago") -> str:
    """Return the month it is at a facility."""
    return f"{now.astimezone(ZoneInfo(zone)):%Y-%m}"


def issue(who: Tenant, now: datetime, **more: object) -> Issued:
    """Issue this month's statement."""
    period = str(more.pop("period", "")) or period_of(now)
    return issuing.issue(tenant=who, period=period, by=cast.TESTER, now=now, **more)  # type: ignore[arg-type]


def token_of(issued: Issued) -> str:
    """Return the token in the link that was texted."""
    assert issued.delivery.message is not None
    found = re.search(r"/s/([\w-]+)/", issued.delivery.message.body)
    assert found is not None
    return found[1]
