"""The e-mail that carries the opt-in form's link, in the tenant's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from tenantline.facilities.models import Facility

_SUBJECTS = {
    "en": "{facility}: sign up for text messages",
    "es": "{facility}: inscríbase para recibir mensajes de texto",
}


@dataclass(frozen=True)
class FormEmail:
    """A composed e-mail: subject, plain text and HTML."""

    subject: str
    text: str
    html: str


def compose(
    *,
    facility: Facility,
    tenant_name: str,
    line: str,
    link: str,
    expires_at: datetime,
    language: str,
) -> FormEmail:
    """Return the e-mail. ``line`` is in national format; the expiry is shown in facility time."""
    language = language if language in _SUBJECTS else "en"
    context = {
        "facility": facility,
        "tenant_name": tenant_name,
        "line": line,
        "link": link,
        "expires_on": expires_at.astimezone(ZoneInfo(facility.timezone)).date(),
        "language": language,
    }
    return FormEmail(
        subject=_SUBJECTS[language].format(facility=facility.name),
        text=render_to_string(f"consent/form_email_{language}.txt", context),
        html=render_to_string(f"consent/form_email_{language}.html", context),
    )
