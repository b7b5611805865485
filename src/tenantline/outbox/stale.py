"""Texts that were sent a while ago and of which no callback has told the end (R9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tenantline.feed import actions as feed
from tenantline.outbox import settle
from tenantline.outbox.models import Text
from tenantline.recovery import queries as recoveries

FIRST_LOOK: Final = timedelta(minutes=10)
NEXT_LOOK: Final = timedelta(hours=1)
LAST_LOOK: Final = timedelta(days=3)  # some carriers never report; ``sent`` then stays the end


def stale(*, now: datetime, line_id: int | None = None, limit: int = 20) -> list[Text]:
    """Return texts that the carrier should be asked about now, longest silent first.

    With ``line_id``, those of that line of which the end is not known, however young: somebody
    asks for it.
    """
    rows = Text.objects.select_related("line", "clearance").filter(
        state="sent",
        carrier_sid__isnull=False,
        line__isnull=False,
        sent_at__gt=_since(now) - LAST_LOOK,
    )
    if line_id is None:
        rows = rows.filter(sent_at__lte=now - FIRST_LOOK, next_at__lte=now - FIRST_LOOK)
    else:
        rows = rows.filter(line_id=line_id)
    return list(rows.order_by("next_at")[:limit])


def _since(now: datetime) -> datetime:
    """R7: after a restore, texts are asked about that were young when the backup was made."""
    recovery = recoveries.current()
    return recovery.made_at if recovery else now


def look_later(*, text_id: int, now: datetime) -> None:
    """Leave a text alone for a while."""
    Text.objects.filter(pk=text_id, state="sent").update(next_at=now + NEXT_LOOK)


def refreshed(*, text_id: int, status: str, code: int | None, now: datetime) -> None:
    """Keep what the carrier said when it was asked: as a callback, it never moves backward."""
    with transaction.atomic():
        text = (
            Text.objects.select_for_update(of=("self",))
            .select_related("clearance", "line")
            .get(pk=text_id)
        )
        text.next_at = now + NEXT_LOOK
        settle.hear(text=text, status=status, code=code, now=now)
        feed.tell(facility_id=text.facility_id, topic="status", ref=text.pk, now=now)
