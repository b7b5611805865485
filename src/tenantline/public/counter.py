"""The way from the counter to the form: a code that is scanned or typed, and a choice of language.

Looking changes nothing here either. That the form was opened is said by the button that opens it,
so the office's page does not take a camera's preview for a person (R13).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenantline.consent import counter, forms
from tenantline.kernel import clock
from tenantline.public.letterhead import asked_language, letterhead, page
from tenantline.public.opt_in import device, token_page
from tenantline.public.words import WORDS


@require_safe
def typed(request: HttpRequest) -> HttpResponse:
    """Ask for the code that the office shows; go on to where it leads."""
    code = counter.read_code(request.GET.get("code", ""))
    if code:
        return redirect("counter-code", code)
    return page(request, "counter_code", language=asked_language(request), house=None, context={})


@token_page
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Offer the form in each language; the button opens it and tells the desk."""
    token, now = counter.read_code(token), clock.now()
    if request.method == "POST":
        counter.open_form(code=token, now=now)
        language = asked_language(request)
        response = redirect(
            reverse("opt-in", args=[token], query={"lang": language} if language else {})
        )
        response.status_code = 303
        return response
    shown = forms.peek(token, now=now, language=asked_language(request))
    if shown.submitted:
        return redirect("opt-in-done", token)
    return page(
        request,
        "counter",
        language=shown.language,
        house=letterhead(shown.tenant.facility),
        context={"token": token, "every": WORDS} | device(shown.form.handed_over, shown.tenant.pk),
    )
