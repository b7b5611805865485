"""Twilio's own API description, as the judge of what we ask and of what the stand-in answers."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from openapi_core import OpenAPI
from openapi_core.testing.requests import MockRequest
from openapi_core.testing.responses import MockResponse
from werkzeug.datastructures import ImmutableMultiDict

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "twilio-openapi"
FORM = "application/x-www-form-urlencoded"
# Which file describes a path, and the host that it names.
_FILES = {
    "/2010-04-01/": ("api-2010.json", "https://api.twilio.com"),
    "/v1/": ("messaging-v1.json", "https://messaging.twilio.com"),
    "/v2/": ("lookups-v2.json", "https://lookups.twilio.com"),
}


def require() -> None:
    """Skip the test where Twilio's description is not beside the project."""
    if not FOLDER.is_dir():
        pytest.skip("Twilio's API description is not here (../shared/twilio-openapi)")


class Spec:
    """Judges requests and answers; every judgement is a list of sentences, empty for none."""

    def request_faults(
        self, method: str, path: str, query: str, authorization: str, body: bytes
    ) -> list[str]:
        """Say what Twilio's description has against a request."""
        found = _described(path)
        if found is None:
            return [f"{method} {path}: no such path at Twilio"]
        name, host = found
        # Twilio takes an empty SID as "none", whatever its description says of the pattern.
        described = b"&".join(p for p in body.split(b"&") if p != b"SmsApplicationSid=")
        request = _mock(host, method, path, query, authorization, described)
        faults = [_said(error) for error in _openapi(name).iter_request_errors(request)]
        faults += _unknown_names(name, method, path, query, body)
        return [f"{method} {path}: {fault}" for fault in faults]

    def answer_faults(self, method: str, path: str, status: int, body: bytes) -> list[str]:
        """Say what Twilio's description has against an answer of the stand-in."""
        found = _described(path)
        if found is None:
            return []
        name, host = found
        request = _mock(host, method, path, "", "Basic eDp5", b"")
        answer = MockResponse(body, status_code=status)
        errors = _openapi(name).iter_response_errors(request, answer)
        return [f"answer to {method} {path}: {_said(error)}" for error in errors]


def _described(path: str) -> tuple[str, str] | None:
    return next((file for start, file in _FILES.items() if path.startswith(start)), None)


def _mock(
    host: str, method: str, path: str, query: str, authorization: str, body: bytes
) -> MockRequest:
    request = MockRequest(
        host,
        method,
        path,
        headers={"Authorization": authorization} if authorization else {},
        data=body,
        content_type=FORM,
    )
    pairs = parse_qsl(query, keep_blank_values=True)
    request.parameters.query = ImmutableMultiDict(pairs)
    return request


def _unknown_names(name: str, method: str, path: str, query: str, body: bytes) -> list[str]:
    """Twilio ignores a name that it does not know, which is how a typing error stays unseen."""
    operation = _operation(_document(name), method, path)
    if operation is None:
        return []
    form = operation.get("requestBody", {}).get("content", {}).get(FORM, {})
    properties = set(form.get("schema", {}).get("properties", {}))
    asked = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
    in_form = {pair[0] for pair in parse_qsl(body.decode(), keep_blank_values=True)}
    in_query = {pair[0] for pair in parse_qsl(query, keep_blank_values=True)}
    wrong = sorted(in_form - properties) + sorted(in_query - asked)
    return [f"Twilio knows no parameter {one!r} here" for one in wrong]


def _operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    parts = path.removesuffix(".json").split("/")
    for template, item in document["paths"].items():
        wanted = template.removesuffix(".json").split("/")
        same = len(wanted) == len(parts) and template.endswith(".json") == path.endswith(".json")
        if same and all(w == p or w.startswith("{") for w, p in zip(wanted, parts, strict=True)):
            return item.get(method.lower())
    return None


def _said(error: Exception) -> str:
    causes = getattr(error.__cause__, "schema_errors", None)
    return f"{error!r} {causes or error.__cause__ or ''}"[:600]


@lru_cache
def _document(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / name).read_text())


@lru_cache
def _openapi(name: str) -> OpenAPI:
    return OpenAPI.from_dict(_document(name))
