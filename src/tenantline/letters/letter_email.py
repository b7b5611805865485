"""The e-mail that a letter goes by, queued in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string

from tenantline.kernel import phone
from tenantline.mail import actions as mail
from tenantline.mail.models import Email
from tenantline.tenants.models import Tenant


def queue(
    *, tenant: Tenant, subject: str, body: str, reference: str, language: str, now: datetime
) -> Email:
    """Queue a letter to a tenant. Its words are plain; blank lines part its paragraphs."""
    site = tenant.facility
    context = {
        "facility": site,
        "office": phone.national(phone.Number(site.phone)) if site.phone else "",
        "subject": subject,
        "paragraphs": [part for part in body.split("\n\n") if part.strip()],
        "language": language,
    }
    draft = mail.Draft(
        recipient=tenant.email,
        from_name=site.name,
        reply_to=site.email,
        subject=subject,
        text=f"{body}\n\n{site.name}\n",
        html=render_to_string("letters/letter_email_body.html", context),
        reference=reference,
        facility_id=site.pk,
    )
    return mail.queue(draft, now=now)
