"""What takes a text's place that was withheld: e-mail or print (PRODUCT's "Delivery method").

A statement goes by SMS only while consent for statements is active when the text leaves. Where it
has ended meanwhile, or the text became out of date, the statement has still not reached anybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from tenantline.kernel.actor import system
from tenantline.kernel.errors import Conflict, Refused
from tenantline.statements import issuing
from tenantline.statements.models import Delivery, Statement

_BY: Final = system("statements")
_LOOKS_BACK: Final = timedelta(days=7)  # a text is out of date long before
_AT_ONCE: Final = 20
_TAKEN_BACK: Final = "withdrawn"  # somebody sent another in its place


def send_instead(*, now: datetime) -> int:
    """Send statements by e-mail or print whose text was withheld; return how many."""
    waiting = _withheld(now).select_related("statement", "message__text")[:_AT_ONCE]
    return sum(_sent_instead(delivery, now) for delivery in waiting)


def _sent_instead(delivery: Delivery, now: datetime) -> bool:
    text = delivery.message.text if delivery.message else None
    try:
        with transaction.atomic():
            issuing.locked(delivery.statement.tenant_id)  # another worker may be at it
            if text is None or _has_later(delivery):
                return False
            issuing.send_in_place_of_text(
                statement=delivery.statement,
                code=text.reason_code,
                why=text.reason,
                by=_BY,
                now=now,
            )
    except (Conflict, Refused):
        return False  # a correction took its place meanwhile
    return True


def _withheld(now: datetime) -> QuerySet[Delivery]:
    newer = Statement.objects.filter(
        tenant=OuterRef("statement__tenant"),
        period=OuterRef("statement__period"),
        number__gt=OuterRef("statement__number"),
    )
    rows = Delivery.objects.filter(
        method="sms", at__gte=now - _LOOKS_BACK, message__text__state="withheld"
    )
    rows = rows.exclude(message__text__reason_code=_TAKEN_BACK)
    return rows.filter(~Exists(_later()), ~Exists(newer)).order_by("id")


def _later() -> QuerySet[Delivery]:
    return Delivery.objects.filter(statement=OuterRef("statement"), pk__gt=OuterRef("pk"))


def _has_later(delivery: Delivery) -> bool:
    rows = Delivery.objects.filter(statement=delivery.statement_id, pk__gt=delivery.pk)
    return rows.exists()
