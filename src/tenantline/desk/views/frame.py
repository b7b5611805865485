"""What the frame fetches by itself: what the search field finds, the unread count."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenantline.desk.access import DeskRequest, staff_page
from tenantline.desk.rows import tenant_rows
from tenantline.tenants import queries as tenants

_SHOWN = 8


@require_GET
@staff_page
def search(request: DeskRequest) -> HttpResponse:
    """Show the first tenants that the typed words find, as a list under the search field."""
    words = request.GET.get("q", "").strip()[:200]
    found = tenants.listing(scope=request.desk.view, search=words)[: _SHOWN + 1] if words else []
    rows = tenant_rows(found, request.desk.now)
    context = {"words": words, "rows": rows[:_SHOWN], "more": len(rows) > _SHOWN}
    return render(request, "desk/parts/found.html", context)


@require_GET
@staff_page
def unread(request: DeskRequest) -> HttpResponse:
    """Show the unread count anew."""
    return render(request, "desk/parts/unread.html")


@require_GET
@staff_page
def alarms(request: DeskRequest) -> HttpResponse:
    """Show anew which lines are paused."""
    return render(request, "desk/parts/alarms.html")
