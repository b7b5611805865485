"""R7: texts of a backup. Nobody knows what became of those that were not final in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery

from tenantline.facilities.models import Line
from tenantline.kernel.crypto import new_token
from tenantline.outbox.models import Attempt, Text

OPEN_IN_A_BACKUP: Final = ("queued", "sending", "unknown")
_AT_A_TIME: Final = 1_000


def make_unknown(*, made_at: datetime, now: datetime) -> int:
    """Make every text unknown that may have left since ``made_at``; return how many.

    Each is then looked for at the carrier like any other unknown text, also one that had never
    been attempted: it gets an attempt that began when the backup was made. One that the carrier
    had taken (``sent``) has its id and stays; its state is asked for. Needs the caller's
    transaction.
    """
    ids = list(Text.objects.filter(state__in=OPEN_IN_A_BACKUP).values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_A_TIME):
        some = ids[start : start + _AT_A_TIME]
        texts = Text.objects.filter(pk__in=some)
        texts.filter(line=None).update(line=Subquery(_likely_line()))
        Attempt.objects.filter(text__in=some).update(absent_since=None)
        Attempt.objects.bulk_create(
            Attempt(text_id=text_id, token=new_token(24), started_at=made_at)
            for text_id in texts.filter(state="queued").values_list("pk", flat=True)
        )
        texts.update(state="unknown", leased_by="", leased_until=None, waits_for="", next_at=now)
    return len(ids)


def still_unknown(*, before: datetime) -> tuple[int, int]:
    """Return how many texts of before this moment are looked for, and how many a person decides."""
    rows = Text.objects.filter(state="unknown", created_at__lt=before)
    doubtful = rows.filter(attempts__in=Attempt.objects.exclude(doubtful_sid="")).distinct().count()
    return rows.count() - doubtful, doubtful


def _likely_line() -> QuerySet[Line, Any]:
    """The line a waiting text left by, if it did: its facility's sending one, else the latest."""
    lines = Line.objects.filter(facility=OuterRef("facility"))
    return lines.order_by("-sending", "-connected_at").values("pk")[:1]
