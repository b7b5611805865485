"""Reading the facts that an automation may act on; no signals: what is there is what counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from tenantline.automations import rules
from tenantline.automations.models import Automation, Firing
from tenantline.automations.rules import LOOK_BACK, Clock, Fact
from tenantline.billing import happened
from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import EVERYWHERE, Scope
from tenantline.recovery import queries as recovery
from tenantline.tenants import queries as tenants

_TOGETHER: Final = 200


def to_deal_with(
    automation: Automation, *, now: datetime, scope: Scope = EVERYWHERE
) -> Iterator[Fact]:
    """Yield what an automation is to act on now, or to note as out of date, in scope."""
    start = since(automation)
    for facility in places(automation, scope):
        clock = clock_at(facility, now)
        found = iter(_READ[automation.when](facility.pk, automation.days, clock))
        while some := list(islice(found, _TOGETHER)):
            known = _known(automation, some)
            yield from rules.to_deal_with(some, known=known, since=start, clock=clock)


def places(automation: Automation, scope: Scope) -> list[Facility]:
    """Return the facilities in scope at which an automation acts."""
    at = automation.facility_id
    return [site for site in facilities.in_scope(scope) if at in (None, site.pk)]


def since(automation: Automation) -> datetime:
    """Return from when on facts count. What a restore took back may have been acted on (R7)."""
    restored = recovery.latest()
    if restored is None:
        return automation.since
    return max(automation.since, restored.ended_at or restored.restored_at)


def clock_at(facility: Facility, now: datetime) -> Clock:
    """Return a moment as it is at a facility."""
    return Clock(now, ZoneInfo(facility.timezone), facility.window_opens)


def _known(automation: Automation, some: Iterable[Fact]) -> set[str]:
    rows = Firing.objects.filter(automation=automation, cause__in=[fact.key for fact in some])
    return set(rows.values_list("cause", flat=True))


# --- what is read for each occasion: at a facility, for an automation's days, at a moment ---


def _rentals(facility_id: int, _days: int, clock: Clock) -> Iterator[Fact]:
    begun = tenants.rentals_begun(facility_id, since=clock.now - LOOK_BACK, until=clock.now)
    for one in begun:
        day = clock.day_of(one.started_at)
        key = f"rental:{one.tenant_id}:{day}"  # units taken on the same day are one occasion
        yield rules.at_moment(key, f"rental:{one.pk}", one.tenant_id, at=one.started_at, day=day)


def _due(facility_id: int, days: int, clock: Clock) -> Iterator[Fact]:
    first, last = clock.today - LOOK_BACK, clock.today + timedelta(days=days)
    for one in _last_of_each_day(happened.open_charges(facility_id, first=first, last=last)):
        yield rules.on_day_before(
            f"due:{one.tenant_id}:{one.due_on}",
            f"charge:{one.entry_id}",
            one.tenant_id,
            day=one.due_on,
            days=days,
            known_on=clock.day_of(one.recorded_at),
        )


def _late(facility_id: int, days: int, clock: Clock) -> Iterator[Fact]:
    last = clock.today - timedelta(days=days)
    charges = happened.open_charges(facility_id, first=last - LOOK_BACK, last=last)
    for one in _last_of_each_day(charges):
        yield rules.on_day_after(
            f"due:{one.tenant_id}:{one.due_on}",
            f"charge:{one.entry_id}",
            one.tenant_id,
            day=one.due_on,
            days=days,
        )


def _last_of_each_day(
    charges: Iterable[happened.OpenCharge],
) -> Iterable[happened.OpenCharge]:
    """Return one charge a tenant and due date: the last, which payments settle last.

    So rent and insurance due on one day are one occasion, which holds until both are paid.
    """
    return {(one.tenant_id, one.due_on): one for one in charges}.values()


def _payments(facility_id: int, _days: int, clock: Clock) -> Iterator[Fact]:
    for one in happened.payments(facility_id, since=clock.now - LOOK_BACK):
        key = f"payment:{one.pk}"
        yield rules.at_moment(key, key, one.tenant_id, at=one.recorded_at, day=one.date)


def _returned(facility_id: int, _days: int, clock: Clock) -> Iterator[Fact]:
    for one in happened.returned(facility_id, since=clock.now - LOOK_BACK):
        if one.tenant_id is not None and one.settled_at is not None:
            key, at = f"return:{one.pk}", one.settled_at
            yield rules.at_moment(key, key, one.tenant_id, at=at, day=clock.day_of(at))


def _drafts(facility_id: int, days: int, clock: Clock) -> Iterator[Fact]:
    first, last = clock.today - LOOK_BACK, clock.today + timedelta(days=days)
    for one in happened.pending_drafts(facility_id, first=first, last=last):
        key, known_on = f"draft:{one.pk}", clock.day_of(one.created_at)
        yield rules.on_day_before(
            key, key, one.tenant_id, day=one.draws_on, days=days, known_on=known_on
        )


_READ: Final[Mapping[str, Callable[[int, int, Clock], Iterable[Fact]]]] = {
    "rental_begins": _rentals,
    "charge_due": _due,
    "charge_late": _late,
    "payment_received": _payments,
    "payment_returned": _returned,
    "autopay_draws": _drafts,
}
