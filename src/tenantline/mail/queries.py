"""Reading e-mail: for the mailbox page of the demo and for what failed."""

from __future__ import annotations

from collections.abc import Collection

from tenantline.mail.models import Email


def latest(*, limit: int = 100) -> list[Email]:
    """Return the newest e-mails, newest first (the demo's mailbox)."""
    return list(Email.objects.order_by("-id")[:limit])


def get(email_id: int) -> Email | None:
    """Return one e-mail, or None."""
    return Email.objects.filter(pk=email_id).first()


def failed(facility_ids: Collection[int] | None) -> list[Email]:
    """Return e-mails that could not be sent, newest first."""
    rows = Email.objects.filter(state="failed").order_by("-id")
    if facility_ids is not None:
        rows = rows.filter(facility_id__in=facility_ids)
    return list(rows[:100])
