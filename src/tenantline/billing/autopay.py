"""AutoPay: by what and when a tenant pays, and the draft that is about to be drawn.

The draft itself is carried out by whatever pays; what becomes of it is recorded here. No card
data and no account numbers are kept: there is no field for them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, Literal

from django.db import transaction
from django.db.models import QuerySet

from tenantline.audit import actions as audit
from tenantline.billing import actions, queries, rules
from tenantline.billing.models import Draft, DraftState, Entry
from tenantline.facilities.scope import Scope
from tenantline.feed import actions as feed
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict, NotFound, Refused
from tenantline.kernel.money import format_cents
from tenantline.tenants.models import Tenant
from tenantline.tenants.rules import AUTOPAY_METHODS, checked_choice

NONE: Final = "NET"
Unsaid = Literal["unsaid"]
UNSAID: Final = "unsaid"


def change_method(
    *,
    tenant: Tenant,
    method: str | None = None,
    day: int | Unsaid | None = UNSAID,
    cancel_pending_draft: bool = False,
    by: Actor,
    now: datetime,
) -> Draft | None:
    """Change by what a tenant pays and on which day of the month; what is unsaid stays.

    A pending draft stays pending, whatever the method becomes, unless it is to be cancelled; it is
    returned where it still waits.

    Raises:
        BadInput: there is no such method or day.
    """
    if method is not None:
        checked_choice(method, AUTOPAY_METHODS, field="autopay_method")
    with transaction.atomic():
        tenant = actions.locked(tenant.pk)
        wanted = {
            "autopay_method": tenant.autopay_method if method is None else method,
            "autopay_day": tenant.autopay_day if day == UNSAID else checked_day(day),
        }
        if wanted["autopay_method"] == NONE:
            wanted["autopay_day"] = None
        _put(tenant, wanted, by, now)
        waits = pending(tenant.pk)
        if waits is not None and cancel_pending_draft:
            settle(draft=waits, state="cancelled", by=by, now=now)
            return None
        return waits


def checked_day(day: int | str | None) -> int | None:
    """Return a day of the month (None: none is set), or raise ``BadInput``.

    29 to 31 mean the month's last day where it is shorter.
    """
    if day is None:
        return None
    if isinstance(day, bool) or not isinstance(day, int) or not 1 <= day <= 31:
        raise BadInput("The AutoPay day is a day of the month, 1 to 31.", field="autopay_day")
    return day


def pending(tenant_id: int) -> Draft | None:
    """Return the tenant's pending draft, if any."""
    return Draft.objects.filter(tenant_id=tenant_id, state=DraftState.PENDING).first()


def of_tenant(tenant: Tenant) -> QuerySet[Draft]:
    """Return a tenant's drafts."""
    return Draft.objects.filter(tenant=tenant).select_related("tenant", "payment")


def get(*, scope: Scope, draft_id: int) -> Draft:
    """Return a draft in scope with its tenant, or raise ``NotFound``."""
    rows = scope.narrow(Draft.objects.select_related("tenant__facility", "payment"))
    found = rows.filter(pk=draft_id).first()
    if found is None:
        raise NotFound("There is no such draft.")
    return found


def plan(*, tenant: Tenant, amount_cents: int, draws_on: date, by: Actor, now: datetime) -> Draft:
    """Record that AutoPay is about to draw an amount on a day, by the tenant's method.

    Raises:
        BadInput: the amount or the day cannot be used.
        Refused: ``no_autopay``, the tenant's method is NET.
        Conflict: a draft is pending already; ``existing`` names it.
    """
    with transaction.atomic():
        tenant = actions.locked(tenant.pk)
        if tenant.autopay_method == NONE:
            raise Refused("no_autopay", "The AutoPay method is NET: nothing is drawn by itself.")
        return _planned(tenant, amount_cents, draws_on, by, now)


