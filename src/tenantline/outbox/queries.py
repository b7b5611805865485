"""Reading the outbox."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from tenantline.consent import gate
from tenantline.consent.cleared import Refusal
from tenantline.consent.services import Purpose
from tenantline.facilities.models import Facility, Line
from tenantline.facilities.scope import EVERYWHERE, Scope
from tenantline.kernel import phone
from tenantline.kernel.phone import Number
from tenantline.outbox import pacing
from tenantline.outbox.models import Text, WorkerBeat
from tenantline.outbox.quiet_hours import Hours
from tenantline.tenants.models import Tenant

BEAT_IS_FRESH = timedelta(seconds=15)


def hours_for(tenant: Tenant, facility: Facility, number: Number) -> Hours:
    """R6: return the hours that hold for a tenant's number.

    They are shared by the facility's zone and by the one that staff confirmed for the tenant's
    address, or else by all that the number's prefix may mean.
    """
    theirs = frozenset({tenant.timezone}) if tenant.timezone else phone.zones(number)
    return Hours(
        opens=facility.window_opens,
        closes=facility.window_closes,
        on_sunday=facility.texts_on_sunday,
        zones=theirs | {facility.timezone},
    )


def queued_for(number: str) -> QuerySet[Text]:
    """Return texts that wait to leave for a number."""
    return Text.objects.filter(state="queued", clearance__number=number)


def last_left(period_ids: Collection[int]) -> dict[int, datetime]:
    """Return when a text last left to each of these number periods, as the gate asks (R15)."""
    rows = Text.objects.filter(clearance__period_id__in=period_ids, sent_at__isnull=False)
    last = rows.order_by().values_list("clearance__period_id").annotate(Max("sent_at"))
    return dict(last)


def refusals(*, asked: Collection[Tenant], purpose: Purpose, now: datetime) -> dict[int, Refusal]:
    """Say which of these tenants could not be texted now, and why, for a preview; by tenant id.

    Records nothing. Their facilities' lines are looked at, their hours are not: a text waits.
    """
    found = gate.refusals(asked=asked, purpose=purpose, left=last_left, now=now)
    facility_ids = {tenant.facility_id for tenant in asked}
    lines = Line.objects.filter(facility__in=facility_ids, sending=True, paused_at=None)
    able = set(lines.values_list("facility_id", flat=True))
    no_line = Refusal("line_paused", "The facility has no line that sends now.")
    return found | {
        tenant.pk: no_line
        for tenant in asked
        if tenant.pk not in found and tenant.facility_id not in able
    }


def typed_since(tenant_id: int, since: datetime) -> bool:
    """Tell whether anybody wrote a chat text to the tenant after ``since``."""
    rows = Text.objects.filter(clearance__tenant_id=tenant_id, clearance__purpose="chat")
    return rows.filter(created_at__gt=since).exists()


def oldest_due(now: datetime, scope: Scope = EVERYWHERE) -> timedelta | None:
    """Return how long the longest-waiting due text has waited, None where none is due.

    What waits for its line, because there is none, it is paused or its day is used up, is not
    counted: nobody is late with it.
    """
    due = scope.narrow(Text.objects.filter(state="queued", next_at__lte=now))
    full, nearly = pacing.full_lines(now)
    lines = Line.objects.filter(sending=True, paused_at=None)
    sending = lines.exclude(pk__in=full)
    due = due.filter(facility__in=sending.values("facility_id"))
    kept = lines.filter(pk__in=nearly)
    due = due.exclude(automatic=True, facility__in=kept.values("facility_id"))
    row = due.order_by("next_at").first()
    return None if row is None else now - row.next_at


def queue_length(scope: Scope = EVERYWHERE) -> int:
    """Return how many texts wait, due or not."""
    return scope.narrow(Text.objects.filter(state="queued")).count()


def fresh_workers(now: datetime) -> list[WorkerBeat]:
    """Return the workers that have given a sign of life lately."""
    return list(WorkerBeat.objects.filter(beat_at__gt=now - BEAT_IS_FRESH).order_by("name"))


def silent_workers(now: datetime) -> list[WorkerBeat]:
    """Return the workers that have died: no sign of life, and no word that they have ended."""
    return list(WorkerBeat.objects.filter(beat_at__lte=now - BEAT_IS_FRESH).order_by("name"))


def unknown_count(scope: Scope = EVERYWHERE) -> int:
    """Return of how many texts nobody knows whether they left."""
    return scope.narrow(Text.objects.filter(state="unknown")).count()
