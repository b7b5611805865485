"""A signed-in person who fetches pages, without a browser's own time."""

from __future__ import annotations

import http.client
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tenantline.bench.site import BenchError


class Person:
    """One session on one kept-open connection."""

    def __init__(self, port: int, username: str, password: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}
        self._ask("GET", "/sign-in/")
        form = {
            "username": username,
            "password": password,
            "csrfmiddlewaretoken": self._cookies.get("csrftoken", ""),
        }
        status = self._ask("POST", "/sign-in/", urlencode(form))
        if status != 302:
            raise BenchError(f"Signing in was answered with {status}.")

    @property
    def cookies(self) -> str:
        """The header that names this session."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def seconds(self, path: str) -> float:
        """Fetch a page; return how long that took."""
        began = time.monotonic()
        status = self._ask("GET", path)
        if status != 200:
            raise BenchError(f"{path} was answered with {status}.")
        return time.monotonic() - began

    def _ask(self, method: str, path: str, body: str | None = None) -> int:
        headers = {"Cookie": self.cookies}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self._cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        return answer.status
