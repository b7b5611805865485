"""Queuing e-mail in the caller's transaction, and sending what is queued."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q

from tenantline.feed import actions as feed
from tenantline.mail.models import Email

LEASE = timedelta(minutes=2)
_TRIES = 5


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An e-mail to queue. ``reference`` says what it is about, e.g. ``form:12``."""

    recipient: str
    from_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    reference: str
    facility_id: int


def queue(draft: Draft, *, now: datetime) -> Email:
    """Queue one e-mail; it is sent after the caller's transaction commits, never if it does not."""
    values = asdict(draft) | {"subject": " ".join(draft.subject.split())[:300]}
    return Email.objects.create(**values, next_at=now, created_at=now)


def claim(*, now: datetime, limit: int = 20) -> list[Email]:
    """Lease e-mails that are due, so that no other worker sends them too."""
    due = Email.objects.filter(state="queued", next_at__lte=now).filter(
        Q(leased_until=None) | Q(leased_until__lt=now)
    )
    claimed = []
    for email in due.order_by("id")[:limit]:
        taken = Email.objects.filter(
            pk=email.pk, state="queued", leased_until=email.leased_until
        ).update(leased_until=now + LEASE)
        if taken:
            claimed.append(email)
    return claimed


def deliver(email: Email, *, now: datetime) -> None:
    """Send one claimed e-mail and keep the outcome. Without a mail server it is kept (demo)."""
    try:
        if settings.EMAIL_IS_SET:
            _send(email)
    except (OSError, SMTPException) as error:
        _keep_failure(email, str(error), now)
        return
    with transaction.atomic():
        Email.objects.filter(pk=email.pk).update(state="sent", sent_at=now, leased_until=None)
        feed.tell(facility_id=email.facility_id, topic="mail", ref=email.pk, now=now)


def _send(email: Email) -> None:
    name = email.from_name.replace('"', "").replace("\\", "")
    message = EmailMultiAlternatives(
        subject=email.subject,
        body=email.text,
        from_email=f'"{name}" <{settings.EMAIL_FROM}>',
        to=[email.recipient],
        reply_to=[email.reply_to] if email.reply_to else None,
    )
    message.attach_alternative(email.html, "text/html")
    message.send()


def _keep_failure(email: Email, error: str, now: datetime) -> None:
    tries = email.attempts + 1
    over = tries >= _TRIES
    with transaction.atomic():
        Email.objects.filter(pk=email.pk).update(
            attempts=tries,
            state="failed" if over else "queued",
            error=error[:300],
            leased_until=None,
            next_at=now + timedelta(seconds=30 * 2**tries),
        )
        if over:
            feed.tell(facility_id=email.facility_id, topic="mail", ref=email.pk, now=now)
