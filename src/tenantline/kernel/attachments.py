"""Files of strangers, handed on so that nothing of them can run."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

# Whatever a browser might make of the bytes: no script, no frame, no form, no other address.
_NOTHING_RUNS: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


def attachment(data: bytes, *, kind: str, name: str) -> HttpResponse:
    """Return bytes to be kept, or to be shown as a picture, never to be opened as a page.

    ``kind`` is the media type that the bytes were found to be, never what somebody said.
    """
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer["Content-Security-Policy"] = _NOTHING_RUNS
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
