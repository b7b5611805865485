"""Files that came with texts, from an address at which nothing of them can run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tenantline.conversations import queries as conversations
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.intake import files
from tenantline.intake import queries as intake
from tenantline.kernel.attachments import attachment
from tenantline.kernel.errors import NotFound

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenantline.intake.models import CallFile


@require_safe
@staff_page
def one(request: DeskRequest, file_id: int) -> HttpResponse:
    """Send a file's bytes, to be kept or to be shown as a picture, never to be opened as a page."""
    file = _found(request, file_id)
    content = files.content_of(file)
    if content is None:
        raise NotFound("This file is not there.")
    name = files.name_of(file, content.kind)
    return attachment(bytes(content.data), kind=content.kind, name=name)


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
