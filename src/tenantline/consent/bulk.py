"""R3: many opt-outs at once, by the very rules of ``actions.record_revocation``.

For imports, whose files may say "no texts" thousands of times: the events are chained as ever,
under one lock of the ledger's head, and the kept fold of everyone concerned is rewritten together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tenantline.consent import ledger
from tenantline.consent.ledger import Draft, Evidence
from tenantline.consent.projection import refresh_all
from tenantline.kernel.actor import Actor
from tenantline.tenants.models import NumberPeriod


def record_revocations(
    *, periods: Sequence[NumberPeriod], medium: str, note: str, by: Actor, now: datetime
) -> None:
    """Record that the tenants of these current number periods withdrew consent.

    ``periods`` have their tenants loaded. Needs the caller's transaction; the caller records the
    act and tells open pages, once for all of them.
    """
    ledger.append_all(
        [
            Draft(
                kind="revoked",
                at=now,
                evidence=Evidence(number=period.number, text=note),
                facility_id=period.tenant.facility_id,
                body={
                    "medium": medium,
                    "by": by.name,
                    "by_kind": by.kind,
                    "tenant": period.tenant_id,
                },
            )
            for period in periods
        ]
    )
    refresh_all({period.number for period in periods}, now=now)
