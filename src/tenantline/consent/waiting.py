"""What waits for a person: held numbers by their reason, and numbers that several tenants name.

For one list of all that staff are asked, and the counts that lead to it. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from tenantline.consent import unclear
from tenantline.consent.models import LedgerEvent, Standing
from tenantline.consent.unclear import About, Question
from tenantline.facilities.scope import Scope
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant

_CONDITION: Final[dict[About, Q]] = {
    "person": Q(kind__in=("parked", "form_disowned")),
    "wish": Q(kind="held"),
}


@dataclass(frozen=True)
class Held:
    """A tenant of whose number something is asked since ``at``, so that texts wait.

    ``source`` names what made us ask, as ``unclear.answer`` takes it, and ``why`` says it in a
    sentence. ``words`` of a text are those that decided, ``text`` is all of it.
    """

    tenant: Tenant
    number: str
    at: datetime
    source: str
    words: str
    why: str
    text: str


def held(*, scope: Scope, about: About) -> QuerySet[LedgerEvent]:
    """Return what made us ask for this reason, who has waited longest first.

    Whose phone it is is asked before what a text wished. Who has opted out is left out: nothing
    can leave to them; and so is who is held for START alone, which no person can bring about.
    """
    rows = _asking(scope).filter(_CONDITION[about]).order_by("at", "sequence")
    return rows.select_related("tenant__facility", "period", "particulars")


def shown(events: Iterable[LedgerEvent]) -> list[Held]:
    """Return rows of ``held`` as people read them; one that was answered just now is left out."""
    rows = [event for event in events if event.tenant_id]
    asked = unclear.questions(tenant_ids=[event.tenant_id for event in rows if event.tenant_id])
    return [_shown(row, asked[row.tenant_id]) for row in rows if row.tenant_id in asked]


def counts(*, scope: Scope, view: Scope) -> dict[str, int]:
    """Return how much of each kind waits in ``view`` for somebody with this ``scope``."""
    each = {about: Count("pk", filter=_CONDITION[about]) for about in _CONDITION}
    found: dict[str, int] = _asking(view).order_by().aggregate(**each)
    questions, _ = tenants.questions_waiting(scope=scope, view=view)
    return {**found, "numbers": questions.count()}


def _asking(scope: Scope) -> QuerySet[LedgerEvent]:
    """Return for each tenant who waits for a person the event that made us ask."""
    rows = Standing.objects.filter(held=True).exclude(status="opted_out")
    rows = scope.narrow(rows, "tenant__facility_id")
    about_period = LedgerEvent.objects.filter(period=OuterRef("period")).order_by("-sequence")
    parked = about_period.filter(kind__in=("parked", "form_disowned")).values("pk")[:1]
    # A START that came after the hold has ended it; what is left then is a wait for START.
    spoken = about_period.filter(kind__in=("held", "hold_ended", "started"))
    last = spoken.order_by("-at", "-sequence").values("pk")[:1]
    asked = Q(pk__in=rows.filter(parked=True).values_list(Subquery(parked)))
    asked |= Q(pk__in=rows.filter(parked=False).values_list(Subquery(last)), kind="held")
    return LedgerEvent.objects.filter(asked)


def _shown(event: LedgerEvent, asked: Question) -> Held:
    assert event.tenant is not None  # noqa: S101 - only a tenant's number period is held
    assert event.period is not None  # noqa: S101
    return Held(
        tenant=event.tenant,
        number=event.period.number,
        at=event.at,
        source=asked.source,
        words=asked.words,
        why=asked.why,
        text=event.particulars.text if event.particulars is not None else "",
    )
