"""The installation's recovery after a restore: its beginning, the owner's word, its end (R7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.kernel.actor import Actor, system
from tenantline.kernel.errors import NotFound
from tenantline.recovery import rules
from tenantline.recovery.models import Recovery

_BY = system("recovery")


def begin(*, backup_id: str, made_at: datetime, texts: int, by: Actor, now: datetime) -> Recovery:
    """Put the installation into recovery. Needs the caller's transaction.

    A recovery that was still open in the backup is over: this one asks for more.
    """
    Recovery.objects.filter(ended_at=None).update(ended_at=now)
    found = Recovery.objects.create(
        backup_id=backup_id, made_at=made_at, restored_at=now, texts=texts
    )
    audit.record(
        act="installation.restored",
        by=by,
        now=now,
        subject=f"recovery:{found.pk}",
        backup_of=made_at.isoformat(),
        texts=texts,
    )
    return found


def confirm(*, ticked: Collection[str], by: Actor, now: datetime) -> None:
    """Keep an owner's word that what a backup cannot know has been put right.

    Raises:
        BadInput: something on the list is not ticked.
        NotFound: the installation is not in recovery.
    """
    keys = rules.checked_confirmation(ticked)
    with transaction.atomic():
        found = _locked()
        if found.confirmed_at is not None:
            return
        found.confirmed, found.confirmed_at, found.confirmed_by = keys, now, by.name
        found.save(update_fields=["confirmed", "confirmed_at", "confirmed_by"])
        audit.record(act="recovery.confirmed", by=by, now=now, subject=f"recovery:{found.pk}")


def leave_out(*, line_id: int, facility_id: int, by: Actor, now: datetime) -> None:
    """Go on without reading a line back whose account at the carrier cannot be read any more.

    Raises:
        NotFound: the installation is not in recovery.
    """
    with transaction.atomic():
        found = _locked()
        if line_id in found.left_out:
            return
        found.left_out = [*found.left_out, line_id]
        found.save(update_fields=["left_out"])
        audit.record(
            act="recovery.line_left_out",
            by=by,
            now=now,
            facility_id=facility_id,
            subject=f"line:{line_id}",
        )


def end(*, recovery_id: int, now: datetime) -> None:
    """Say that the installation has recovered."""
    with transaction.atomic():
        if Recovery.objects.filter(pk=recovery_id, ended_at=None).update(ended_at=now):
            audit.record(act="recovery.ended", by=_BY, now=now, subject=f"recovery:{recovery_id}")


def _locked() -> Recovery:
    found = Recovery.objects.select_for_update().filter(ended_at=None).order_by("-id").first()
    if found is None:
        raise NotFound("The installation is not in recovery.")
    return found
