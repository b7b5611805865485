"""Writing accounts: entries by hand and by program, reversals, balances as others state them.

The ledger only grows. What a tenant owes is the sum of the entries; the same sum is kept in the
tenant's row for lists, written here and in ``bulk`` alone, in the transaction of the entry.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from tenantline.audit import actions as audit
from tenantline.billing import queries, rules
from tenantline.billing.models import Entry, Terms
from tenantline.billing.rules import Source
from tenantline.facilities.models import Facility
from tenantline.feed import actions as feed
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict, Refused
from tenantline.kernel.money import format_cents
from tenantline.tenants.models import Tenant

_LONGEST_KEY = 255
NO_SUCH = "There is no such entry on this tenant's account."


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """An entry to be recorded, as it was given.

    ``day`` None: today at the facility. ``due_on``: of charges, None: ``day``. ``reverses``: the
    id of the entry that a reversal undoes; its amount may be left out (None).
    """

    kind: str
    amount_cents: int | None = None
    day: date | None = None
    due_on: date | None = None
    memo: str = ""
    reverses: int | None = None
    external_id: str = ""
    source: Source = field(default="desk", compare=False)


@dataclass(frozen=True)
class Recorded:
    """An entry on record; ``repeated``: the same request had recorded it before."""

    entry: Entry
    repeated: bool = False


def record(
    *, tenant: Tenant, new: NewEntry, by: Actor, now: datetime, request_key: str = ""
) -> Recorded:
    """Add an entry to a tenant's account.

    ``request_key`` (whose, and their key) makes a repeat give the same entry.

    Raises:
        BadInput: a value cannot be used; ``idempotency_mismatch``: the key was used otherwise.
        Conflict: the external id is taken at this facility; ``existing`` names the entry.
        Refused: ``already_reversed``, ``not_reversible``.
    """
    if len(request_key.partition("\x1f")[2] or request_key) > _LONGEST_KEY:
        raise BadInput("An idempotency key has at most 255 characters.", field="Idempotency-Key")
    try:
        return _record(tenant, new, by, now, request_key)
    except IntegrityError:
        # Somebody used the key or the external id a moment before us: now it is found.
        return _record(tenant, new, by, now, request_key)


def _record(tenant: Tenant, new: NewEntry, by: Actor, now: datetime, request_key: str) -> Recorded:
    digest = _digest(tenant, new)
    with transaction.atomic():
        tenant = locked(tenant.pk)
        known = _known(request_key, digest)
        if known is not None:
            return Recorded(known, repeated=True)
        values = _checked(tenant, new, now)
        if request_key:
            values |= {"request_key": request_key, "request_digest": digest}
        return Recorded(add(tenant=tenant, values=values, by=by, now=now))


def reverse(*, entry: Entry, by: Actor, now: datetime, memo: str = "") -> Entry:
    """Undo an entry by another of the same amount, dated today.

    Raises:
        Refused: ``already_reversed``, ``not_reversible``.
    """
    new = NewEntry(kind="reversal", reverses=entry.pk, memo=memo)
    return record(tenant=entry.tenant, new=new, by=by, now=now).entry


def state_balance(*, tenant: Tenant, cents: int, by: Actor, now: datetime) -> Entry | None:
    """Make the balance what another system or a person says it is (ADR 21).

    The difference becomes one charge or credit, dated today; None where there is none.

    Raises:
        BadInput: that is no balance.
    """
    cents = checked_balance(cents)
    with transaction.atomic():
        tenant = locked(tenant.pk)
        difference = cents - tenant.balance_cents
        if not difference:
            return None
        first = not Entry.objects.filter(tenant=tenant).exists()
        today = queries.today(tenant.facility, now)
        values = stated(difference, cents, first=first, today=today)
        return add(tenant=tenant, values=values, by=by, now=now)


def stated(difference: int, cents: int, *, first: bool, today: date) -> dict[str, Any]:
    """Return the entry that makes a balance ``cents``; ``first``: the account had no entry."""
    memo = "Balance brought forward" if first else f"Balance stated as {format_cents(cents)}"
    kind = "charge" if difference > 0 else "credit"
    return {
        "kind": kind,
        "amount_cents": abs(difference),
        "effect_cents": difference,
        "date": today,
        "due_on": today if kind == "charge" else None,
        "memo": memo,
        "source": "stated",
    }


def checked_balance(value: Any) -> int:
    """Return a balance in cents, or raise ``BadInput``."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**15:
        raise BadInput("The balance is a whole number of cents.", field="balance_cents")
    return value


def set_returned_fee(*, facility: Facility, cents: int, by: Actor, now: datetime) -> None:
    """Say what the facility charges for a returned payment; 0: nothing."""
    if isinstance(cents, bool) or not 0 <= cents <= 100_000:
        raise BadInput("The fee lies between $0.00 and $1,000.00.", field="returned_fee")
    with transaction.atomic():
        Terms.objects.update_or_create(facility=facility, defaults={"returned_fee_cents": cents})
        audit.record(
            act="facility.returned_fee_set",
            by=by,
            now=now,
            facility_id=facility.pk,
            subject=f"facility:{facility.pk}",
            fee=format_cents(cents),
        )


