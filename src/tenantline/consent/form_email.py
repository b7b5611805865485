"""The e-mail that carries the opt-in form's link, in the tenant's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string

from tenantline.facilities.models import Facility
from tenantline.kernel import days, phone

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
        "office": phone.national(phone.Number(facility.phone)) if facility.phone else "",
        "address": _address(facility),
        "tenant_name": tenant_name,
        "line": line,
        "link": link,
        "works_until": days.long_moment(expires_at, zone=facility.timezone, language=language),
    }
    return FormEmail(
        subject=_SUBJECTS[language].format(facility=facility.name),
        text=render_to_string(f"consent/form_email_{language}.txt", context),
        html=render_to_string(f"consent/form_email_{language}.html", context),
    )


def _address(facility: Facility) -> str:
    """Return the site's postal address on one line, as far as it is known."""
    place = " ".join(part for part in (facility.state, facility.postal_code) if part)
    return ", ".join(part for part in (facility.street, facility.city, place) if part)
