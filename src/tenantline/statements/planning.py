"""Who would get a month's statement, by which method and why: for the preview of a run.

Reads a few hundred tenants at a time, so that ten thousand take neither long nor much memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from django.conf import settings

from tenantline.billing import queries as billing
from tenantline.consent import cleared
from tenantline.facilities.models import Facility
from tenantline.outbox import queries as outbox
from tenantline.runs.trades import Planned
from tenantline.statements import content, gathering, queries, texting
from tenantline.statements.gathering import NOTHING, Account
from tenantline.statements.models import Statement
from tenantline.tenants import queries as tenants
from tenantline.tenants.delivery import Method, Refusal, Way
from tenantline.tenants.models import Tenant

_TOGETHER: Final = 250
DONE: Final = Refusal("already_issued", "The statement for this month was issued already.")


def planned(
    *,
    facility: Facility,
    period: str,
    now: datetime,
    tenant_ids: Collection[int] | None = None,
    method: Method | None = None,
) -> Iterator[Planned]:
    """Yield for each tenant of a facility (or these of them) what a run for a month would do.

    Who has moved out and owes nothing is left out. In the order of their ids. ``method`` is one
    that was chosen for all.

    Raises:
        BadInput: the period is no month, or has not begun.
    """
    content.checked_period(period, today=billing.today(facility, now))
    return _planned(facility, period, now, tenant_ids, method)


def _planned(
    facility: Facility,
    period: str,
    now: datetime,
    tenant_ids: Collection[int] | None,
    method: Method | None,
) -> Iterator[Planned]:
    after = 0
    while some := _next(facility, after, tenant_ids):
        after = some[-1].pk
        yield from _of(some, period, now, method, everybody=tenant_ids is None)


def _next(facility: Facility, after: int, tenant_ids: Collection[int] | None) -> list[Tenant]:
    rows = Tenant.objects.filter(facility=facility, pk__gt=after).order_by("pk")
    if tenant_ids is not None:
        wanted = sorted(pk for pk in tenant_ids if pk > after)[:_TOGETHER]
        rows = rows.filter(pk__in=wanted)
    return list(rows.select_related("facility")[:_TOGETHER])


def _of(
    some: list[Tenant], period: str, now: datetime, method: Method | None, *, everybody: bool
) -> Iterator[Planned]:
    refused = outbox.refusals(asked=some, purpose="statement", now=now)
    tenancies = tenants.tenancies([tenant.pk for tenant in some], now)
    issued = Statement.objects.filter(tenant__in=some, period=period)
    known = set(issued.values_list("tenant_id", flat=True))
    for account in gathering.accounts(some, period=period, now=now):
        pk = account.tenant.pk
        nothing = account.says_nothing
        if nothing and everybody and not tenancies[pk].renting:
            continue
        if pk in known or nothing:
            yield _held(pk, DONE if pk in known else NOTHING)
            continue
        yield _going(account, period, now, method, refused.get(pk))


def _held(tenant_id: int, why: Refusal) -> Planned:
    return Planned(tenant_id, None, why.code, why.sentence)


def _going(
    account: Account,
    period: str,
    now: datetime,
    method: Method | None,
    refused: cleared.Refusal | None,
) -> Planned:
    not_cleared = Refusal(refused.code, refused.sentence) if refused else None
    no_sms = not_cleared or queries.cannot_ask(account.tenant, account.units)
    way = queries.decided(account, chosen=method, no_sms=no_sms)
    why = way.why
    return Planned(
        account.tenant.pk,
        way.method,
        why.code if why else "",
        why.sentence if why else "",
        _segments(account, period, way, now),
    )


def _segments(account: Account, period: str, way: Way, now: datetime) -> int:
    if way.method != "sms":
        return 0
    said = gathering.made(account, period=period, number=1, now=now)
    return texting.cost(said, public_url=settings.PUBLIC_URL).segments
