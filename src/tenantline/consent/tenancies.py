"""R15: what a tenancy's end leaves, and for how long; how long that is at a facility."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from tenantline.consent import actions
from tenantline.consent import queries as consent
from tenantline.consent.models import Standing
from tenantline.facilities import actions as facilities
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel.actor import Actor
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Rental, Tenant


@dataclass(frozen=True)
class Ending:
    """That a tenant has moved out, or will: at ``at``. ``planned`` tells that it is to come.

    ``chat_until`` is when chat ends, None where the tenant has no chat consent that could end;
    ``days_left`` counts to it, or to ``at`` while that is to come (a part of a day counts as one).
    """

    at: datetime
    planned: bool
    chat_until: datetime | None
    days_left: int


def ending_of(*, tenant: Tenant, now: datetime) -> Ending | None:
    """Return how a tenancy ends or has ended, None where it goes on and no end is known."""
    ends = [rental.ended_at for rental in tenants.rentals(tenant.pk)]
    at = max((end for end in ends if end is not None), default=None)
    if at is None or None in ends:
        return None
    chat = consent.of(tenant=tenant, scope=EVERYWHERE, now=now)
    until = chat_ends(tenant, at) if chat.services["chat"] else None
    until = min(until, chat.ends.get("chat", until)) if until else None
    planned = at > now
    left = (at if planned else until or now) - now
    return Ending(at, planned, until, -(-left // timedelta(days=1)))


def chat_ends(tenant: Tenant, ended_at: datetime) -> datetime:
    """Return until when chat goes on after a tenancy that ends at ``ended_at``."""
    return ended_at + timedelta(days=tenant.facility.chat_days_after_move_out)


def set_chat_days(*, facility: Facility, days: int, by: Actor, now: datetime) -> int:
    """Say for how many days chat goes on after a move-out; return for how many it ends sooner.

    Who has moved out before keeps the shorter of both.

    Raises:
        BadInput: not a whole number of days from 0 to 60.
    """
    with transaction.atomic():
        facilities.change_facility(facility=facility, by=by, now=now, chat_days_after_move_out=days)
        return sum(_note(tenant, now) for tenant in _moved_out(facility, now))


def _note(tenant: Tenant, now: datetime) -> bool:
    before = Standing.objects.filter(tenant=tenant).values_list("lapses_at", flat=True).first()
    actions.note_tenancy_end(tenant=tenant, now=now)
    return Standing.objects.filter(tenant=tenant).exclude(lapses_at=before).exists()


def _moved_out(facility: Facility, now: datetime) -> list[Tenant]:
    """Return who has moved out of a facility and may still be texted there."""
    rentals = Rental.objects.filter(tenant=OuterRef("tenant"))
    rows = Standing.objects.filter(tenant__facility=facility, chat=True, lapses_at__gt=now)
    over = rows.filter(Exists(rentals), ~Exists(rentals.exclude(ended_at__lte=now)))
    return [row.tenant for row in over.select_related("tenant__facility")]
