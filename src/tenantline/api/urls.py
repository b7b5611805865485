"""The REST API, version 1: its rooms, its errors, its description."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tenantline.api import (
    access,
    automations,
    described,
    drafts,
    ledger,
    messages,
    notices,
    printings,
    problems,
    reading,
    returns,
    runs,
    tenants,
)
from tenantline.kernel.errors import TenantlineError

_ABOUT = (
    "Tenants, their consent to texts, and the texts themselves, for the facilities that a token "
    "is for. Nobody is texted who has not opted in. Errors are problem documents (RFC 9457) with "
    "a stable `code`. Lists answer `items` and `next_cursor`. Times are ISO 8601 with zone; money "
    "is whole cents; ids are opaque."
)

api = NinjaAPI(
    title="Tenantline",
    version="1",
    description=_ABOUT,
    auth=access.BearerToken(),
    parser=reading.StrictParser(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api-v1",
)
api.add_router("", tenants.router)
api.add_router("", messages.router)
api.add_router("", ledger.router)
api.add_router("", drafts.router)
api.add_router("", returns.router)
api.add_router("", notices.router)
api.add_router("", printings.router)
api.add_router("", runs.router)
api.add_router("", automations.router)
api.exception_handler(Exception)(problems.of_crash)
api.exception_handler(TenantlineError)(problems.of_error)
api.exception_handler(ValidationError)(reading.invalid)
api.exception_handler(HttpError)(reading.unreadable)
api.exception_handler(AuthenticationError)(access.refused)
api.add_exception_handler(RequestDataTooBig, lambda request, error: problems.of_status(413))


@csrf_exempt
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Describe the API, to anybody: it holds nobody's data."""
    return JsonResponse(_description())


@cache
def _description() -> dict[str, Any]:
    return described.tidied(dict(api.get_openapi_schema()))


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Answer for every address that is not one of ours."""
    return problems.of_status(404)


urlpatterns = [
    path("", unknown),
    path("openapi.json", openapi, name="openapi"),
    path("", api.urls),
    re_path("", unknown),
]
