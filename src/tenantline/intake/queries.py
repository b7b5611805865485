"""Reading stored calls."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from tenantline.intake.models import CallFile, InboundCall, LineReading, StatusCall

# A callback may come before our own commit of the SID; it waits this long to be matched.
EARLY_STATUS_WAITS = timedelta(hours=24)
DEAF_FOR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Missed:
    """Texts of the last day that came in while a web process listened, and that nobody handed us.

    Only a reading of the carrier's list has found them: the webhook is deaf. ``latest`` is when
    the newest came.
    """

    count: int
    latest: datetime


def missed(line_ids: Collection[int], now: datetime) -> dict[int, Missed]:
    """Return the lines among these whose webhook is deaf."""
    rows = _lately(line_ids, now).filter(missed=True).values_list("line_id")
    counted = rows.annotate(Count("id"), Max("received_at"))
    return {line_id: Missed(count, latest) for line_id, count, latest in counted}


def missed_calls(line_id: int, now: datetime, *, limit: int = 20) -> list[InboundCall]:
    """Return the texts that a deaf webhook has not handed to us, newest first."""
    return list(_lately([line_id], now).filter(missed=True).order_by("-received_at")[:limit])


def found_only(line_ids: Collection[int], now: datetime) -> int:
    """Return how many texts of the last day only a reading has found, our outages included."""
    return _lately(line_ids, now).filter(handed_at=None).count()


def last_handed(line_id: int) -> datetime | None:
    """Return when the carrier last called us with a text of this line, None if it never has."""
    rows = InboundCall.objects.filter(line_id=line_id, handed_at__isnull=False)
    newest = rows.order_by("-id").first()
    return newest.handed_at if newest else None


def _lately(line_ids: Collection[int], now: datetime) -> QuerySet[InboundCall]:
    return InboundCall.objects.filter(line__in=line_ids, received_at__gt=now - DEAF_FOR)


def differing(*, limit: int = 100) -> list[InboundCall]:
    """Return calls that came again under their MessageSid with other content, newest first."""
    rows = InboundCall.objects.filter(differs=True).select_related("line__facility")
    return list(rows.prefetch_related("others").order_by("-id")[:limit])


def file(file_id: int) -> CallFile | None:
    """Return a file that came with a text, None where there is none. Whose it is, ask its call."""
    return CallFile.objects.select_related("call__line").filter(pk=file_id).first()


def with_files(lookup: str) -> Prefetch[str, QuerySet[CallFile], str]:
    """Return how to load the files of calls with a list, without their bytes."""
    rows = CallFile.objects.select_related("content").defer("content__data")
    return Prefetch(lookup, queryset=rows)


def unread_from(number: str) -> list[int]:
    """R8: return ids of stored calls from this number that nobody has worked on, oldest first."""
    rows = InboundCall.objects.filter(sender=number, worked_at=None).order_by("id")
    return list(rows.values_list("pk", flat=True))


def unread_among(numbers: Collection[str]) -> set[str]:
    """R8: return those of these numbers from which a stored call has not been worked on."""
    rows = InboundCall.objects.filter(sender__in=numbers, worked_at=None)
    return set(rows.values_list("sender", flat=True))


def due(*, now: datetime, limit: int = 100) -> list[int]:
    """Return ids of unworked inbound calls that are due, oldest first."""
    rows = InboundCall.objects.filter(worked_at=None).filter(Q(next_at=None) | Q(next_at__lte=now))
    return list(rows.order_by("id").values_list("pk", flat=True)[:limit])


def unworked_statuses(*, limit: int = 200) -> list[StatusCall]:
    """Return status callbacks not yet applied, in the order they came."""
    return list(StatusCall.objects.filter(worked_at=None).order_by("id")[:limit])


def known_sids(sids: Collection[str]) -> set[str]:
    """Return those of these MessageSids that are stored already."""
    known: set[str] = set()
    wanted = list(sids)
    for start in range(0, len(wanted), 500):
        rows = InboundCall.objects.filter(message_sid__in=wanted[start : start + 500])
        known.update(rows.values_list("message_sid", flat=True))
    return known


def oldest_unworked(now: datetime) -> timedelta | None:
    """Return how long the oldest unworked inbound call has waited, None where none waits."""
    row = InboundCall.objects.filter(worked_at=None).order_by("id").first()
    return None if row is None else now - row.received_at


def readings(line_ids: Collection[int]) -> dict[int, LineReading]:
    """Return the last reading of each of these lines, by line id; none before the first."""
    return {row.line_id: row for row in LineReading.objects.filter(line_id__in=line_ids)}


def failing() -> list[InboundCall]:
    """Return inbound calls that could not be worked on, for staff to see."""
    return list(InboundCall.objects.filter(worked_at=None, attempts__gt=0).order_by("id")[:100])
