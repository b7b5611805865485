"""What an export leaves behind: an entry that says who took what along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.facilities.models import Facility
from tenantline.kernel.actor import Actor

What = Literal["tenants", "consent", "messages", "run", "mailing_list"]


def note(
    *, what: What, facilities: Iterable[Facility], by: Actor, now: datetime, **detail: str
) -> None:
    """Record an export before its first byte leaves, at each facility whose rows may be in it.

    ``detail`` tells which rows, without anybody's name or number: entries are never erased.
    """
    with transaction.atomic():
        for site in facilities:
            audit.record(act=f"{what}.exported", by=by, now=now, facility_id=site.pk, **detail)
