"""What public pages show of a facility, and in which language they speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenantline.kernel import phone
from tenantline.public.words import WORDS

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility


@dataclass(frozen=True, slots=True)
class Letterhead:
    """A facility as its public pages name it. ``office`` is in national format, or empty."""

    code: str
    name: str
    office: str
    office_e164: str
    email: str
    address: str


def letterhead(facility: Facility) -> Letterhead:
    """Return what a facility's pages show on top and at the foot."""
    place = " ".join(part for part in (facility.state, facility.postal_code) if part)
    return Letterhead(
        code=facility.code,
        name=facility.name,
        office=phone.national(phone.Number(facility.phone)) if facility.phone else "",
        office_e164=facility.phone,
        email=facility.email,
        address=", ".join(part for part in (facility.street, facility.city, place) if part),
    )


def asked_language(request: HttpRequest) -> str:
    """Return the language that the address or the submitted form names; empty for none."""
    asked = request.POST.get("lang") or request.GET.get("lang") or ""
    return asked if asked in WORDS else ""


def page(
    request: HttpRequest,
    template: str,
    *,
    language: str,
    house: Letterhead | None,
    status: int = 200,
    context: Mapping[str, Any],
) -> HttpResponse:
    """Render a public page in a language, under a facility's name where there is one."""
    language = language if language in WORDS else "en"
    common = {"lang": language, "ui": WORDS[language], "house": house}
    return render(request, f"public/{template}.html", {**common, **context}, status=status)