def plan_retry(*, payment: Entry, tries: int, draws_on: date, by: Actor, now: datetime) -> Draft:
    """Record that a returned payment's amount is drawn again; ``tries``: the how-manieth time.

    Called by ``returns``, which has asked whether it may be. Raises as ``plan``.
    """
    with transaction.atomic():
        tenant = actions.locked(payment.tenant_id)
        draft = _planned(tenant, payment.amount_cents, draws_on, by, now)
        draft.retry_of, draft.tries = payment, tries
        draft.save(update_fields=["retry_of", "tries"])
        return draft


def settle(*, draft: Draft, state: str, by: Actor, now: datetime) -> Draft:
    """Record what became of a pending draft: ``cancelled``, or ``done``, which is a payment.

    Raises:
        BadInput: a draft does not become that.
        Refused: ``not_pending``, it is over already.
    """
    checked_choice(state, (DraftState.CANCELLED, DraftState.DONE), field="state")
    with transaction.atomic():
        tenant = actions.locked(draft.tenant_id)
        draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        if draft.state != DraftState.PENDING:
            raise Refused("not_pending", f"This draft is {draft.get_state_display().lower()}.")
        if state == DraftState.DONE:
            draft.payment = _paid(tenant, draft, by, now)
        draft.state, draft.settled_at, draft.settled_by = state, now, by.name
        draft.save(update_fields=["state", "payment", "settled_at", "settled_by"])
        _tell(tenant, f"autopay.draft_{state}", by, now, draft=str(draft.pk))
    return draft


def note_returned(*, payment: Entry) -> None:
    """Say of the draft that a payment was, if any, that it came back. Needs a transaction."""
    Draft.objects.filter(payment=payment).update(state=DraftState.RETURNED)


def _planned(tenant: Tenant, amount_cents: int, draws_on: date, by: Actor, now: datetime) -> Draft:
    today = queries.today(tenant.facility, now)
    day = rules.checked_day(draws_on, today=today)
    amount = rules.checked_amount(amount_cents)
    waits = pending(tenant.pk)
    if waits is not None:
        raise Conflict(
            f"A draft of {format_cents(waits.amount_cents)} is pending already.",
            existing=str(waits.pk),
            code="draft_pending",
        )
    draft = Draft.objects.create(
        tenant=tenant,
        facility_id=tenant.facility_id,
        method=tenant.autopay_method,
        amount_cents=amount,
        draws_on=day,
        created_at=now,
        created_by=by.name,
    )
    said = {"draft": str(draft.pk), "amount": format_cents(amount), "draws_on": day.isoformat()}
    _tell(tenant, "autopay.draft_planned", by, now, **said)
    return draft


def _paid(tenant: Tenant, draft: Draft, by: Actor, now: datetime) -> Entry:
    day = min(draft.draws_on, queries.today(tenant.facility, now))
    values = {
        "kind": "payment",
        "amount_cents": draft.amount_cents,
        "effect_cents": -draft.amount_cents,
        "date": day,
        "memo": "AutoPay",
        "source": "autopay",
    }
    return actions.add(tenant=tenant, values=values, by=by, now=now)


def _put(tenant: Tenant, wanted: dict[str, str | int | None], by: Actor, now: datetime) -> None:
    changed = {name for name, value in wanted.items() if getattr(tenant, name) != value}
    if not changed:
        return
    Tenant.objects.filter(pk=tenant.pk).update(**wanted)
    said = {"method": wanted["autopay_method"], "day": wanted["autopay_day"]}
    _tell(tenant, "autopay.changed", by, now, **said)


def _tell(tenant: Tenant, act: str, by: Actor, now: datetime, **detail: Any) -> None:
    audit.record(
        act=act,
        by=by,
        now=now,
        facility_id=tenant.facility_id,
        subject=f"tenant:{tenant.pk}",
        **detail,
    )
    feed.tell(facility_id=tenant.facility_id, topic="tenant", ref=tenant.pk, now=now)
