"""Writing the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tenantline.audit.models import Entry
from tenantline.kernel.actor import Actor


def record(
    *,
    act: str,
    by: Actor,
    now: datetime,
    facility_id: int | None = None,
    subject: str = "",
    **detail: Any,
) -> None:
    """Append one entry, e.g. ``record(act="line.connected", subject="line:3", …)``.

    ``subject`` is ``kind:id``; ``detail`` must be JSON-able and free of bodies and secrets.
    """
    Entry.objects.create(
        at=now,
        actor_kind=by.kind,
        actor_ref=by.ref,
        actor_name=by.name,
        act=act,
        facility_id=facility_id,
        subject=subject,
        detail=detail,
    )
