"""What staff see when something cannot be done: a page, or a toast where htmx asked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import reswap, trigger_client_event

from tenantline.kernel.errors import BadInput, Forbidden, NotFound, TenantlineError

_STATUS: tuple[tuple[type[TenantlineError], int], ...] = (
    (NotFound, 404),
    (Forbidden, 403),
    (BadInput, 400),
    (TenantlineError, 409),
)
_TITLES = {
    404: "Nothing here",
    403: "Not allowed",
    400: "That could not be used",
    409: "That was not done",
}


def status_of(error: TenantlineError) -> int:
    """Return the HTTP status that fits an error."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def response(request: HttpRequest, error: TenantlineError) -> HttpResponse:
    """Say an error's sentence: as a toast to htmx, else as a page of its own."""
    status = status_of(error)
    if request.headers.get("HX-Request"):
        return toast(HttpResponse(status=status), error.sentence, kind="stop", swap=False)
    context = {"title": _TITLES[status], "sentence": error.sentence}
    return render(request, "desk/problem.html", context, status=status)


def toast(
    answer: HttpResponse, sentence: str, *, kind: str = "good", swap: bool = True
) -> HttpResponse:
    """Add a toast to an answer for htmx. ``kind`` is good, waiting or stop."""
    if not swap:
        answer = reswap(answer, "none")
    return trigger_client_event(answer, "toast", {"sentence": sentence, "kind": kind})


def see_other(name: str, *args: object) -> HttpResponse:
    """Lead on after something was done, so that reloading the page does not do it again."""
    return redirect(reverse(name, args=args))


def say(request: HttpRequest, sentence: str) -> None:
    """Show a sentence on the next page, as what has just been done."""
    messages.success(request, sentence)
