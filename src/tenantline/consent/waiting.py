"""What waits for a person: held numbers by their reason, and numbers that several tenants name.

For one list of all that staff are asked, and the counts that lead to it. Decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from django.db.models import Count, Max, Q, QuerySet

from tenantline.consent.models import LedgerEvent
from tenantline.facilities.scope import Scope
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant

About = Literal["unclear", "disowned", "held"]
ABOUT: Final[tuple[About, ...]] = get_args(About)
_FROM_A_TEXT: Final = Q(kind="held", body__contains='"source":')
_CONDITION: Final[dict[About, Q]] = {
    "unclear": _FROM_A_TEXT,
    "disowned": Q(kind="form_disowned"),
    "held": Q(kind="held") & ~_FROM_A_TEXT,
}


@dataclass(frozen=True)
class Held:
    """A tenant whose automatic texts wait until a person has looked, since ``at``.

    ``source`` names an unclear text by its MessageSid, ``text`` is all of it and ``words`` are
    those that made it unclear; ``why`` is the reason of another hold.
    """

    tenant: Tenant
    number: str
    at: datetime
    source: str = ""
    words: str = ""
    text: str = ""
    why: str = ""


def held(*, scope: Scope, about: About) -> QuerySet[LedgerEvent]:
    """Return what holds tenants for this reason, who has waited longest first.

    Who has opted out is left out: nothing can leave to them, so nothing waits.
    """
    rows = _holding(scope).filter(_CONDITION[about]).order_by("at", "sequence")
    return rows.select_related("tenant__facility", "period", "particulars")


def shown(events: Iterable[LedgerEvent]) -> list[Held]:
    """Return rows of ``held`` as people read them."""
    return [_shown(event) for event in events]


def counts(*, scope: Scope, view: Scope) -> dict[str, int]:
    """Return how much of each kind waits in ``view`` for somebody with this ``scope``."""
    each = {about: Count("pk", filter=_CONDITION[about]) for about in ABOUT}
    found: dict[str, int] = _holding(view).order_by().aggregate(**each)
    questions, _ = tenants.questions_waiting(scope=scope, view=view)
    return {**found, "numbers": questions.count()}


def _holding(scope: Scope) -> QuerySet[LedgerEvent]:
    """Return the event that holds each held tenant: the last of its number period."""
    holds = LedgerEvent.objects.filter(
        kind__in=("held", "form_disowned"), period__standing__held=True
    )
    last = holds.order_by().values("period").annotate(last=Max("pk")).values("last")
    rows = LedgerEvent.objects.filter(pk__in=last)
    return scope.narrow(rows.exclude(period__standing__status="opted_out"))


def _shown(event: LedgerEvent) -> Held:
    assert event.tenant is not None  # noqa: S101 - only a tenant's number period is held
    assert event.period is not None  # noqa: S101
    body: dict[str, Any] = json.loads(event.body)
    return Held(
        tenant=event.tenant,
        number=event.period.number,
        at=event.at,
        source=str(body.get("source", "")),
        words=str(body.get("words", "")),
        text=event.particulars.text if event.particulars is not None else "",
        why=str(body.get("why", "")),
    )
