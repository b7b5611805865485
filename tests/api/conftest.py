"""A client that speaks to the API as another program would."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from tests import cast


@dataclass
class Api:
    """The API as one token sees it. ``answer`` keeps the last answer for its headers."""

    secret: str
    answer: Any = None
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask, with a JSON body if there is one; return the status and what was answered."""
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        self.answer = self.client.generic(
            method,
            f"/api/v1{path}",
            data="" if body is None else content,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.secret}"} | headers,
        )
        return self.answer.status_code, self.answer.json()

    def get(self, path: str) -> Any:
        """Return the answer's document, which must be a 200."""
        status, document = self.call("GET", path)
        assert status == 200, document
        return document

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST and return (status, document)."""
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any) -> Any:
        """PATCH and return (status, document)."""
        return self.call("PATCH", path, body)

    def refusal(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Return (status, code) of an answer that must be a problem document."""
        status, problem = self.call(method, path, body, **headers)
        assert self.answer["Content-Type"] == "application/problem+json"
        assert problem["status"] == status
        assert {"type", "title", "detail", "code"} <= problem.keys()
        return status, problem["code"]

    def culprits(self, method: str, path: str, body: Any = None, **headers: str) -> list[str]:
        """Return the fields that a 422 names."""
        status, problem = self.call(method, path, body, **headers)
        assert (status, problem["code"]) == (422, "invalid"), problem
        return [error["field"] for error in problem["errors"]]


@pytest.fixture
def site(db):
    return cast.site("LAMAR")


@pytest.fixture
def api(site) -> Api:
    return Api(cast.token("manager", site)[1])


@pytest.fixture
def elsewhere(db):
    return cast.site("CONGRESS")


@pytest.fixture
def stranger(elsewhere) -> Api:
    return Api(cast.token("manager", elsewhere)[1])
