"""R15: a consent without a text either way for 18 months is held until START comes.

What came in is intake's knowledge, what has left is the outbox's, which says so through ``Left``.
The gate asks at every text; what it would find is written into the ledger by a sweep, before a
request, and before a text that comes in could break the silence. From then on it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from tenantline.consent import ledger, rules
from tenantline.consent.ledger import Evidence
from tenantline.consent.models import Standing
from tenantline.consent.projection import refresh
from tenantline.intake.models import InboundCall
from tenantline.tenants.models import NumberPeriod, Tenant

# Returns when a text last left to each of these number periods; nothing for one that got none.
Left = Callable[[Collection[int]], Mapping[int, datetime]]


def silent_among(standings: Mapping[int, rules.Standing], *, left: Left, now: datetime) -> set[int]:
    """Return which of these number periods are silent by now, whether that was noted or not.

    Only where the newest START is old enough are the texts asked for.
    """
    began = {pk: rules.silent_from(standing) for pk, standing in standings.items()}
    old = {pk for pk, at in began.items() if at is not None and at <= now}
    if not old:
        return set()
    last = _last_texts(old, left=left)
    return {pk for pk in old if pk not in last or rules.is_silent(last[pk], now)}


def note(*, tenant: Tenant | None, left: Left, now: datetime, limit: int = 200) -> int:
    """Note that a tenant's consent has fallen silent, or (None) that anybody's has.

    Returns how many were looked at.
    """
    rows = _due(now)
    rows = rows.order_by("silent_from")[:limit] if tenant is None else rows.filter(tenant=tenant)
    return _note_all(rows, _Look(left, at=now, now=now))


def note_before(*, call: InboundCall, left: Left, now: datetime) -> None:
    """Note what was silent until this text came. Needs the caller's transaction."""
    if call.line is None:
        return
    at = call.received_at
    rows = _due(at).filter(period__number=call.sender, tenant__facility=call.line.facility_id)
    _note_all(rows, _Look(left, at=at, now=now))


@dataclass(frozen=True)
class _Look:
    """Who looks: what fell silent by ``at`` is noted ``now``."""

    left: Left
    at: datetime
    now: datetime

    def last_text(self, period: NumberPeriod, standing: rules.Standing) -> datetime | None:
        """Return when the last text went either way; a START that is not one of them counts."""
        texts = _last_texts([period.pk], left=self.left, before=self.at)
        known = [at for at in (texts.get(period.pk), standing.started_at) if at is not None]
        return max(known, default=None)


def _due(now: datetime) -> QuerySet[Standing]:
    rows = Standing.objects.select_related("tenant", "period")
    return rows.filter(silent_from__lte=now, period__ended_at=None)


def _note_all(rows: Iterable[Standing], look: _Look) -> int:
    found = [(row.tenant, row.period) for row in rows]
    for tenant, period in found:
        if period is not None:
            with transaction.atomic():
                _note(tenant, period, look)
    return len(found)


def _note(tenant: Tenant, period: NumberPeriod, look: _Look) -> None:
    ledger.lock()
    standing = rules.fold(ledger.facts_of(period))
    last = look.last_text(period, standing)
    if rules.silent_from(standing) is None or last is None:
        refresh(tenant, now=look.now)
    elif rules.is_silent(last, look.at):
        ledger.append(
            kind="fell_silent",
            at=look.now,
            evidence=Evidence(number=period.number),
            period=period,
            body={"last_text": last.isoformat()},
        )
        refresh(tenant, now=look.now)
    else:
        # A text has gone since the START: there is nothing to look for until that is old enough.
        Standing.objects.filter(pk=tenant.pk).update(silent_from=rules.silent_after(last))


def _last_texts(
    period_ids: Collection[int], *, left: Left, before: datetime | None = None
) -> dict[int, datetime]:
    """Return when the last text came in or left, by number period; nothing where none did.

    What came in counts when it is worked on: until then it has not broken the silence, and the
    gate lets nothing leave.
    """
    calls = InboundCall.objects.filter(
        sender=OuterRef("number"),
        line__facility=OuterRef("tenant__facility"),
        worked_at__isnull=False,
    )
    if before is not None:
        calls = calls.filter(received_at__lt=before)
    newest = calls.order_by("-received_at").values("received_at")[:1]
    rows = NumberPeriod.objects.filter(pk__in=period_ids).annotate(heard=Subquery(newest))
    heard = {pk: at for pk, at in rows.values_list("pk", "heard") if at is not None}
    gone = left(period_ids)
    return {
        pk: max(at for at in (heard.get(pk), gone.get(pk)) if at is not None)
        for pk in heard.keys() | gone.keys()
    }
