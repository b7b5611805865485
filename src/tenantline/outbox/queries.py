"""Reading the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from tenantline.facilities.models import Facility
from tenantline.facilities.scope import EVERYWHERE, Scope
from tenantline.kernel import phone
from tenantline.kernel.phone import Number
from tenantline.outbox import rules
from tenantline.outbox.models import Text, WorkerBeat
from tenantline.outbox.quiet_hours import Hours

BEAT_IS_FRESH = timedelta(seconds=15)


def hours_for(facility: Facility, number: Number) -> Hours:
    """R6: return the hours that hold for a number: the facility's zone and all it may be in."""
    return Hours(
        opens=facility.window_opens,
        closes=facility.window_closes,
        on_sunday=facility.texts_on_sunday,
        zones=phone.zones(number) | {facility.timezone},
    )


def queued_for(number: str) -> QuerySet[Text]:
    """Return texts that wait to leave for a number."""
    return Text.objects.filter(state="queued", clearance__number=number)


def typed_since(tenant_id: int, since: datetime) -> bool:
    """Tell whether anybody wrote a chat text to the tenant after ``since``."""
    rows = Text.objects.filter(clearance__tenant_id=tenant_id, clearance__purpose="chat")
    return rows.filter(created_at__gt=since).exists()


def is_mass_by_now(text: Text, now: datetime) -> bool:
    """R5: tell whether a typed text's words have just left to as many tenants as they may.

    Counted when they leave as well as when they are written: what was written over a day to many,
    and waited, must not leave to all of them at once.
    """
    if not text.counts_as_mass:
        return False
    lately = Text.objects.filter(
        wording_key=text.wording_key, counts_as_mass=True, claimed_at__gt=now - rules.MASS_WINDOW
    )
    others = lately.exclude(clearance__tenant_id=text.clearance.tenant_id)
    return others.values("clearance__tenant_id").distinct().count() >= rules.MASS_LIMIT


def oldest_due(now: datetime, scope: Scope = EVERYWHERE) -> timedelta | None:
    """Return how long the longest-waiting due text has waited, None where none is due."""
    due = scope.narrow(Text.objects.filter(state="queued", next_at__lte=now))
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
