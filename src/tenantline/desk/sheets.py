"""Sheets: a question that opens in a dialog where htmx asks, else as a page of its own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from tenantline.desk.access import DeskRequest

if TYPE_CHECKING:
    from tenantline.consent.queries import Consent


def show(request: DeskRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """Show the sheet ``desk/sheets/NAME.html``. A form with an error keeps what was typed."""
    form = context.get("form")
    status = 400 if form is not None and form.error else 200
    if request.htmx:
        return render(request, f"desk/sheets/{name}.html", context, status=200)
    context = context | {"sheet": f"desk/sheets/{name}.html"}
    return render(request, "desk/sheet_page.html", context, status=status)


def done(request: DeskRequest, name: str, *args: object) -> HttpResponse:
    """Lead on after a sheet's act was done, also from the dialog."""
    address = reverse(name, args=args)
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def back(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Lead back to where the sheet was opened: the chat, what waits, else the tenant's page."""
    origin = request.POST.get("next", "")
    if origin == "chat":
        # The window stays what it is: the chat alone, or the inbox with its pane.
        return (
            HttpResponseClientRefresh() if request.htmx else redirect("desk:chat_tenant", tenant_id)
        )
    if origin.partition(":")[0] == "consent":
        return redirect(f"{reverse('desk:consent')}?about={origin.partition(':')[2]}")
    return done(request, "desk:tenant", tenant_id)


def link_lives(standing: Consent, now: datetime) -> bool:
    """Tell whether the link to the tenant's opt-in form still works."""
    form = standing.form
    return form is not None and form.dead_at is None and now < form.expires_at
