"""How fast a line sends. What of a day is used, the outbox counts."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.facilities.models import Line
from tenantline.feed import actions as feed
from tenantline.kernel import phone
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput
from tenantline.kernel.phone import Number

LONG_CODE: Final = 1.0  # segments a second
TOLL_FREE: Final = 3.0
DEAREST: Final = 10_000  # hundredths of a cent for a segment


def usual(number: str) -> float:
    """Return how many segments a second the carriers take from a number of this kind."""
    return TOLL_FREE if phone.is_toll_free(Number(number)) else LONG_CODE


def set_pace(*, line: Line, a_second: float, a_day: int | None, by: Actor, now: datetime) -> None:
    """Keep a line's segments a second, and in the record also its limit for a day.

    Needs the caller's transaction; ``outbox.pacing`` checks the figures and keeps the limit.
    """
    with transaction.atomic():
        line.segments_per_second = a_second
        line.save(update_fields=["segments_per_second"])
        audit.record(
            act="line.pace_set",
            by=by,
            now=now,
            facility_id=line.facility_id,
            subject=f"line:{line.pk}",
            number=line.number,
            a_second=f"{a_second:g}",
            a_day="" if a_day is None else str(a_day),
        )
        feed.tell(facility_id=line.facility_id, topic="line", ref=line.pk, now=now)


def set_price(*, line: Line, hundredths: int, by: Actor, now: datetime) -> None:
    """Say what a segment costs by a line, in hundredths of a cent; estimates use it.

    Raises:
        BadInput: a price that no carrier asks.
    """
    if not 0 <= hundredths <= DEAREST:
        raise BadInput("A segment costs between 0 and 100 cents.", field="price")
    if hundredths == line.segment_price:
        return
    with transaction.atomic():
        line.segment_price = hundredths
        line.save(update_fields=["segment_price"])
        audit.record(
            act="line.price_set",
            by=by,
            now=now,
            facility_id=line.facility_id,
            subject=f"line:{line.pk}",
            number=line.number,
            cents=f"{hundredths / 100:g}",
        )
        feed.tell(facility_id=line.facility_id, topic="line", ref=line.pk, now=now)
