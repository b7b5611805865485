"""Reading requests strictly: what cannot be used is refused with the name of the culprit."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from pydantic import BaseModel

from tenantline.api import problems
from tenantline.kernel.errors import BadInput, NotFound

_SPACE_FOR_PLUS: Final = re.compile(r" (?=\d\d:?\d\d$)")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_ID: Final = re.compile(r"[1-9][0-9]{0,17}")
_EARLIEST, _LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_LONGEST_NUMBER: Final = 1000  # digits


class StrictParser(Parser):
    """JSON as RFC 8259 has it, sent as JSON; and no query parameter twice."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the body's content. Whatever is raised here, ninja makes an ``HttpError`` of."""
        if not is_json(request):
            raise ValueError("not sent as JSON")
        read: dict[str, Any] = json.loads(
            request.body, parse_constant=_no_such_constant, parse_int=_number
        )
        return read

    def parse_querydict(
        self, data: MultiValueDict[str, str], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Return the query's parameters, each of which may be there once."""
        twice = next((name for name in data if len(data.getlist(name)) > 1), None)
        if twice is not None:
            raise BadInput(f"{twice} is there more than once.", field=twice)
        return super().parse_querydict(data, list_fields, request)


def is_json(request: HttpRequest) -> bool:
    """Tell whether the body was sent as JSON."""
    return request.content_type == "application/json"


def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer a body that the parser could not read."""
    if error.status_code == 400 and not is_json(request):
        return problems.of_status(415)
    return problems.answer(
        status=error.status_code, code="malformed", sentence="The body is not one JSON document."
    )


def _no_such_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _number(digits: str) -> int | float:
    # Python refuses to read a whole number of thousands of digits; no field of ours takes a float.
    return int(digits) if len(digits) < _LONGEST_NUMBER else float(digits)


def refuse_unknown_parameters(request: HttpRequest, known: type[BaseModel]) -> None:
    """Raise ``BadInput`` for a query parameter that does not exist: a typo would widen a list."""
    unknown = next((name for name in request.GET if name not in known.model_fields), None)
    if unknown is not None:
        raise BadInput(f"There is no parameter {unknown[:60]}.", field=unknown[:60])


def moment(text: str, *, field: str, day_in: str = "") -> datetime:
    """Read an ISO 8601 time with its zone, e.g. ``2026-03-01T09:30:00-06:00``.

    A plus sign that a query string has turned into a blank is put right. With ``day_in`` (an IANA
    zone) a day will do, and means its first instant there.
    """
    zone = ZoneInfo(day_in) if day_in and _DAY.fullmatch(text) else None
    try:
        read = datetime.fromisoformat(_SPACE_FOR_PLUS.sub("+", text).upper())
        read = read.replace(tzinfo=zone) if zone else read
        if not _DAY.match(text) or read.tzinfo is None:
            raise ValueError("no zone")
        if not _EARLIEST < read < _LATEST:
            raise ValueError("out of range")
    except (ValueError, OverflowError):
        example = "2026-03-01 or 2026-03-01T09:30:00-06:00" if day_in else "2026-03-01T09:30:00Z"
        raise BadInput(
            f"{field} must be a time with its zone, such as {example}.", field=field
        ) from None
    return read.astimezone(UTC)


def day(text: str, *, field: str) -> date:
    """Read a day, ``2026-03-01``."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError("not a day")
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{field} must be a day, such as 2026-03-01.", field=field) from None


def row_id(text: str, *, what: str) -> int:
    """Return the number behind an id, or raise ``NotFound`` where it cannot be one of ours."""
    if not _ID.fullmatch(text):
        raise NotFound(f"There is no such {what}.")
    return int(text)


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer 422 with one sentence for each field that cannot be used."""
    errors = [_field_error(found) for found in error.errors]
    return problems.answer(
        status=422, code="invalid", sentence=errors[0]["sentence"], errors=errors
    )


def _field_error(found: dict[str, Any]) -> dict[str, str]:
    source, *path = found["loc"]
    # Ninja puts a body's fields below the argument that takes the body.
    named = path[1:] if source == "body" else path
    field = ".".join(str(part)[:60] for part in named) or "body"
    return {"field": field, "sentence": _sentence(field, found)}


def _sentence(field: str, found: dict[str, Any]) -> str:
    limits = found.get("ctx", {})
    template = _SENTENCES.get(found["type"])
    if template is None:
        return f"{field}: {found['msg']}."
    return template.format(field=field, **limits)


_SENTENCES: Final = {
    "missing": "{field} is required.",
    "extra_forbidden": "There is no field {field}.",
    "model_attributes_type": "The body must be a JSON object.",
    "model_type": "The body must be a JSON object.",
    "string_type": "{field} must be text.",
    "string_unicode": "{field} holds half a character.",
    "string_pattern_mismatch": "{field} holds a character that cannot be kept (NUL).",
    "string_too_short": "{field} must have at least {min_length} characters.",
    "string_too_long": "{field} must have at most {max_length} characters.",
    "int_type": "{field} must be a whole number.",
    "int_parsing": "{field} must be a whole number.",
    "int_from_float": "{field} must be a whole number.",
    "greater_than_equal": "{field} must be at least {ge}.",
    "less_than_equal": "{field} must be at most {le}.",
    "bool_type": "{field} must be true or false.",
    "list_type": "{field} must be a list.",
    "too_long": "{field} must have at most {max_length} items.",
    "literal_error": "{field} must be one of {expected}.",
}
