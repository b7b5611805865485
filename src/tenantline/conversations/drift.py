"""Where Twilio's block list and our consent ledger say different things of a phone.

Twilio's list cannot be read; ``carrier.blocks`` keeps what Twilio has let us know of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tenantline.carrier import blocks
from tenantline.carrier.models import Block
from tenantline.facilities.models import Line
from tenantline.tenants.models import NumberPeriod, Tenant

REFUSED_LATELY: Final = timedelta(days=90)
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Blocked:
    """A phone that Twilio blocks for a line though its tenants are opted in here."""

    block: Block
    tenants: list[Tenant]


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs on a line.

    ``blocked_there``: opted in here, blocked at Twilio; the next text would be refused, and would
    count as a STOP. ``refused``: blocks that we learned of only because Twilio refused a text; each
    was taken as a STOP. ``only_here``: how many phones are opted out here and, as far as we know,
    not blocked at Twilio, because the STOP was in other words, to another number or by mouth.
    ``known`` is how many blocks we know of.
    """

    blocked_there: list[Blocked]
    refused: list[Block]
    only_here: int
    known: int


def of(line: Line, now: datetime) -> Drift:
    """Compare what is known of Twilio's block list with the consents of the line's facility."""
    known = blocks.blocked(line)
    opted_in = _holders(line, list(known), "opted_in")
    return Drift(
        blocked_there=[Blocked(known[number], opted_in[number]) for number in sorted(opted_in)],
        refused=blocks.refusals([line.pk], since=now - REFUSED_LATELY),
        only_here=_opted_out_only_here(line, known),
        known=len(known),
    )


def _holders(line: Line, numbers: list[str], status: str) -> dict[str, list[Tenant]]:
    found: dict[str, list[Tenant]] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        rows = NumberPeriod.objects.select_related("tenant").filter(
            number__in=numbers[start : start + _AT_ONCE],
            ended_at=None,
            tenant__facility=line.facility_id,
            tenant__standing__status=status,
        )
        for period in rows:
            found.setdefault(period.number, []).append(period.tenant)
    return found


def _opted_out_only_here(line: Line, known: Collection[str]) -> int:
    rows = NumberPeriod.objects.filter(
        ended_at=None, tenant__facility=line.facility_id, tenant__standing__status="opted_out"
    )
    numbers = rows.values_list("number", flat=True).distinct()
    return sum(1 for number in numbers.iterator() if number not in known)
