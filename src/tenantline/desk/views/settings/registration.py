"""What the carriers' registration of a line asks for, ready to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tenantline.consent import registration
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.facilities import queries as facilities
from tenantline.facilities.scope import Scope
from tenantline.kernel import phone
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.facilities.models import Line

_KINDS = ("campaign", "toll-free")


@require_GET
@staff_page
def page(request: DeskRequest, line_id: int) -> HttpResponse:
    """Show the texts for the kind of number that the line is, or for the other kind."""
    demand(request, "edit_lines")
    line = facilities.line(scope=request.desk.scope, line_id=line_id)
    own = "toll-free" if phone.is_toll_free(phone.Number(line.number)) else "campaign"
    asked = request.GET.get("kind", own)
    kind = asked if asked in _KINDS else own
    fill = registration.toll_free if kind == "toll-free" else registration.campaign
    context = {
        "tab": "lines",
        "line": line,
        "kind": kind,
        "other": "campaign" if kind == "toll-free" else "toll-free",
        "fields": fill(_program(line)),
        "reachable": settings.PUBLIC_URL_IS_SET,
    }
    return render(request, "desk/settings/registration.html", context)


def _program(line: Line) -> registration.Program:
    site = line.facility
    own = phone.national(phone.Number(line.number))
    here = Scope(frozenset({site.pk}))
    return registration.Program(
        facility=site.name,
        line=own,
        office=phone.national(phone.Number(site.phone)) if site.phone else own,
        program=_public("program", site.code),
        terms=_public("facility-terms", site.code),
        privacy=_public("facility-privacy", site.code),
        tenants=tenants.listing(scope=here).count(),
    )


def _public(name: str, code: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=[code])}"
