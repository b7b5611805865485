"""The opt-in form behind its link, and the pages around it (R2, R13).

A form that was handed over on the office's own device is filled in once; after that its number
and its answers are not shown there again.

Looking changes nothing, whatever looks: only the two POSTs write. Both are exempt from the CSRF
check on purpose. The unguessable token in the path is the authority, there is no session to
ride on, and e-mail programs open the link in web views that keep no cookies.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tenantline.consent import counter, forms
from tenantline.consent import queries as consent
from tenantline.consent.services import SERVICES
from tenantline.facilities import queries as facilities
from tenantline.facilities.scope import Scope
from tenantline.kernel import clock, days, phone, qr
from tenantline.kernel.errors import NotFound
from tenantline.kernel.tries import Tries
from tenantline.public.facsimile import FormView, form_view
from tenantline.public.letterhead import asked_language, letterhead, page
from tenantline.public.words import WORDS

if TYPE_CHECKING:
    from tenantline.consent.forms import FormGone, OpenForm

View = Callable[[HttpRequest, str], HttpResponse]
# A code at the counter is short. Thirty wrong ones at once and six a minute help nobody to guess
# one of 28 to the power of 8 in its half hour, and a person who mistypes does not notice.
TRIES: Final = Tries(at_once=30, every=10.0, by_all=300, every_of_all=1.0)


def token_page(view: View) -> View:
    """Answer a dead link calmly, and keep the link's token out of caches, indexes and referrers.

    Who tries too many codes that do not exist is asked to wait, and may guess none meanwhile.
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        is_code = counter.is_code(counter.read_code(token))
        seconds = TRIES.wait(_ip(request), clock.tick()) if is_code else 0
        try:
            response = _too_many(request, seconds) if seconds else view(request, token)
        except forms.FormGone as gone:
            response = _gone_page(request, gone)
        except NotFound:
            if is_code:
                TRIES.note(_ip(request), clock.tick())
            response = _unknown_page(request)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@token_page
