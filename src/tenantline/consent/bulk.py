"""R3: many opt-outs at once, by the very rules of ``actions.record_revocation``.

For imports, whose files may say "no texts" thousands of times: the events are chained as ever,
under one lock of the ledger's head, and the kept fold of everyone concerned is rewritten together.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tenantline.consent import ledger
from tenantline.consent.ledger import Draft, Evidence
from tenantline.consent.projection import refresh_all
from tenantline.kernel.actor import Actor
from tenantline.tenants.models import NumberPeriod


def record_revocations(
    *, tenant_ids: Collection[int], medium: str, note: str, by: Actor, now: datetime
) -> list[NumberPeriod]:
    """Record that these tenants withdrew consent; return their current number periods.

    Who has no number has nothing to withdraw. Needs the caller's transaction; the caller records
    the act, once for all of them.
    """
    current = NumberPeriod.objects.filter(ended_at=None)
    own = current.filter(tenant_id__in=tenant_ids).values("number")
    # A STOP by staff ends the consent of everyone who shares the phone.
    holders = list(current.filter(number__in=own).select_related("tenant").order_by("id"))
    concerned = [period for period in holders if period.tenant_id in tenant_ids]
    ledger.append_all([_revoked(period, medium, note, by, now) for period in concerned])
    refresh_all(holders, now=now)
    return concerned


def _revoked(period: NumberPeriod, medium: str, note: str, by: Actor, now: datetime) -> Draft:
    return Draft(
        kind="revoked",
        at=now,
        evidence=Evidence(number=period.number, text=note),
        facility_id=period.tenant.facility_id,
        body={"medium": medium, "by": by.name, "by_kind": by.kind, "tenant": period.tenant_id},
    )
