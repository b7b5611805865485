"""The demo's accounts: rent charged and paid, statements by SMS switched on, a run that is done."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tenantline.billing import actions as billing
from tenantline.billing import queries as accounts
from tenantline.billing.actions import NewEntry
from tenantline.facilities.scope import EVERYWHERE
from tenantline.runs import actions as runs
from tenantline.runs.working import Shift
from tenantline.statements import trade as statements
from tenantline.tenants import actions as tenants
from tenantline.tenants import queries as tenant_queries

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility
    from tenantline.kernel.actor import Actor

_RENTS: Final = (9_900, 12_900, 17_400, 6_500)
_STEPS: Final = 1_000  # of a run; the demo's takes five


def build(*, facilities: dict[str, Facility], by: Actor, now: datetime) -> None:
    """Charge last month's and this month's rent, and issue Harbor's statements for last month."""
    for site in facilities.values():
        _charge(site, by, now)
    _issue(facilities["HARBOR"], by, now)


def _charge(site: Facility, by: Actor, now: datetime) -> None:
    this = accounts.today(site, now).replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    for number, tenant in enumerate(tenant_queries.listing(scope=EVERYWHERE).filter(facility=site)):
        tenants.change_details(tenant=tenant, statements_by_sms=True, by=by, now=now)
        if not tenant_queries.units(tenant.pk, now):
            continue
        rent = _RENTS[number % len(_RENTS)]
        for first in (last, this):
            _record(site, tenant.pk, "charge", rent, first, "Rent", by, now)
        if number % 3:
            _record(site, tenant.pk, "payment", rent, last + timedelta(days=4), "", by, now)
        if number % 3 == 1:
            paid = min(this + timedelta(days=3), accounts.today(site, now))
            _record(site, tenant.pk, "payment", rent, paid, "", by, now)


def _record(
    site: Facility,
    tenant_id: int,
    kind: str,
    cents: int,
    day: date,
    memo: str,
    by: Actor,
    now: datetime,
) -> None:
    tenant = tenant_queries.get(scope=EVERYWHERE, tenant_id=str(tenant_id))
    new = NewEntry(kind=kind, amount_cents=cents, day=day, memo=memo)
    billing.record(tenant=tenant, new=new, by=by, now=now)


def _issue(site: Facility, by: Actor, now: datetime) -> None:
    last = accounts.today(site, now).replace(day=1) - timedelta(days=1)
    order = statements.order(facility=site, period=f"{last:%Y-%m}", now=now)
    run = runs.prepare(order=order, by=by, now=now, confirmed=True).run
    shift = Shift({"statements": statements.TRADE})
    for _ in range(_STEPS):
        run.refresh_from_db()
        if run.state == "done":
            return
        shift.step()