def form(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form; a POST hands it in and goes on to the last step."""
    if request.method == "POST":
        return _hand_in(request, token)
    shown = forms.peek(token, now=clock.now(), language=asked_language(request))
    if _is_filled_in(shown):
        return _go("opt-in-done", token, shown.language)
    return _form_page(request, token, shown, form_view(shown))


@token_page
def done(request: HttpRequest, token: str) -> HttpResponse:
    """Show the last step, and how far the person has come."""
    now = clock.now()
    shown = forms.peek(token, now=now, language=asked_language(request))
    if not shown.submitted:
        return redirect("opt-in", token)
    standing = _standing(shown)
    names = WORDS[shown.language]["services"]
    until = standing.waits_until
    zone = shown.tenant.facility.timezone
    return page(
        request,
        "opt_in_done",
        language=shown.language,
        house=letterhead(shown.tenant.facility),
        context={
            "token": token,
            "shown": shown,
            "status": standing.status,
            "waiting": [names[s] for s in SERVICES if s in standing.waiting],
            "active": [names[s] for s in SERVICES if standing.services[s]],
            "until": until and days.long_day(until, zone=zone, language=shown.language),
            "start_code": _start_code(shown),
            **device(shown.form.handed_over, shown.tenant.pk),
        },
    )


@token_page
def not_mine(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the number is really not theirs; a POST tells the office."""
    now = clock.now()
    if request.method == "POST":
        forms.disown(token=token, ip=_ip(request), user_agent=_agent(request), now=now)
        return _go("opt-in-disowned", token, asked_language(request))
    shown = forms.peek(token, now=now, language=asked_language(request))
    if _is_filled_in(shown):
        return _go("opt-in-done", token, shown.language)
    return page(
        request,
        "not_mine",
        language=shown.language,
        house=letterhead(shown.tenant.facility),
        context={"token": token, "shown": shown} | device(shown.form.handed_over, shown.tenant.pk),
    )


@token_page
def disowned(request: HttpRequest, token: str) -> HttpResponse:
    """Thank for "this is not my number"."""
    try:
        forms.peek(token, now=clock.now())
    except forms.FormGone as gone:
        if gone.why != "disowned":
            raise
        return _gone_page(request, gone, status=200)
    return redirect("opt-in-not-mine", token)


def _hand_in(request: HttpRequest, token: str) -> HttpResponse:
    now, language = clock.now(), asked_language(request)
    if _is_filled_in(forms.peek(token, now=now)):
        return _go("opt-in-done", token, language)
    ticked, agreed = request.POST.getlist("services"), request.POST.get("agree") == "yes"
    try:
        forms.submit(
            token=token,
            services=ticked,
            agreed=agreed,
            language=language,
            version=request.POST.get("version", ""),
            ip=_ip(request),
            user_agent=_agent(request),
            now=now,
        )
    except forms.FormIncomplete as problem:
        shown = forms.peek(token, now=now, language=language)
        again = form_view(shown, ticked=ticked, agreed=agreed, wrong=problem.fields)
        return _form_page(request, token, shown, again, status=422)
    return _go("opt-in-done", token, language)


def _form_page(
    request: HttpRequest, token: str, shown: OpenForm, view: FormView, *, status: int = 200
) -> HttpResponse:
    standing = _standing(shown)
    names = WORDS[shown.language]["services"]
    return page(
        request,
        "opt_in",
        language=shown.language,
        house=letterhead(shown.tenant.facility),
        status=status,
        context={
            "token": token,
            "form": view,
            "submitted": shown.submitted,
            "active": [names[s] for s in SERVICES if standing.services[s]],
            **device(shown.form.handed_over, shown.tenant.pk),
        },
    )


def device(handed_over: bool, tenant_id: int) -> dict[str, Any]:
    """Return what a page on the office's own device needs to lead staff back: their sign-in."""
    if not handed_over:
        return {"device": False}
    back = reverse("desk:counter", args=[tenant_id])
    return {"device": True, "way_back": reverse("desk:sign_in", query={"next": back})}


def _is_filled_in(shown: OpenForm) -> bool:
    return shown.form.handed_over and shown.submitted


def _start_code(shown: OpenForm) -> qr.Drawing | None:
    """Return what a phone's camera reads at the counter: a text START to the facility's line."""
    if shown.form.medium != "counter":
        return None
    return qr.drawn(f"SMSTO:{shown.line_e164}:START")


def _standing(shown: OpenForm) -> consent.Consent:
    # The person holds the link of this tenant alone: nobody else who shares the phone is shown.
    return consent.of(tenant=shown.tenant, scope=Scope(frozenset()), now=clock.now())


def _gone_page(request: HttpRequest, gone: FormGone, *, status: int = 410) -> HttpResponse:
    line = facilities.sending_line(gone.tenant.facility_id)
    return page(
        request,
        "gone",
        language=asked_language(request) or gone.tenant.language,
        house=letterhead(gone.tenant.facility),
        status=status,
        context={
            "why": gone.why,
            "line": phone.national(phone.Number(line.number)) if line else "",
            **device(gone.handed_over, gone.tenant.pk),
        },
    )


def _unknown_page(request: HttpRequest) -> HttpResponse:
    language = asked_language(request) or "en"
    return page(
        request, "gone", language=language, house=None, status=404, context={"why": "unknown"}
    )


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    response = page(
        request,
        "gone",
        language=asked_language(request) or "en",
        house=None,
        status=429,
        context={"why": "too_many"},
    )
    response["Retry-After"] = str(seconds)
    return response


def _go(name: str, token: str, language: str) -> HttpResponse:
    """Redirect after a POST, in the language in which the person was reading."""
    query: dict[str, Any] = {"lang": language} if language else {}
    response = redirect(reverse(name, args=[token], query=query))
    response.status_code = 303
    return response


def _ip(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")
