"""Payments that came back: the payment reversed, the fee charged, a dead authorisation ended.

Nothing is sent from here. ``ReturnedPayment`` is the fact that automations read later.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from django.db import transaction
from django.db.models import Q

from tenantline.audit import actions as audit
from tenantline.billing import actions, autopay, matching, nacha, queries
from tenantline.billing.matching import Found
from tenantline.billing.models import (
    Draft,
    Entry,
    ReturnedPayment,
    ReturnFile,
    ReturnFileState,
    ReturnState,
)
from tenantline.billing.nacha import Change, Return
from tenantline.billing.reasons import REASONS, Reason
from tenantline.billing.returned import NOTHING_REVERSED, first_try, why_no_retry
from tenantline.facilities.models import Facility
from tenantline.feed import actions as feed
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Refused
from tenantline.kernel.secrets import vault
from tenantline.tenants.models import Tenant

_TWICE = "Another return of this file names the same payment."


@dataclass(frozen=True, slots=True)
class Follows:
    """What follows from a return: shown before it is done, and done then."""

    reason: Reason
    fee_cents: int
    ends_autopay: bool
    pending: Draft | None


@dataclass(frozen=True, slots=True)
class Looked:
    """A return of a file as it would be taken. ``payment`` None: a person has to look."""

    back: Return
    payment: Entry | None
    why_not: str
    follows: Follows | None
    known: bool


def upload(
    *, facility: Facility, name: str, content: bytes, by: Actor, now: datetime
) -> ReturnFile:
    """Keep a return file to be looked at; the same file again is the one that is kept.

    Raises:
        Damaged: something about the file is not as it must be; nothing is kept.
    """
    read = nacha.read(content)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        file, new = ReturnFile.objects.get_or_create(
            facility=facility,
            digest=digest,
            defaults={
                "file_name": PurePath(name.replace("\x00", "")).name[:200] or "returns.ach",
                "content_sealed": vault().seal(content.decode("ascii")),
                "made_on": read.made_on,
                "bank": read.bank,
                "uploaded_at": now,
                "uploaded_by": by.name,
            },
        )
        if not new and file.state == ReturnFileState.CANCELLED:
            file.state = ReturnFileState.CHECKED
            file.content_sealed = vault().seal(content.decode("ascii"))
            file.save(update_fields=["state", "content_sealed"])
    return file


def looked_at(file: ReturnFile) -> tuple[list[Looked], list[Change]]:
    """Return what applying a file would do. Reads only.

    Raises:
        Refused: ``not_waiting``, the file was applied or cancelled.
    """
    read = _content(file)
    found: list[Looked] = []
    taken: set[int] = set()
    for back in read.returns:
        one = _looked(file, back)
        payment_id = one.payment.pk if one.payment and not one.known else None
        if payment_id in taken:
            one = Looked(back, None, _TWICE, None, known=False)
        elif payment_id is not None:
            taken.add(payment_id)
        found.append(one)
    return found, list(read.changes)


def apply(*, file: ReturnFile, by: Actor, now: datetime) -> None:
    """Take every return of a file: one short transaction each, so it can be gone on with.

    Raises:
        Refused: ``not_waiting``, the file was applied or cancelled.
    """
    read = _content(file)
    for back in read.returns:
        with transaction.atomic():
            _take(file, back, by, now)
    for change in read.changes:
        with transaction.atomic():
            _note_change(file, change, now)
    with transaction.atomic():
        rows = ReturnFile.objects.filter(pk=file.pk, state=ReturnFileState.CHECKED)
        rows.update(state=ReturnFileState.APPLIED, applied_at=now, content_sealed="")
        _record("returns.applied", file.facility_id, by, now, file=file.file_name)


def cancel(*, file: ReturnFile, by: Actor, now: datetime) -> None:
    """Forget a file that is not to be applied."""
    with transaction.atomic():
        rows = ReturnFile.objects.filter(pk=file.pk, state=ReturnFileState.CHECKED)
        if rows.update(state=ReturnFileState.CANCELLED, content_sealed=""):
            _record("returns.cancelled", file.facility_id, by, now, file=file.file_name)


def follows(*, payment: Entry, code: str) -> Follows:
    """Return what follows if a payment comes back for this reason.

    Raises:
        BadInput: there is no such reason.
        Refused: ``not_a_payment``, ``already_reversed``.
    """
    reason = REASONS.get(code)
    if reason is None:
        unknown = f"{code[:20]} is no reason for which a tenant's payment comes back."
        raise BadInput(unknown if code else "Choose why the payment came back.", field="reason")
    if payment.kind != "payment":
        raise Refused("not_a_payment", "Only a payment can come back.")
    actions.refuse_undoing(payment)
    tenant = Tenant.objects.get(pk=payment.tenant_id)
    fee = queries.returned_fee_cents(payment.facility_id) if reason.costs_fee else 0
    on = tenant.autopay_method != autopay.NONE
    pending = autopay.pending(tenant.pk) if reason.ends_autopay else None
    return Follows(reason, fee, reason.ends_autopay and on, pending)


def record(*, payment: Entry, code: str, by: Actor, now: datetime) -> ReturnedPayment:
    """Record by hand that a payment came back. Raises as ``follows``."""
    with transaction.atomic():
        actions.locked(payment.tenant_id)
        row = ReturnedPayment(
            facility_id=payment.facility_id, amount_cents=payment.amount_cents, recorded_at=now
        )
        return _come_back(row, payment, code, by, now)


def assign(*, returned: ReturnedPayment, payment: Entry, by: Actor, now: datetime) -> None:
    """Say which payment a return is about that waits for a person.

    Raises:
        BadInput: the payment has another amount or is of another facility.
        Refused: ``not_waiting``; and as ``follows``.
    """
    with transaction.atomic():
        actions.locked(payment.tenant_id)
        row = _waiting(returned)
        if payment.facility_id != row.facility_id or payment.amount_cents != row.amount_cents:
            raise BadInput("That payment has another amount.", field="payment")
        _come_back(row, payment, row.reason, by, now)


def set_aside(*, returned: ReturnedPayment, by: Actor, now: datetime) -> None:
    """Say that a return needs nothing, or that a change was passed on; its data are wiped.

    Raises:
        Refused: ``not_waiting``.
    """
    with transaction.atomic():
        row = _waiting(returned)
        noted = row.state == ReturnState.CHANGE
        row.state = ReturnState.NOTED if noted else ReturnState.DISMISSED
        row.corrected_sealed, row.settled_at, row.settled_by = "", now, by.name
        row.save()
        _settle_elsewhere(row, now=now)
        _record("returns.set_aside", row.facility_id, by, now, reason=row.reason)


def retry(*, returned: ReturnedPayment, draws_on: date, by: Actor, now: datetime) -> Draft:
    """Plan to draw a returned payment's amount again, at most twice, for R01 and R09 only.

    Raises:
        BadInput: the day is over already.
        Refused: ``no_retry``.
        Conflict: a draft is pending already.
    """
    with transaction.atomic():
        first, tries = first_try(returned)
        if first is None:
            raise Refused("no_retry", NOTHING_REVERSED)
        tenant = actions.locked(first.tenant_id)
        if draws_on < queries.today(tenant.facility, now):
            raise BadInput("Choose today or a later day.", field="date")
        # Asked under the lock: two people may press at once, or press an old page again.
        if why_not := why_no_retry(returned, today=draws_on):
            raise Refused("no_retry", why_not)
        return autopay.plan_retry(payment=first, tries=tries + 1, draws_on=draws_on, by=by, now=now)


def _content(file: ReturnFile) -> nacha.ReturnFile:
    if file.state != ReturnFileState.CHECKED:
        raise Refused("not_waiting", f"This file was {file.get_state_display().lower()} already.")
    return nacha.read(vault().open(file.content_sealed).encode("ascii"))


def _looked(file: ReturnFile, back: Return) -> Looked:
    known = _taken_before(file, back)
    found = _found(file, back)
    payment = Entry.objects.select_related("tenant").filter(pk=found.payment_id).first()
    then = follows(payment=payment, code=back.reason) if payment and not known else None
    return Looked(back, payment, found.why_not, then, known)


def _found(file: ReturnFile, back: Return) -> Found:
    near = matching.candidates(file.facility, back, made_on=file.made_on)
    return matching.judge(back, near)


def _taken_before(file: ReturnFile, item: Return | Change) -> bool:
    """Tell whether an item was taken here, or has been dealt with at another facility.

    A bank writes one file for a company, which may have several facilities.
    """
    over = (ReturnState.APPLIED, ReturnState.NOTED)
    rows = ReturnedPayment.objects.filter(identity=_identity(item))
    return rows.filter(Q(facility_id=file.facility_id) | Q(state__in=over)).exists()


def _settle_elsewhere(row: ReturnedPayment, *, now: datetime) -> None:
    """Let nobody at another facility wait for what was dealt with here."""
    if not row.identity:
        return
    rows = ReturnedPayment.objects.filter(identity=row.identity).exclude(pk=row.pk)
    if row.state == ReturnState.APPLIED:
        why = "Its payment was found at another facility."
        waiting = rows.filter(state=ReturnState.OPEN)
        waiting.update(state=ReturnState.DISMISSED, settled_at=now, why_open=why)
    elif row.state == ReturnState.NOTED:
        waiting = rows.filter(state=ReturnState.CHANGE)
        waiting.update(state=ReturnState.NOTED, settled_at=now, corrected_sealed="")


def _identity(item: Return | Change) -> str:
    return hashlib.sha256("\n".join(item.seal_words).encode()).hexdigest()


def _row(file: ReturnFile, item: Return | Change, code: str, now: datetime) -> ReturnedPayment:
    return ReturnedPayment(
        facility_id=file.facility_id,
        file=file,
        identity=_identity(item),
        reason=code,
        amount_cents=item.amount_cents,
        individual_id=item.individual_id,
        individual_name=item.individual_name,
        original_trace=item.original_trace,
        recorded_at=now,
    )


def _take(file: ReturnFile, back: Return, by: Actor, now: datetime) -> None:
    """Take one return, unless it was taken before. Needs a transaction."""
    # One file at a time at a facility, so that the same return in two files is taken once.
    Facility.objects.select_for_update(no_key=True).get(pk=file.facility_id)
    if _taken_before(file, back):
        return
    row = _row(file, back, back.reason, now)
    found = _found(file, back)
    if not found.payment_id:
        row.state, row.why_open = ReturnState.OPEN, found.why_not[:200]
        row.save()
        return
    payment = Entry.objects.select_related("reversal").get(pk=found.payment_id)
    actions.locked(payment.tenant_id)
    _come_back(row, payment, back.reason, by, now)


def _note_change(file: ReturnFile, change: Change, now: datetime) -> None:
    if _taken_before(file, change):
        return
    row = _row(file, change, change.change, now)
    row.state, row.corrected_sealed = ReturnState.CHANGE, vault().seal(change.corrected)
    row.save()


def _come_back(
    row: ReturnedPayment, payment: Entry, code: str, by: Actor, now: datetime
) -> ReturnedPayment:
    """Do what follows, and keep it. Needs the tenant ``locked`` and a transaction."""
    payment = Entry.objects.select_related("reversal").get(pk=payment.pk)
    then = follows(payment=payment, code=code)
    tenant = actions.locked(payment.tenant_id)
    row.tenant, row.payment, row.reason = tenant, payment, code
    row.reversal = _reversed(tenant, payment, then, by, now)
    row.fee = _fee(tenant, then, by, now) if then.fee_cents else None
    autopay.note_returned(payment=payment)
    if then.ends_autopay or then.pending:
        autopay.change_method(
            tenant=tenant, method=autopay.NONE, cancel_pending_draft=True, by=by, now=now
        )
    row.autopay_ended, row.draft_cancelled = then.ends_autopay, then.pending
    row.state, row.why_open = ReturnState.APPLIED, ""
    row.settled_at, row.settled_by = now, by.name
    row.save()
    _settle_elsewhere(row, now=now)
    _record("returns.recorded", tenant.facility_id, by, now, tenant=tenant, reason=code)
    return row


def _reversed(tenant: Tenant, payment: Entry, then: Follows, by: Actor, now: datetime) -> Entry:
    values = {
        "kind": "reversal",
        "amount_cents": payment.amount_cents,
        "effect_cents": -payment.effect_cents,
        "date": queries.today(tenant.facility, now),
        "memo": f"Payment came back: {then.reason.words} ({then.reason.code})"[:200],
        "reverses": payment,
        "source": "return",
    }
    return actions.add(tenant=tenant, values=values, by=by, now=now)


def _fee(tenant: Tenant, then: Follows, by: Actor, now: datetime) -> Entry:
    today = queries.today(tenant.facility, now)
    values = {
        "kind": "charge",
        "amount_cents": then.fee_cents,
        "effect_cents": then.fee_cents,
        "date": today,
        "due_on": today,
        "memo": "Fee for a returned payment",
        "source": "return",
    }
    return actions.add(tenant=tenant, values=values, by=by, now=now)


def _waiting(returned: ReturnedPayment) -> ReturnedPayment:
    row = ReturnedPayment.objects.select_for_update().get(pk=returned.pk)
    if row.state not in (ReturnState.OPEN, ReturnState.CHANGE):
        raise Refused("not_waiting", "Somebody has dealt with this already.")
    return row


def _record(
    act: str,
    facility_id: int,
    by: Actor,
    now: datetime,
    *,
    tenant: Tenant | None = None,
    **detail: str,
) -> None:
    subject = f"tenant:{tenant.pk}" if tenant else f"facility:{facility_id}"
    audit.record(act=act, by=by, now=now, facility_id=facility_id, subject=subject, **detail)
    if tenant is not None:
        feed.tell(facility_id=facility_id, topic="tenant", ref=tenant.pk, now=now)
