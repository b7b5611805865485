"""The e-mails that the demo kept instead of sending them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tenantline.facilities import queries as facilities
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel.digits import whole_number
from tenantline.mail import queries as mail
from tenantline.sandbox.demo_only import demo_only
from tenantline.statements import emailing

if TYPE_CHECKING:
    from tenantline.mail.models import Email

# A letter brings its styles along, shows nothing from elsewhere, runs nothing, and only a click
# on a link leads out of its frame.
_LETTER_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)
# As everywhere, and the frame in which a letter is read.
_PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@require_safe
@demo_only
def page(request: HttpRequest, email_id: int | None = None) -> HttpResponse:
    """Show the list of e-mails and the one that is open."""
    email = _email(email_id) if email_id is not None else None
    response = render(request, "sandbox/mailbox.html", {"here": "mailbox", **_listed(email)})
    response["Content-Security-Policy"] = _PAGE_POLICY
    return response


@require_safe
@demo_only
def rows(request: HttpRequest) -> HttpResponse:
    """Answer the list's question whether there is new mail: its rows, or 204."""
    open_id = whole_number(request.GET.get("open", ""))
    email = None if open_id is None else mail.get(open_id)
    context = _listed(email)
    if request.GET.get("mark") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "sandbox/mail_rows.html", context)


@require_safe
@demo_only
def body(request: HttpRequest, email_id: int) -> HttpResponse:
    """Return a letter's HTML for the frame in which it is read; its links open outside of it."""
    html = _email(email_id).html.replace("<head>", '<head><base target="_top">', 1)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = _LETTER_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


@require_safe
@demo_only
def attachment(request: HttpRequest, email_id: int) -> HttpResponse:
    """Return the document that goes along with a letter."""
    name = _email(email_id).attachment
    if not name:
        raise Http404("There is no attachment.")
    document = emailing.attachment(name)
    response = HttpResponse(document.content, content_type=document.media_type)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=document.name
    )
    return response


def _email(email_id: int) -> Email:
    email = mail.get(email_id)
    if email is None:
        raise Http404("There is no such e-mail.")
    return email


def _listed(email: Email | None) -> dict[str, Any]:
    """Return the list and the open e-mail with their times where their facility is."""
    zones = {one.pk: ZoneInfo(one.timezone) for one in facilities.in_scope(EVERYWHERE)}
    listed = mail.latest()
    letters = [{"email": one, "at": _local(one, zones)} for one in listed]
    waiting = sum(one.state == "queued" for one in listed)
    newest = listed[0].pk if listed else 0
    return {
        "letters": letters,
        "email": email,
        "at": _local(email, zones) if email else None,
        "mark": f"{newest}-{waiting}",
    }


def _local(email: Email, zones: dict[int, ZoneInfo]) -> Any:
    zone = zones.get(email.facility_id)
    return email.created_at.astimezone(zone) if zone else email.created_at
