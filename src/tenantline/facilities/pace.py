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
from tenantline.kernel.phone import Number

LONG_CODE: Final = 1.0  # segments a second
TOLL_FREE: Final = 3.0


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
