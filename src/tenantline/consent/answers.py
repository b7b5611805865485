"""What became of the questions about a number: what was answered, by whom.

``consent.unclear`` asks and records; here it is read back, for whoever looks at the texts later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tenantline.consent import ledger
from tenantline.consent.models import LedgerEvent

Said = Literal["no_more", "message", "same", "not_theirs", "start", "stop"]

_SAID: dict[str, Said] = {
    "revoked": "no_more",
    "hold_ended": "message",
    "park_ended": "same",
    "number_closed": "not_theirs",
    "started": "start",
    "stopped": "stop",
}


@dataclass(frozen=True)
class Given:
    """What was answered: by staff, whose username ``by`` is, or by the phone itself (empty)."""

    said: Said
    by: str
    at: datetime


def given(*, number: str, facility_id: int) -> list[Given]:
    """Return what settled questions about a number at a facility, oldest first.

    R10: who did it elsewhere is not named.
    """
    rows = LedgerEvent.objects.filter(
        number_key=ledger.number_key(number), kind__in=_SAID
    ).order_by("sequence")
    return [
        _given(event, facility_id)
        for event in rows
        if event.facility_id == facility_id or event.kind in ("revoked", "stopped")
    ]


def _given(event: LedgerEvent, facility_id: int) -> Given:
    by = json.loads(event.body).get("by", "") if event.facility_id == facility_id else ""
    return Given(_SAID[event.kind], str(by), event.at)
