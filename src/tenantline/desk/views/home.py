"""Home: a board of widgets. Each is a partial of the page's template, fetched anew by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenantline.consent import queries as consent
from tenantline.conversations import queries as conversations
from tenantline.desk.access import Desk, DeskRequest, staff_page
from tenantline.desk.picture import stacked
from tenantline.desk.rows import tenant_rows
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.conversations.models import Conversation, Message

_SHOWN = 8


@require_GET
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show the board."""
    context: dict[str, Any] = {}
    for widget in WIDGETS.values():
        context |= widget(request.desk)
    return render(request, "desk/home.html", context)


@require_GET
@staff_page
def widget(request: DeskRequest, name: str) -> HttpResponse:
    """Show one widget, for a page that is open while things change."""
    if name not in WIDGETS:
        raise Http404
    return render(request, f"desk/home.html#{name}", WIDGETS[name](request.desk))


def _unread(desk: Desk) -> dict[str, Any]:
    threads = conversations.unread(scope=desk.view, limit=_SHOWN)
    newest = {thread.pk: _newest_inbound(thread) for thread in threads}
    names = conversations.names_of(threads)
    rows = [
        {"conversation": thread, "tenants": names[thread.pk], "message": newest[thread.pk]}
        for thread in threads
    ]
    return {"unread": rows, "unread_more": max(desk.unread - len(rows), 0)}


def _newest_inbound(thread: Conversation) -> Message | None:
    latest = conversations.messages(thread, limit=20)
    return next((message for message in reversed(latest) if message.direction == "in"), None)


def _waiting(desk: Desk) -> dict[str, Any]:
    rows = consent.with_status(tenants.listing(scope=desk.view), desk.now)
    found = rows.filter(Q(consent_status="waiting_for_start")).select_related("standing")
    first = tenant_rows(found.order_by("standing__since")[:_SHOWN], desk.now)
    return {
        "waiting": first,
        "waiting_count": found.count() if len(first) == _SHOWN else len(first),
    }


def _consent(desk: Desk) -> dict[str, Any]:
    counts = consent.counts(desk.view, desk.now)
    return {"pieces": stacked(counts), "tenants_total": sum(counts.values())}


WIDGETS = {"unread": _unread, "consent": _consent, "waiting": _waiting}
