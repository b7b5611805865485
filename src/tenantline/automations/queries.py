"""Reading automations: the list, what one would do now, what it has done. Scoped (R10)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenantline.automations import facts, going, rules
from tenantline.automations.models import Automation, FailedCorrection, Firing, Mode
from tenantline.facilities.scope import Scope
from tenantline.kernel.errors import Forbidden, NotFound
from tenantline.letters.models import Letter, Notice
from tenantline.outbox import causes
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant

# Of a failed correction: somebody has issued a letter on a returned payment by hand since.
TOLD_BY_HAND: Final = Exists(
    Notice.objects.filter(
        tenant=OuterRef("returned__tenant"),
        cause="",
        letter__category="payment_returned",
        issued_at__gte=OuterRef("returned__settled_at"),
    )
)
MODES: Final = [(mode.value, str(mode.label)) for mode in Mode]


@dataclass(frozen=True, slots=True)
class Would:
    """Whom an automation would write to now; without a ``method``, ``why`` it would not."""

    tenant: Tenant
    method: str
    why: str


def automations(*, scope: Scope) -> QuerySet[Automation]:
    """Return the automations that act at facilities in scope, newest first."""
    rows = Automation.objects.select_related("facility", "letter").filter(ended_at=None)
    if scope.facility_ids is not None:
        rows = rows.filter(Q(facility=None) | Q(facility__in=scope.facility_ids))
    return rows.order_by("-id")


def automation(*, scope: Scope, automation_id: int) -> Automation:
    """Return an automation in scope, or raise ``NotFound``."""
    found = automations(scope=scope).filter(pk=automation_id).first()
    if found is None:
        raise NotFound("There is no such automation.")
    return found


def demand_may_change(*, scope: Scope, facility_id: int | None) -> None:
    """Raise ``Forbidden`` where an automation is not this person's to change."""
    if facility_id is None and scope.facility_ids is not None:
        raise Forbidden("An automation for all facilities is changed by an owner of all of them.")


def words(automation: Automation) -> str:
    """Say when an automation acts."""
    return rules.words(automation.when, automation.days)


def would_do(*, automation: Automation, scope: Scope, now: datetime, most: int) -> list[Would]:
    """Return whom an automation would write to now, at most so many; nothing is done.

    One that is off is asked as if it were switched on now.
    """
    if automation.mode == Mode.OFF:
        automation.since = now
    found = list(islice(facts.to_deal_with(automation, now=now, scope=scope), most))
    gone = causes.gone([fact.cause for fact in found])
    ids = [fact.tenant_id for fact in found]
    people = Tenant.objects.select_related("facility").in_bulk(ids)
    tenancies = tenants.tenancies(ids, now)
    listed = []
    for fact in found:
        tenant = people[fact.tenant_id]
        late = facts.clock_at(tenant.facility, now).today > fact.last
        if late or fact.cause in gone or not tenancies[tenant.pk].renting:
            continue
        way = going.way(automation.letter, tenant, now)
        listed.append(Would(tenant, way.method, way.why))
    return listed


def would_do_changed(
    *,
    automation: Automation,
    days: int,
    letter: Letter,
    scope: Scope,
    now: datetime,
    most: int,
) -> list[Would]:
    """Return ``would_do`` as if an automation had these days and this letter already.

    Raises:
        BadInput: there is no such number of days.
    """
    automation.days = rules.checked(automation.when, days)
    automation.letter = letter
    return would_do(automation=automation, scope=scope, now=now, most=most)


def firings(*, automation: Automation, scope: Scope) -> QuerySet[Firing]:
    """Return what an automation has done in scope, newest first."""
    rows = automation.firings.select_related("tenant", "facility", "notice")
    return scope.narrow(rows).order_by("-id")


def history(
    *, automation: Automation, scope: Scope, before: int | None, limit: int
) -> list[Firing]:
    """Return some of what an automation has done, newest first, below an id if one is given."""
    rows = firings(automation=automation, scope=scope)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[:limit])


def failed_corrections(returned_ids: Collection[int]) -> dict[int, str]:
    """Return why thanks for these returned payments could not be corrected, by the return's id.

    Not of those of whom a letter by hand has told since.
    """
    rows = FailedCorrection.objects.filter(~TOLD_BY_HAND, returned__in=returned_ids)
    return dict(rows.values_list("returned_id", "why"))
