"""Tenants' phones in the browser, one or several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tenantline.carrier import sandbox
from tenantline.facilities import queries as facilities
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, TenantlineError
from tenantline.sandbox import phones, twilio_side
from tenantline.sandbox.demo_only import demo_only
from tenantline.sandbox.phones import Screen

SIDE_BY_SIDE: Final = 3
UNCHANGED: Final = 204  # htmx leaves the page as it is


@require_safe
@demo_only
def page(request: HttpRequest) -> HttpResponse:
    """Show the list of phones and the chosen ones: ``?phone=+1…``, repeated for several."""
    shown, problem = _screens(request)
    if len(shown) == 1 and request.GET.getlist("phone") != [shown[0].phone.number] and not problem:
        return redirect(_address(shown[0]))
    context = {
        "here": "handset",
        "screens": shown,
        "problem": problem,
        **_phone_list(request, [screen.phone.number for screen in shown]),
    }
    return render(request, "sandbox/handset.html", context)


@require_safe
@demo_only
def phone_list(request: HttpRequest) -> HttpResponse:
    """Answer the list's question whether a phone or a consent is new: its rows, or 204."""
    context = _phone_list(request, request.GET.getlist("phone")[:SIDE_BY_SIDE])
    if request.GET.get("mark") == context["mark"]:
        return HttpResponse(status=UNCHANGED)
    return render(request, "sandbox/phone_list.html", context)


@require_safe
@demo_only
def screen(request: HttpRequest) -> HttpResponse:
    """Answer a phone's question whether anything is new: its screen, or 204."""
    found = _screen(request.GET.get("phone", ""), request.GET.get("line", ""))
    if isinstance(found, BadInput):
        return HttpResponse(found.sentence, status=400, content_type="text/plain")
    if request.GET.get("mark") == found.mark:
        return HttpResponse(status=UNCHANGED)
    return render(request, "sandbox/screen.html", {"screen": found})


@require_safe
@demo_only
def phone_frame(request: HttpRequest) -> HttpResponse:
    """Show one phone anew, with another thread open."""
    found = _screen(request.GET.get("phone", ""), request.GET.get("line", ""))
    if isinstance(found, BadInput):
        return HttpResponse(found.sentence, status=400, content_type="text/plain")
    return render(request, "sandbox/phone.html", {"screen": found})


@require_POST
@demo_only
def send(request: HttpRequest) -> HttpResponse:
    """Text from a phone to a line, through the webhook that Twilio would call."""
    found = _screen(request.POST.get("phone", ""), request.POST.get("line", ""))
    if isinstance(found, BadInput):
        return HttpResponse(found.sentence, status=400, content_type="text/plain")
    body, problem = request.POST.get("body", ""), ""
    line = facilities.line_by_number(request.POST.get("line", ""))
    try:
        if line is None or line.carrier != "sandbox":
            raise BadInput("Choose one of the demo's own numbers.", field="line")
        twilio_side.text(handset=found.phone.number, line=line, body=body, now=clock.now())
        body = ""
    except TenantlineError as error:
        problem = error.sentence
    if not request.headers.get("HX-Request") and not problem:
        return redirect(_address(found))
    after = phones.screen(
        found.phone.number, line_number=request.POST.get("line", ""), now=clock.now()
    )
    context: dict[str, Any] = {"screen": after, "problem": problem, "typed": body, "sent": True}
    template = "phone" if request.headers.get("HX-Request") else "lone_phone"
    return render(request, f"sandbox/{template}.html", context)


@require_POST
@demo_only
def give_up(request: HttpRequest) -> HttpResponse:
    """Let the phone's owner give the number up: it stands on the carrier's list of the day."""
    found = _screen(request.POST.get("phone", ""), request.POST.get("line", ""))
    if isinstance(found, BadInput):
        return HttpResponse(found.sentence, status=400, content_type="text/plain")
    sandbox.give_up(found.phone.number, at=clock.now())
    if not request.headers.get("HX-Request"):
        return redirect(_address(found))
    return render(request, "sandbox/phone.html", {"screen": found, "given_up": True})


def _phone_list(request: HttpRequest, chosen: Sequence[str]) -> dict[str, Any]:
    search = request.GET.get("q", "").strip()
    found = phones.known(search=search, now=clock.now())
    return {
        "phones": found,
        "mark": phones.mark_of(found),
        "chosen": chosen,
        "room_for_more": 0 < len(chosen) < SIDE_BY_SIDE,
        "search": search,
    }


def _screens(request: HttpRequest) -> tuple[list[Screen], str]:
    """Return the phones that the address names, each once, and what is wrong with it."""
    found: dict[str, Screen] = {}
    problem = ""
    for written in request.GET.getlist("phone")[:SIDE_BY_SIDE]:
        one = _screen(written, request.GET.get("line", ""))
        if isinstance(one, BadInput):
            problem = one.sentence
        else:
            found[one.phone.number] = one
    return list(found.values()), problem


def _screen(written: str, line_number: str) -> Screen | BadInput:
    try:
        number = phones.read_number(written)
    except BadInput as error:
        return error
    line_number = "+" + line_number[1:] if line_number.startswith(" ") else line_number
    return phones.screen(number, line_number=line_number, now=clock.now())


def _address(screen: Screen) -> str:
    query: dict[str, Any] = {"phone": screen.phone.number}
    if screen.line is not None:
        query["line"] = screen.line.number
    return reverse("sandbox:handset", query=query)
