"""What OpenAPI says about problems and headers, operation by operation."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from tenantline.api.problems import MEDIA_TYPE, Problem

_ALWAYS: Final = (401, 403, 422, 429, 500)
_BODY: Final = (400, 413, 415)
_WORDS: Final = {
    400: "The body is not JSON.",
    401: "The token is missing, unknown or revoked.",
    403: "The token's role does not allow this.",
    404: "There is no such thing among the token's facilities.",
    409: "A rule says no; `code` names it.",
    413: "The body is larger than 1 MiB.",
    415: "The body is not application/json.",
    422: "A field, parameter or header cannot be used; `errors` names it.",
    429: "The token asks too often; `Retry-After` says when to try again.",
    500: "Something went wrong on our side; it was logged.",
}
_HEADERS: Final[dict[int, dict[str, Any]]] = {
    401: {
        "WWW-Authenticate": {
            "required": True,
            "description": "How to sign in: a bearer token.",
            "schema": {"type": "string"},
        }
    },
    429: {
        "Retry-After": {
            "required": True,
            "description": "After how many seconds to try again.",
            "schema": {"type": "integer", "minimum": 1},
        }
    },
}
LOCATION: Final = {
    "Location": {
        "required": True,
        "description": "The address of what was made.",
        "schema": {"type": "string", "format": "uri-reference"},
    }
}


def answers(
    *statuses: int, body: bool = False, codes: str = "", made: int | None = None
) -> dict[str, Any]:
    """Return an operation's ``openapi_extra``: its problems, and Location for what it makes.

    ``body``: it reads a JSON body. ``codes``: what a 409 may say. ``made``: the status of an
    answer that carries Location.
    """
    listed = sorted({*_ALWAYS, *statuses, *(_BODY if body else ())})
    responses: dict[int, Any] = {status: _response(status) for status in listed}
    if codes:
        responses[409]["description"] = f"A rule says no; `code` is {codes}."
    if made is not None:
        responses[made] = {"headers": LOCATION}
    return {"responses": responses}


def _response(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    response: dict[str, Any] = {
        "description": _WORDS.get(status, HTTPStatus(status).phrase),
        "content": {MEDIA_TYPE: {"schema": schema}},
    }
    if status in _HEADERS:
        response["headers"] = _HEADERS[status]
    return response


def tidied(schema: dict[str, Any]) -> dict[str, Any]:
    """Return ninja's description with problems, and without what it says that is not so.

    A parameter that may be left out cannot be null, and no document is made of parameters alone.
    """
    for operations in schema["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                parameter["schema"] = _without_null(parameter["schema"])
    schemas = schema["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= {**problem.pop("$defs"), "Problem": problem}
    for name in [name for name in schemas if name.endswith("Query")]:
        del schemas[name]
    return schema


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = [kind for kind in schema.get("anyOf", []) if kind.get("type") != "null"]
    if len(kinds) != 1:
        return schema
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "description")}
    return {**kinds[0], **rest}
