"""Files that came with texts, from an address at which nothing of them can run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from tenantline.conversations import queries as conversations
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.files import name_of
from tenantline.intake import files
from tenantline.intake import queries as intake
from tenantline.kernel.errors import NotFound

if TYPE_CHECKING:
    from tenantline.intake.models import CallFile

# Whatever a browser might make of the bytes: no script, no frame, no form, no other address.
_NOTHING_RUNS: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
@staff_page
def one(request: DeskRequest, file_id: int) -> HttpResponse:
    """Send a file's bytes, to be kept or to be shown as a picture, never to be opened as a page."""
    file = _found(request, file_id)
    content = files.content_of(file)
    if content is None:
        raise NotFound("This file is not there.")
    answer = HttpResponse(bytes(content.data), content_type=content.kind)
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=name_of(file, content.kind)
    )
    answer["Content-Security-Policy"] = _NOTHING_RUNS
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@require_POST
@staff_page
def again(request: DeskRequest, file_id: int) -> HttpResponse:
    """Fetch a file once more that could not be fetched before."""
    demand(request, "text")
    file = _found(request, file_id)
    files.again(file=file, now=request.desk.now)
    thread = conversations.of_call(file.call_id)
    if thread is None:
        return redirect(f"{reverse('desk:inbox')}?filter=strays")
    return redirect("desk:chat", thread.pk)


def _found(request: DeskRequest, file_id: int) -> CallFile:
    """Return a file in scope; one of a stray belongs to no facility and to who reads those."""
    file = intake.file(file_id)
    if file is None:
        raise NotFound("There is no such file.")
    if file.call.line is None:
        demand(request, "read_audit")
    elif not request.desk.scope.covers(file.call.line.facility_id):
        raise NotFound("There is no such file.")
    return file
