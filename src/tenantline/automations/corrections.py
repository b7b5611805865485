"""The correction of a "thank you" that was texted for a payment which came back (PRODUCT 7.8).

It follows by itself, whether or not anybody has switched an automation on: the notice of the
returned payment is issued by the tenant's method. Where an automation issues a letter for that
return, its letter is the correction; a tenant never gets both. What an automation may still do is
waited for, and one that is switched leaves earlier returns alone, so neither overtakes the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q

from tenantline.automations import queries
from tenantline.automations.models import Automation, FailedCorrection, Firing, FiringState, Mode
from tenantline.automations.rules import LOOK_BACK
from tenantline.billing import actions as billing
from tenantline.billing import happened
from tenantline.billing.models import ReturnedPayment
from tenantline.kernel import clock
from tenantline.kernel.actor import system
from tenantline.kernel.errors import Refused, TenantlineError
from tenantline.letters import actions as letters
from tenantline.letters import returned
from tenantline.letters.models import Notice
from tenantline.recovery import queries as recovery

_log = structlog.get_logger(__name__)
_ACTOR: Final = system("automations")
_WHEN: Final = "payment_returned"
# A text that may still turn out never to have left is looked at again.
_THANKED: Final = ("sent", "delivered")


def step() -> int:
    """Issue the corrections that are due; return how many. Nothing is done in a recovery."""
    if recovery.current() is not None:
        return 0
    now = clock.now()
    due = [one.pk for one in _waiting(now)]
    return sum(_issued_safely(returned_id, now) for returned_id in due)


def _waiting(now: datetime) -> Iterator[ReturnedPayment]:
    """Yield the returns of the last days whose payment was thanked for by text."""
    restored = recovery.latest()
    since = now - LOOK_BACK
    if restored is not None:  # R7: what a restore took back may have been corrected before
        since = max(since, restored.ended_at or restored.restored_at)
    for one in happened.returned_anywhere(since=since):
        if _was_thanked(one) and not _told(one) and not _left_to_automation(one):
            yield one


def _was_thanked(one: ReturnedPayment) -> bool:
    """Tell whether a text has thanked for the payment: by automation, or by hand since then."""
    payment = one.payment
    if payment is None:
        return False
    by_hand = Q(
        cause="",
        letter__category="payment_received",
        issued_at__gte=payment.recorded_at,
        issued_at__lte=one.settled_at,
    )
    rows = Notice.objects.filter(tenant=payment.tenant_id, message__text__state__in=_THANKED)
    return rows.filter(by_hand | Q(cause=f"payment:{payment.pk}")).exists()


def _told(one: ReturnedPayment) -> bool:
    """Tell whether a notice of the return was issued, by whatever letter.

    Where the correction has failed, a letter that somebody issued by hand is one, too.
    """
    issued = Firing.objects.filter(
        automation__when=_WHEN, cause=_cause(one), state=FiringState.ISSUED
    )
    if issued.exists() or Notice.objects.filter(occasion=_occasion(one)).exists():
        return True
    failed = FailedCorrection.objects.filter(returned=one)
    return failed.filter(queries.TOLD_BY_HAND).exists()


def _left_to_automation(one: ReturnedPayment) -> bool:
    """Tell whether an automation is on that has not dealt with the return yet, and will."""
    acting = Automation.objects.filter(
        Q(facility=None) | Q(facility=one.facility_id),
        when=_WHEN,
        mode=Mode.ON,
        ended_at=None,
        since__lte=one.settled_at,
    )
    return acting.exclude(firings__cause=_cause(one)).exists()


def _issued_safely(returned_id: int, now: datetime) -> bool:
    """Issue one correction; what fails is noted for the desk and tried again, others go on."""
    try:
        with transaction.atomic():
            return _issued(returned_id, now)
    except Refused:
        return False  # a text has just come in from this number: in a moment
    except TenantlineError as error:
        _log.error("a correction could not be issued", returned=returned_id, why=error.sentence)
        noted = {"why": error.sentence[:300], "at": now}
        FailedCorrection.objects.update_or_create(returned_id=returned_id, defaults=noted)
        return False


def _issued(returned_id: int, now: datetime) -> bool:
    one = ReturnedPayment.objects.select_related("facility", "payment").get(pk=returned_id)
    if one.tenant_id is None:
        return False
    tenant = billing.locked(one.tenant_id)  # another worker may be at it
    if _told(one) or _left_to_automation(one):
        return False
    letter = returned.letter_for(one.facility, by=_ACTOR, now=now)
    occasion, cause = _occasion(one), _cause(one)
    letters.issue(letter=letter, tenant=tenant, by=_ACTOR, now=now, occasion=occasion, cause=cause)
    FailedCorrection.objects.filter(returned=one).delete()
    return True


def _cause(one: ReturnedPayment) -> str:
    return f"return:{one.pk}"


def _occasion(one: ReturnedPayment) -> str:
    """Return the occasion that automations name too: one letter tells of it once."""
    return f"{_WHEN}:0:{_cause(one)}"
