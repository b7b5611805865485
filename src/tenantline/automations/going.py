"""How an automation's letter would go to a tenant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenantline.letters import preview
from tenantline.letters import queries as letters
from tenantline.letters.models import Letter
from tenantline.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Way:
    """The method, and why not the one wanted; without a method, why the letter cannot go."""

    method: str
    why: str


def way(letter: Letter, tenant: Tenant, now: datetime) -> Way:
    """Return how a letter would go to a tenant now. The tenant's facility must be loaded."""
    if letter.retired_at is not None:
        return Way("", "The letter is no longer in use.")
    shown = preview.of(
        letter=letter, version=letters.current(letter), tenant=tenant, method=None, now=now
    )
    if shown.missing:
        return Way("", f"There is nothing to put in for {', '.join(shown.missing)}.")
    skipped = shown.decision.skipped
    return Way(shown.decision.method, skipped[0].sentence if skipped else "")
