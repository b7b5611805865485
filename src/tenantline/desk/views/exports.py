"""Lists as CSV files: streamed, so that a hundred thousand rows need no memory and no patience."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.forms import Form, typed
from tenantline.desk.views import tenants as listed
from tenantline.exports import actions, people
from tenantline.exports.texts import texts as texts_file
from tenantline.kernel.errors import BadInput

if TYPE_CHECKING:
    from tenantline.exports.actions import What
    from tenantline.facilities.models import Facility


@require_GET
@staff_page
def tenants(request: DeskRequest) -> StreamingHttpResponse:
    """Send the tenants of the list, filters included."""
    demand(request, "text")
    rows = listed.found(request)
    return _file(request, "tenants", people.tenants(rows=rows, now=request.desk.now))


@require_GET
@staff_page
def consent(request: DeskRequest) -> StreamingHttpResponse:
    """Send how the consent of the list's tenants stands, filters included."""
    demand(request, "text")
    return _file(request, "consent", people.consent(rows=listed.found(request)))


@require_GET
@staff_page
def texts(request: DeskRequest) -> HttpResponse:
    """Ask from which day to which."""
    demand(request, "text")
    today = _today(request)
    days = {"from": today.replace(day=1).isoformat(), "to": today.isoformat()}
    return _texts_page(request, Form(days))


@require_GET
@staff_page
def texts_csv(request: DeskRequest) -> HttpResponse | StreamingHttpResponse:
    """Send the texts of some days; what cannot be used is asked for again."""
    demand(request, "text")
    try:
        first, last = _day(request, "from"), _day(request, "to")
        content = texts_file(
            scope=request.desk.view, facilities=_sites(request), first=first, last=last
        )
    except BadInput as error:
        return _texts_page(request, typed(request.GET, error))
    days = {"from": first.isoformat(), "to": last.isoformat()}
    return _file(request, "messages", content, **days)


def _texts_page(request: DeskRequest, form: Form) -> HttpResponse:
    status = 400 if form.error else 200
    return render(request, "desk/export_texts.html", {"form": form}, status=status)


def _day(request: DeskRequest, field: str) -> date:
    try:
        return date.fromisoformat(request.GET.get(field, ""))
    except ValueError:
        raise BadInput("Choose a day, such as 2026-11-22.", field=field) from None


def _file(
    request: DeskRequest, what: What, content: Iterator[bytes], **days: str
) -> StreamingHttpResponse:
    """Note who exports what, then send it. Words that were searched for are not kept: a name may
    stand in them.
    """
    words, status = listed.asked(request)
    filters = {"status": status[:40], "rows": "those found by a search" if words else ""}
    desk = request.desk
    detail = days or {name: value for name, value in filters.items() if value}
    actions.note(what=what, facilities=_sites(request), by=desk.actor, now=desk.now, **detail)
    where = f"{desk.facility.code.lower()}-" if desk.facility else ""
    name = f"{what}-{where}{'-to-'.join(days.values()) or _today(request).isoformat()}.csv"
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return StreamingHttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition or "attachment"},
    )


def _sites(request: DeskRequest) -> list[Facility]:
    desk = request.desk
    return [desk.facility] if desk.facility else desk.facilities


def _today(request: DeskRequest) -> date:
    return request.desk.now.astimezone(ZoneInfo(request.desk.zone)).date()
