"""The statement page behind its link: two questions, then the statement and its PDF (R13).

Looking changes nothing: previews fetch links, and only a right answer counts as opened. The POST is
exempt from the CSRF check like the opt-in form's: the unguessable token in the path is what is
shown, the two answers are the authority, and there is no session to ride on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from tenantline.kernel import clock
from tenantline.kernel.errors import NotFound
from tenantline.public.letterhead import Letterhead, asked_language, letterhead, page
from tenantline.public.statement_words import WORDS, tries_left
from tenantline.statements import emailing, opening, pdf, phrases, rules
from tenantline.statements.opening import Door, LinkDead

View = Callable[[HttpRequest, str], HttpResponse]
_COOKIE: Final = "statement"


def link_page(view: View) -> View:
    """Answer a dead link calmly; keep link and statement out of caches, indexes, referrers."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except LinkDead as dead:
            response = _dead_page(request, dead)
        except NotFound:
            response = _unknown_page(request)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@link_page
def statement(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for surname and unit; show the statement to whoever has answered rightly."""
    if request.method == "POST":
        return _judge(request, token)
    now = clock.now()
    said = opening.inside(token, visit=request.COOKIES.get(_COOKIE, ""), now=now)
    door = opening.knock(token, now=now)
    if said is None:
        return _questions(request, token, door)
    language = asked_language(request) or said.language
    context = {
        "token": token,
        "words": WORDS[language if language in WORDS else "en"],
        "shown": phrases.of(replace(said, language=language)),
    }
    house = letterhead(door.link.statement.facility)
    return page(request, "statement", language=language, house=house, context=context)


@require_safe
@link_page
def download(request: HttpRequest, token: str) -> HttpResponse:
    """Give the statement as a PDF to whoever has answered rightly; else ask."""
    visit = request.COOKIES.get(_COOKIE, "")
    said = opening.inside(token, visit=visit, now=clock.now())
    if said is None:
        return redirect("statement", token)
    response = HttpResponse(pdf.render(said), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{emailing.file_name(said)}"'
    return response


def _judge(request: HttpRequest, token: str) -> HttpResponse:
    answered = opening.answer(
        token=token,
        surname=request.POST.get("surname", ""),
        unit=request.POST.get("unit", ""),
        now=clock.now(),
    )
    if answered.visit is None:
        return _questions(request, token, answered.door, wrong=True, missing=answered.missing)
    language = asked_language(request)
    query = {"lang": language} if language else {}
    response = redirect(reverse("statement", args=[token], query=query))
    response.status_code = 303
    response.set_cookie(
        _COOKIE,
        answered.visit,
        max_age=int(rules.VISIT_LASTS.total_seconds()),
        path=reverse("statement", args=[token]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _questions(
    request: HttpRequest, token: str, door: Door, *, wrong: bool = False, missing: bool = False
) -> HttpResponse:
    language = _known(asked_language(request) or door.language)
    context = {
        "token": token,
        "words": WORDS[language],
        "wrong": wrong,
        "missing": missing,
        "left": tries_left(door.tries_left, language=language),
        "surname": request.POST.get("surname", "")[:200],
        "unit": request.POST.get("unit", "")[:200],
    }
    house = letterhead(door.link.statement.facility)
    status = 422 if wrong else 200
    return page(
        request, "statement_door", language=language, house=house, status=status, context=context
    )


def _dead_page(request: HttpRequest, dead: LinkDead) -> HttpResponse:
    language = _known(asked_language(request) or dead.language)
    status = 423 if dead.why == "locked" else 410
    return _gone(request, dead.why, language, status, house=letterhead(dead.facility))


def _unknown_page(request: HttpRequest) -> HttpResponse:
    return _gone(request, "unknown", _known(asked_language(request)), 404, house=None)


def _gone(
    request: HttpRequest, why: str, language: str, status: int, *, house: Letterhead | None
) -> HttpResponse:
    title, more = WORDS[language]["gone"][why]
    context = {"words": WORDS[language], "title": title, "more": more}
    return page(
        request, "statement_gone", language=language, house=house, status=status, context=context
    )


def _known(language: str) -> str:
    return language if language in WORDS else "en"
