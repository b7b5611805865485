"""Reading what came back: whose payments, why, what waits for a person."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db.models import QuerySet

from tenantline.billing.autopay import NONE
from tenantline.billing.models import (
    Draft,
    Entry,
    ReturnedPayment,
    ReturnFile,
    ReturnFileState,
    ReturnState,
)
from tenantline.billing.reasons import CHANGES, REASONS, may_retry
from tenantline.facilities.scope import Scope
from tenantline.kernel.errors import NotFound
from tenantline.kernel.secrets import vault
from tenantline.tenants.models import Tenant

NOTHING_REVERSED: Final = "No payment was reversed for this return."


def of_facilities(scope: Scope) -> QuerySet[ReturnedPayment]:
    """Return what came back at the facilities in scope, newest first."""
    rows = ReturnedPayment.objects.select_related("tenant", "facility", "fee", "payment")
    return scope.narrow(rows).order_by("-id")


def of_tenant(tenant: Tenant) -> list[ReturnedPayment]:
    """Return a tenant's payments that came back, newest first."""
    rows = ReturnedPayment.objects.filter(tenant=tenant).select_related("payment", "fee")
    return list(rows.order_by("-id")[:20])


def waiting(scope: Scope) -> QuerySet[ReturnedPayment]:
    """Return what waits for a person: returns without a payment, changes to pass on."""
    return of_facilities(scope).filter(state__in=[ReturnState.OPEN, ReturnState.CHANGE])


def get(*, scope: Scope, returned_id: int) -> ReturnedPayment:
    """Return a return in scope, or raise ``NotFound``."""
    found = of_facilities(scope).filter(pk=returned_id).first()
    if found is None:
        raise NotFound("There is no such returned payment.")
    return found


def file(*, scope: Scope, file_id: int) -> ReturnFile:
    """Return a return file in scope, or raise ``NotFound``."""
    found = scope.narrow(ReturnFile.objects.select_related("facility")).filter(pk=file_id).first()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def files(scope: Scope, *, limit: int = 10) -> list[ReturnFile]:
    """Return the newest return files in scope."""
    rows = scope.narrow(ReturnFile.objects.select_related("facility"))
    return list(rows.exclude(state=ReturnFileState.CANCELLED).order_by("-id")[:limit])


def fitting(returned: ReturnedPayment) -> list[Entry]:
    """Return the payments of the return's facility that have its amount, newest first."""
    rows = Entry.objects.filter(
        facility_id=returned.facility_id,
        kind="payment",
        reversal=None,
        amount_cents=returned.amount_cents,
    )
    return list(rows.select_related("tenant").order_by("-date", "-id")[:50])


def corrected(returned: ReturnedPayment) -> str:
    """Return what a bank wants written instead, empty once it was passed on."""
    return vault().open(returned.corrected_sealed) if returned.corrected_sealed else ""


def words(returned: ReturnedPayment) -> str:
    """Return in plain words why a payment came back, or what a bank wants changed."""
    reason = REASONS.get(returned.reason)
    if reason is not None:
        return reason.words
    return CHANGES.get(returned.reason, "the bank gives a reason that is not known here")


def why_no_retry(returned: ReturnedPayment, *, today: date) -> str:
    """Return why a returned payment is not drawn again, empty where it may be."""
    first, tries = first_try(returned)
    if first is None:
        return NOTHING_REVERSED
    if first.retries.filter(tries__gt=tries).exclude(state="cancelled").exists():
        return "A further try is recorded already."
    why_not = may_retry(returned.reason, tries=tries, first_paid_on=first.date, on=today)
    if why_not or Tenant.objects.get(pk=first.tenant_id).autopay_method != NONE:
        return why_not
    return "The AutoPay method is NET: nothing is drawn."


def first_try(returned: ReturnedPayment) -> tuple[Entry | None, int]:
    """Return the payment that came back first, and how many times it was tried again since."""
    payment = returned.payment
    if payment is None:
        return None, 0
    draft = Draft.objects.select_related("retry_of").filter(payment=payment).first()
    if draft is None or draft.retry_of is None:
        return payment, 0
    return draft.retry_of, draft.tries
