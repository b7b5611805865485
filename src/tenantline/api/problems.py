"""What goes wrong, as problem documents (RFC 9457).

Every answer of 400 and above under ``/api/v1`` is ``application/problem+json``: what the rooms
below refuse, what cannot be read, and, through ``every_error_is_a_problem``, whatever Django or
django-ninja answers by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, ConfigDict, Field

from tenantline.kernel.errors import (
    BadInput,
    Conflict,
    Forbidden,
    NotFound,
    TenantlineError,
    TooSoon,
)

_log = structlog.get_logger(__name__)
MEDIA_TYPE: Final = "application/problem+json"
PREFIX: Final = "/api/v1/"
_KEPT_HEADERS: Final = ("Allow", "Retry-After", "WWW-Authenticate")

_STATUS: Final[tuple[tuple[type[TenantlineError], int], ...]] = (
    (NotFound, 404),
    (Forbidden, 403),
    (BadInput, 422),
    (TooSoon, 429),
    (TenantlineError, 409),
)
# What is said where no room below has said anything: (code, sentence) by status.
_PLAIN: Final[dict[int, tuple[str, str]]] = {
    400: ("bad_request", "The request cannot be answered as it was sent; look at its headers."),
    401: ("unauthorized", "Send a live token in the header Authorization: Bearer …"),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is nothing at this address."),
    405: (
        "method_not_allowed",
        "This address does not take that method; Allow lists those it does.",
    ),
    413: ("too_large", "The body is larger than 1 MiB; send less at a time."),
    415: ("unsupported_media_type", "Send the body as application/json."),
    500: ("internal", "Something went wrong here; it was logged. Nothing was changed."),
}


class FieldError(BaseModel):
    """What is wrong with one field, parameter or header."""

    field: str = Field(description="Its name, as sent; parts of a list as `units.0`.")
    sentence: str


class Problem(BaseModel):
    """What went wrong (RFC 9457). `code` is stable; `detail` is one sentence for a person."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Conflict",
                "status": 409,
                "detail": "This tenant has not opted in to texts. Send the SMS opt-in form.",
                "code": "no_consent",
            }
        }
    )

    type: str = Field("about:blank", description="Always `about:blank`: `code` tells them apart.")
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="One sentence for a person.")
    code: str = Field(description="Stable and for programs, e.g. `no_consent`.")
    errors: list[FieldError] | None = Field(None, description="With 422: the culprits.")
    id: str | None = Field(None, description="With `duplicate`: the tenant who is known already.")
    existing: str | None = Field(None, description="The same as `id`.")


def of_status(status: int, *, headers: dict[str, str] | None = None) -> HttpResponse:
    """Return the problem that says no more than its status."""
    code, sentence = _PLAIN.get(status, ("error", f"{HTTPStatus(status).phrase}."))
    return answer(status=status, code=code, sentence=sentence, headers=headers)


def of_error(request: HttpRequest, error: TenantlineError) -> HttpResponse:
    """Return a lower room's error as a problem, its sentence as it is."""
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    more: dict[str, Any] = {}
    if isinstance(error, TooSoon):
        more["headers"] = {"Retry-After": str(error.retry_after)}
    if isinstance(error, BadInput) and error.field:
        more["errors"] = [{"field": error.field, "sentence": error.sentence}]
    if isinstance(error, Conflict) and error.existing:
        more |= {"id": error.existing, "existing": error.existing}
    return answer(status=status, code=error.code, sentence=error.sentence, **more)


def of_crash(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer what nobody expected, and log it. The desk's page for it would be in the way here."""
    got_request_exception.send(sender=None, request=request)
    _log.error("request crashed", method=request.method, path=request.path, exc_info=error)
    return of_status(500)


def answer(
    *, status: int, code: str, sentence: str, headers: dict[str, str] | None = None, **more: Any
) -> HttpResponse:
    """Return a problem document; ``more`` are errors, id and existing."""
    title = HTTPStatus(status).phrase
    document = Problem(title=title, status=status, detail=sentence, code=code, **more)
    # Escaped to ASCII: a lone surrogate in a field's name would not be UTF-8.
    body = json.dumps(document.model_dump(exclude_none=True))
    return HttpResponse(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def every_error_is_a_problem(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: make a problem of any other error below the API's address.

    Stands first, so that it sees what other middleware refuses and what crashed (Django has
    logged that already). Nothing the API says is kept by caches.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path_info.startswith(PREFIX):
            return response
        if response.status_code >= 400 and response.get("Content-Type") != MEDIA_TYPE:
            kept = {name: response[name] for name in _KEPT_HEADERS if name in response}
            response = of_status(response.status_code, headers=kept)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return respond
