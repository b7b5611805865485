"""What runs are told about statements: how a month is planned, how one tenant's is issued."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tenantline.billing import queries as billing
from tenantline.facilities.models import Facility
from tenantline.kernel.errors import Conflict, Refused
from tenantline.runs.actions import Order, actor_of
from tenantline.runs.trades import Held, Issued, Planned, Trade
from tenantline.statements import content, gathering, issuing, planning
from tenantline.tenants.delivery import Method, checked_method

_HELD: Final = {
    why.code: Held(why.code, why.sentence) for why in (planning.DONE, gathering.NOTHING)
}

if TYPE_CHECKING:
    from tenantline.runs.models import Item, Run


def order(
    *,
    facility: Facility,
    period: str,
    now: datetime,
    chosen: Collection[int] | None = None,
    method: str = "",
    key: str = "",
) -> Order:
    """Return what ``runs.actions.prepare`` takes, for a month's statements.

    Raises:
        BadInput: the period is no month, or has not begun; there is no such method.
    """
    content.checked_period(period, today=billing.today(facility, now))
    if method:
        checked_method(method)
    return Order(
        kind="statements", facility=facility, period=period, chosen=chosen, method=method, key=key
    )


def plan(run: Run, now: datetime) -> Iterator[Planned]:
    """Yield what a run would do for each of its tenants.

    Raises:
        BadInput: the run's period is no month, or has not begun.
    """
    return planning.planned(
        facility=run.facility,
        period=run.period,
        now=now,
        tenant_ids=run.chosen,
        method=_chosen(run),
    )


def issue_item(item: Item, now: datetime) -> Issued | Held:
    """Issue one tenant's statement. Needs the transaction that marks the item.

    Raises:
        Refused: ``unread_inbound``: in a moment; or the line was paused after the run was
            confirmed: it can be tried again, and nobody is sent paper because of that.
    """
    run = item.run
    try:
        made = issuing.issue(
            tenant=item.tenant,
            period=run.period,
            by=actor_of(run),
            now=now,
            chosen=_chosen(run),
            unless_empty=True,
        )
    except (Conflict, Refused) as said:
        held = _HELD.get(said.code)
        if held is None:
            raise
        return held
    delivery = made.delivery
    if item.method == "sms" and delivery.why_code == "line_paused":
        raise Refused(delivery.why_code, delivery.why)
    message = delivery.message
    return Issued(
        method=checked_method(delivery.method),
        ref=f"statement:{made.statement.pk}",
        why_code=delivery.why_code,
        why=delivery.why,
        segments=message.text.segments if message is not None and message.text else 0,
        message_id=delivery.message_id,
        email_id=delivery.email_id,
    )


def _chosen(run: Run) -> Method | None:
    return checked_method(run.method) if run.method else None


TRADE: Final = Trade(plan=plan, issue=issue_item)
