"""Reading the audit log."""

from __future__ import annotations

from collections.abc import Collection

from tenantline.audit.models import Entry


def latest(
    *, facility_ids: Collection[int] | None, before: int | None = None, limit: int = 100
) -> list[Entry]:
    """Return the newest entries, newest first.

    ``facility_ids`` None means all, including what belongs to no facility; ``before`` is the id
    of the last entry already shown.
    """
    entries = Entry.objects.order_by("-id")
    if facility_ids is not None:
        entries = entries.filter(facility_id__in=facility_ids)
    if before is not None:
        entries = entries.filter(id__lt=before)
    return list(entries[:limit])