def locked(tenant_id: int) -> Tenant:
    """Return a tenant whose account nobody else writes before the transaction ends."""
    rows = Tenant.objects.select_related("facility")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=tenant_id)


def add(*, tenant: Tenant, values: dict[str, Any], by: Actor, now: datetime) -> Entry:
    """Append a checked entry and keep the sum. Needs ``locked`` and the caller's transaction."""
    entry = Entry.objects.create(
        tenant=tenant,
        facility_id=tenant.facility_id,
        recorded_at=now,
        by_kind=by.kind,
        by_ref=by.ref,
        by_name=by.name,
        **values,
    )
    effect = entry.effect_cents
    Tenant.objects.filter(pk=tenant.pk).update(balance_cents=F("balance_cents") + effect)
    tenant.balance_cents += effect
    _tell(entry, by, now)
    return entry


def _checked(tenant: Tenant, new: NewEntry, now: datetime) -> dict[str, Any]:
    """Return an entry's columns, all checked."""
    kind = rules.checked_kind(new.kind)
    today = queries.today(tenant.facility, now)
    day = rules.checked_day(new.day or today, today=today)
    if new.due_on is not None and kind != "charge":
        raise BadInput("Only a charge has a due date.", field="due_date")
    undone = _undone(tenant, new)
    amount = undone.amount_cents if undone else rules.checked_amount(new.amount_cents)
    effect = rules.effect(kind, amount, reversed_effect=undone.effect_cents if undone else 0)
    due_on = rules.checked_day(new.due_on or day, today=today, field="due_date")
    return {
        "kind": kind,
        "amount_cents": amount,
        "effect_cents": effect,
        "date": day,
        "due_on": due_on if kind == "charge" else None,
        "memo": rules.checked_memo(new.memo),
        "reverses": undone,
        "source": new.source,
        "external_id": _external_id(tenant, new.external_id),
    }


def _undone(tenant: Tenant, new: NewEntry) -> Entry | None:
    """Return the entry that a reversal undoes: of this tenant, no reversal, and not undone yet."""
    if new.kind != "reversal":
        if new.reverses is not None:
            raise BadInput("Only a reversal reverses another entry.", field="reverses")
        return None
    if new.reverses is None:
        raise BadInput("A reversal names the entry that it reverses.", field="reverses")
    rows = Entry.objects.filter(tenant=tenant, pk=new.reverses)
    found = rows.select_related("reversal").first() if abs(new.reverses) < 2**63 else None
    if found is None:
        raise BadInput(NO_SUCH, field="reverses")
    refuse_undoing(found)
    if new.amount_cents not in (None, found.amount_cents):
        raise BadInput(
            f"A reversal has the amount of what it reverses, {format_cents(found.amount_cents)}.",
            field="amount_cents",
        )
    return found


def refuse_undoing(entry: Entry) -> None:
    """Raise ``Refused`` where an entry cannot be reversed. Its ``reversal`` is loaded."""
    if entry.kind == "reversal":
        raise Refused("not_reversible", "A reversal is not reversed; record the entry anew.")
    if getattr(entry, "reversal", None) is not None:
        raise Refused("already_reversed", "This entry has been reversed already.")


def _external_id(tenant: Tenant, external_id: str) -> str | None:
    external_id = " ".join(external_id.replace("\x00", "").split())
    if not external_id:
        return None
    if len(external_id) > 80:
        raise BadInput("The external id is longer than 80 characters.", field="external_id")
    taken = Entry.objects.filter(facility_id=tenant.facility_id, external_id=external_id).first()
    if taken is not None:
        raise Conflict(
            f"The id {external_id} belongs to another entry of this facility.",
            existing=str(taken.pk),
        )
    return external_id


def _known(request_key: str, digest: str) -> Entry | None:
    if not request_key:
        return None
    known = Entry.objects.filter(request_key=request_key).first()
    if known is not None and known.request_digest != digest:
        raise BadInput(
            "This idempotency key was used for another entry.",
            code="idempotency_mismatch",
            field="Idempotency-Key",
        )
    return known


def _digest(tenant: Tenant, new: NewEntry) -> str:
    return hashlib.sha256(f"{tenant.pk}\x00{new}".encode()).hexdigest()


def _tell(entry: Entry, by: Actor, now: datetime) -> None:
    audit.record(
        act=f"ledger.{entry.kind}",
        by=by,
        now=now,
        facility_id=entry.facility_id,
        subject=f"tenant:{entry.tenant_id}",
        entry=str(entry.pk),
        amount=format_cents(entry.amount_cents),
    )
    feed.tell(facility_id=entry.facility_id, topic="tenant", ref=entry.tenant_id, now=now)
