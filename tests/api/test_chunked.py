"""Bodies without a length, through the true server: read like any other, or refused in words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.installation import PATIENCE, Api, Installation, initialised

TENANT = {"facility": "LAMAR", "name": "Dana Whitfield"}


@pytest.fixture(scope="module")
def server(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("chunked") / "data"
    home = Installation(Path(shutil.copytree(initialised(shared_folder), folder)))
    home.must("facility", "add", "--code", "LAMAR", "--name", "L", "--timezone", "America/Chicago")
    token = home.must("token", "create", "t", "--role", "manager", "--facility", "LAMAR")
    with home.serving():
        yield Api(home.url, token)


def in_chunks(server: Api, *chunks: bytes) -> requests.Response:
    """POST a tenant, chunk by chunk; requests sends no length for a generator."""
    json_body = {"Content-Type": "application/json"}
    return server.call("POST", "/tenants", data=iter(chunks), headers=json_body)


def test_a_chunked_body_is_read(server):
    body = json.dumps(TENANT).encode()
    answer = in_chunks(server, body[:9], body[9:10], body[10:])
    assert (answer.status_code, answer.json()["name"]) == (201, "Dana Whitfield")


def test_a_chunked_body_that_is_not_json_is_malformed(server):
    answer = in_chunks(server, b"{", b"nothing")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("kib", [1023, 1024 + 1, 8 * 1024])
def test_a_chunked_body_may_be_as_large_as_any_other(server, kib):
    # The name is far too long either way; the question is who says so.
    answer = in_chunks(server, b'{"name": "', *([b"x" * 1024] * kib), b'"}')
    expected = (422, "invalid") if kib < 1024 else (413, "too_large")
    assert (answer.status_code, answer.json()["code"]) == expected
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_server_answers_on_after_a_body_that_was_too_large(server):
    in_chunks(server, *([b"x" * 65536] * 64))
    assert server.get("/tenants?limit=1")["items"] is not None


def test_a_page_is_not_given_half_of_a_form(server):
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = requests.post(
        f"{server.url}/sign-in/", data=iter([b"x" * 65536] * 64), headers=form, timeout=PATIENCE
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "text/plain")
