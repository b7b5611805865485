"""The demo's accounts: rent charged and paid, AutoPay, payments that came back, a finished run."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tenantline.automations import actions as automations
from tenantline.billing import actions as billing
from tenantline.billing import autopay, returns
from tenantline.billing import queries as accounts
from tenantline.billing.actions import NewEntry
from tenantline.facilities.scope import EVERYWHERE
from tenantline.letters import queries as letters
from tenantline.runs import actions as runs
from tenantline.runs.working import Shift
from tenantline.statements import trade as statements
from tenantline.tenants import actions as tenants
from tenantline.tenants import queries as tenant_queries

if TYPE_CHECKING:
    from tenantline.billing.models import Entry
    from tenantline.facilities.models import Facility
    from tenantline.kernel.actor import Actor
    from tenantline.tenants.models import Tenant

_RENTS: Final = (9_900, 12_900, 17_400, 6_500)
_STREETS: Final = ("Cedar Street", "Juniper Lane", "Mill Road")
_FEE_CENTS: Final = 2_500
_STEPS: Final = 1_000  # of a run; the demo's takes five


def build(*, facilities: dict[str, Facility], by: Actor, now: datetime) -> None:
    """Charge last month's and this month's rent, and issue Harbor's statements for last month.

    AutoPay is about to draw one tenant's rent; two payments came back, one for good. Automations
    are tried, simulated.
    """
    for site in facilities.values():
        _automate(site, by, now)
        _charge(site, by, now)
    _pay_by_autopay(facilities, by, now)
    _issue(facilities["HARBOR"], by, now)


def _charge(site: Facility, by: Actor, now: datetime) -> None:
    this = accounts.today(site, now).replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    for number, tenant in enumerate(tenant_queries.listing(scope=EVERYWHERE).filter(facility=site)):
        _complete(tenant, number, by, now)
        if not tenant_queries.units(tenant.pk, now):
            continue
        rent = _RENTS[number % len(_RENTS)]
        firsts = [first for first in (last, this) if first > tenant.created_at.date()]
        for first in firsts:
            _record(tenant, "charge", rent, first, "Rent", by, now)
        if number % 3 and last in firsts:
            _record(tenant, "payment", rent, last + timedelta(days=4), "", by, now)
        if number % 3 == 1 and this in firsts:
            paid = min(this + timedelta(days=3), accounts.today(site, now))
            _record(tenant, "payment", rent, paid, "", by, now)


def _complete(tenant: Tenant, number: int, by: Actor, now: datetime) -> None:
    site = tenant.facility
    address = {
        "street": f"{101 + 14 * number} {_STREETS[number % len(_STREETS)]}",
        "city": site.city,
        "state": site.state,
        "postal_code": site.postal_code,
    }
    tenants.change_details(tenant=tenant, statements_by_sms=True, by=by, now=now, **address)


def _record(
    tenant: Tenant, kind: str, cents: int, day: date, memo: str, by: Actor, now: datetime
) -> Entry:
    tenant = tenant_queries.get(scope=EVERYWHERE, tenant_id=str(tenant.pk))
    new = NewEntry(kind=kind, amount_cents=cents, day=day, memo=memo)
    return billing.record(tenant=tenant, new=new, by=by, now=now).entry


def _automate(site: Facility, by: Actor, now: datetime) -> None:
    billing.set_returned_fee(facility=site, cents=_FEE_CENTS, by=by, now=now)
    by_name = {one.name: one for one in letters.letters(scope=EVERYWHERE)}
    began = now - timedelta(days=1)
    for when, days, name in (
        ("payment_returned", 0, "Payment returned"),
        ("autopay_draws", 3, "AutoPay draws soon"),
    ):
        made = automations.add(
            when=when, days=days, letter=by_name[name], facility=site, by=by, now=began
        )
        automations.switch(automation=made, mode="simulated", by=by, now=began)


def _pay_by_autopay(facilities: dict[str, Facility], by: Actor, now: datetime) -> None:
    """Theo's draft is pending; Nora's came back and may be tried again; Gus's bank said no."""
    today = accounts.today(facilities["LAMAR"], now)
    draws = today + timedelta(days=3)
    theo = _named("Theo Brandt")
    autopay.change_method(tenant=theo, method="card", day=draws.day, by=by, now=now)
    autopay.plan(tenant=theo, amount_cents=_RENTS[0], draws_on=draws, by=by, now=now)
    for name, code in (("Nora Pelletier", "R01"), ("Gus Lindqvist", "R02")):
        tenant = _named(name)
        autopay.change_method(tenant=tenant, method="bank", day=5, by=by, now=now)
        rent = accounts.of_tenant(tenant).filter(kind="charge").first()
        cents = rent.amount_cents if rent else _RENTS[0]
        paid = _record(tenant, "payment", cents, today, "AutoPay, bank draft", by, now)
        returns.record(payment=paid, code=code, by=by, now=now)


def _named(name: str) -> Tenant:
    return tenant_queries.listing(scope=EVERYWHERE).get(name=name)


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
