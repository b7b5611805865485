"""A real browser on the desk without a server: what it asks for is answered by Django's client."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import Client
from playwright.sync_api import Page, Request, Route

ORIGIN = "https://desk.example.test"


class Screen:
    """A browser page in which a person is signed in. Everything else than the desk is refused."""

    def __init__(self, page: Page, client: Client) -> None:
        self.page = page
        self.client = client
        self.complaints: list[str] = []
        self.connection = connections[DEFAULT_DB_ALIAS]
        page.route("**/*", self._answer)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._listen(said.type, said.text))

    def open(self, address: str) -> Page:
        """Go to an address of the desk."""
        self.page.goto(ORIGIN + address)
        return self.page

    def _listen(self, kind: str, text: str) -> None:
        if kind == "error" and "Content Security Policy" in text:
            self.complaints.append(text)

    def _answer(self, route: Route) -> None:
        # Playwright calls this in a context of its own, which would get another connection: one
        # that does not see what the test has written and not committed.
        connections[DEFAULT_DB_ALIAS] = self.connection
        request = route.request
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN or parts.path == "/live/":
            route.abort()
        elif parts.path.startswith("/static/"):
            self._answer_file(route, parts.path.removeprefix("/static/"))
        else:
            self._answer_page(route, request, f"{parts.path}?{parts.query}")

    def _answer_file(self, route: Route, name: str) -> None:
        found = finders.find(name)
        if not isinstance(found, str):
            route.abort()
            return
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        route.fulfill(body=Path(found).read_bytes(), content_type=kind)

    def _answer_page(self, route: Route, request: Request, address: str) -> None:
        headers = {k: v for k, v in request.headers.items() if k.startswith(("hx-", "x-csrf"))}
        kind = request.headers.get("content-type", "application/x-www-form-urlencoded")
        answer = self.client.generic(
            request.method,
            address,
            request.post_data_buffer or b"",
            content_type=kind,
            headers=headers,
        )
        route.fulfill(status=answer.status_code, headers=dict(answer.items()), body=answer.content)
