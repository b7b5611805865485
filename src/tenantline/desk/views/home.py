"""Home: a board of widgets."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenantline.desk.access import DeskRequest, staff_page


@require_GET
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show the board."""
    return render(request, "desk/home.html")
