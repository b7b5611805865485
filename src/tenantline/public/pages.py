"""The pages that anybody may open: the texting programme, its terms and its privacy notice.

Carriers' reviewers open them without a link: they show the form as tenants see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenantline.consent import registration
from tenantline.consent.wording import FORM_VERSION
from tenantline.facilities import queries as facilities
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import phone
from tenantline.kernel.errors import NotFound
from tenantline.public.facsimile import facsimile
from tenantline.public.letterhead import Letterhead, asked_language, letterhead, page
from tenantline.public.words import WORDS

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility


@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """List the facilities; where there is one, show its programme."""
    every = facilities.in_scope(EVERYWHERE)
    if len(every) == 1:
        return _program_page(request, every[0])
    return page(
        request,
        "programs",
        language=asked_language(request),
        house=None,
        context={"houses": [letterhead(facility) for facility in every]},
    )


@require_safe
def program(request: HttpRequest, code: str) -> HttpResponse:
    """Show one facility's texting programme: what, how often, how to join, the form itself."""
    try:
        return _program_page(request, facilities.facility(scope=EVERYWHERE, code=code))
    except NotFound:
        return _no_facility(request)


@require_safe
def terms(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show the terms of the texting programme, of one facility or of all."""
    return _legal_page(request, "terms", code)


@require_safe
def privacy(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show the privacy notice, of one facility or of all."""
    return _legal_page(request, "privacy", code)


def _program_page(request: HttpRequest, facility: Facility) -> HttpResponse:
    language = asked_language(request) or "en"
    house, line = letterhead(facility), _line(facility, language)
    copies = [
        facsimile(facility=facility.name, line=_line(facility, one), language=one)
        for one in (language, *(other for other in WORDS if other != language))
    ]
    return page(
        request,
        "program",
        language=language,
        house=house,
        context={
            "line": line,
            "copies": copies,
            "version": FORM_VERSION,
            "samples": _samples(house, line, language),
        },
    )


def _legal_page(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    language = asked_language(request) or "en"
    try:
        chosen = (
            [facilities.facility(scope=EVERYWHERE, code=code)]
            if code
            else facilities.in_scope(EVERYWHERE)
        )
    except NotFound:
        return _no_facility(request)
    alone = letterhead(chosen[0]) if len(chosen) == 1 else None
    rows = [{"house": letterhead(one), "line": _line(one, language)} for one in chosen]
    return page(
        request,
        kind,
        language=language,
        house=alone,
        context={"rows": rows, "letter": f"public/{kind}_{language}.html"},
    )


def _no_facility(request: HttpRequest) -> HttpResponse:
    language = asked_language(request) or "en"
    return page(
        request, "gone", language=language, house=None, status=404, context={"why": "no_facility"}
    )


def _line(facility: Facility, language: str) -> str:
    line = facilities.sending_line(facility.pk)
    if line is None:
        return str(WORDS[language]["line_to_come"])
    return phone.national(phone.Number(line.number))


def _samples(house: Letterhead, line: str, language: str) -> list[dict[str, str]]:
    """Return one sample text of each kind, in the wording that really goes out."""
    pages = settings.PUBLIC_URL
    texts = registration.samples_of(
        registration.Program(
            facility=house.name,
            line=line,
            office=house.office or line,
            program=f"{pages}{reverse('program', args=[house.code])}",
            terms="",
            privacy="",
        ),
        language,
    )
    kinds = WORDS[language]["sample_kinds"]
    return [{"kind": kinds[kind], "text": texts[kind]} for kind in kinds]
