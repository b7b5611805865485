"""Queuing e-mail in the caller's transaction, and sending what is queued."""

from __future__ import annotations

from collections.abc import Callable
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
    """An e-mail to queue. ``reference`` says what it is about, e.g. ``form:12``.

    ``attachment`` names a document to go along, which ``deliver`` is told how to make.
    """

    recipient: str
    from_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    reference: str
    facility_id: int
    attachment: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with an e-mail."""

    name: str
    content: bytes
    media_type: str


# Makes the document that an e-mail's ``attachment`` names.
Attach = Callable[[str], Attachment]


def no_documents(name: str) -> Attachment:
    """Say that nobody here can make a document; for e-mails that carry none."""
    raise LookupError(f"nobody can make {name}")


def queue(draft: Draft, *, now: datetime) -> Email:
    """Queue one e-mail; it is sent after the caller's transaction commits, never if it does not."""
    values = asdict(draft) | {"subject": " ".join(draft.subject.split())[:300]}
    return Email.objects.create(**values, next_at=now, created_at=now)


def withhold(*, email_id: int, reason: str) -> bool:
    """Say that nobody wants an e-mail sent any more; return whether it had not left.

    One that is on its way just now leaves, and counts as sent.
    """
    rows = Email.objects.filter(pk=email_id, state="queued")
    return bool(rows.update(state="withheld", error=reason[:300]))


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


def deliver(email: Email, *, now: datetime, attach: Attach = no_documents) -> None:
    """Send one claimed e-mail and keep the outcome. Without a mail server it is kept (demo).

    Whether it is still wanted is asked again. ``attach`` makes the document that goes along; where
    it cannot (LookupError, RuntimeError) the e-mail counts as not sent, as it does where the mail
    server takes nothing.
    """
    if not Email.objects.filter(pk=email.pk, state="queued").exists():
        return  # withheld, since it was claimed
    try:
        if settings.EMAIL_IS_SET:
            _send(email, attach)
    except (OSError, SMTPException, LookupError, RuntimeError) as error:
        _keep_failure(email, str(error), now)
        return
    with transaction.atomic():
        Email.objects.filter(pk=email.pk).update(
            state="sent", sent_at=now, leased_until=None, error=""
        )
        feed.tell(facility_id=email.facility_id, topic="mail", ref=email.pk, now=now)


def _send(email: Email, attach: Attach) -> None:
    name = email.from_name.replace('"', "").replace("\\", "")
    message = EmailMultiAlternatives(
        subject=email.subject,
        body=email.text,
        from_email=f'"{name}" <{settings.EMAIL_FROM}>',
        to=[email.recipient],
        reply_to=[email.reply_to] if email.reply_to else None,
    )
    message.attach_alternative(email.html, "text/html")
    if email.attachment:
        document = attach(email.attachment)
        message.attach(document.name, document.content, document.media_type)
    message.send()


def _keep_failure(email: Email, error: str, now: datetime) -> None:
    tries = email.attempts + 1
    over = tries >= _TRIES
    with transaction.atomic():
        rows = Email.objects.filter(pk=email.pk, state="queued")
        kept = rows.update(
            attempts=tries,
            state="failed" if over else "queued",
            error=error[:300],
            leased_until=None,
            next_at=now + timedelta(seconds=30 * 2**tries),
        )
        if kept and over:
            feed.tell(facility_id=email.facility_id, topic="mail", ref=email.pk, now=now)
