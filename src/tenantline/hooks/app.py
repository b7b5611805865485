"""Twilio's calls as a small ASGI application: signature first, stored, answered.

``POST /twilio/sms`` (and ``/service/smsReceive.php``, the address the help page has people paste)
and ``POST /twilio/status/<attempt token>``. A call is answered 200 only after its row is
committed; when it cannot be stored the answer is 503, so that nobody believes it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qsl

import structlog
from django.db import DatabaseError

from tenantline.hooks import verify
from tenantline.hooks.writer import Writer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = structlog.get_logger(__name__)
SMS_PATHS: Final = ("/twilio/sms", "/service/smsReceive.php")
STATUS_PREFIX: Final = "/twilio/status/"
LARGEST_BODY: Final = 256 * 1024  # a text with ten pictures is under 8 kB
_NOTHING_TO_SAY: Final = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


def is_hook(path: str) -> bool:
    """Tell whether a path belongs to this room."""
    return path in SMS_PATHS or path.startswith(STATUS_PREFIX)


class Hooks:
    """The application. One ``Writer`` per process stores what it accepts.

    ``missed`` is called when a call could not be stored (R8: we no longer know all that came).
    """

    def __init__(self, writer: Writer, *, missed: Callable[[], None]) -> None:
        self._writer = writer
        self._missed = missed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call of Twilio's."""
        if scope["method"] != "POST":
            await _answer(send, 405, b"Only POST is answered here.", [(b"allow", b"POST")])
            return
        body = await _body(receive)
        if body is None:
            await _answer(send, 413, b"The body is too large.")
            return
        params = _params(body)
        if params is None:
            await _answer(send, 400, b"The body is not a form.")
            return
        await self._take(scope, params, send)

    async def _take(self, scope: Scope, params: list[tuple[str, str]], send: Send) -> None:
        target = _target(scope)
        signature = _header(scope, b"x-twilio-signature")
        token = scope["path"].removeprefix(STATUS_PREFIX) if _is_status(scope) else None
        try:
            call = await self._writer.read(
                lambda: verify.verified(target, params, signature, attempt_token=token)
            )
            if call is None:
                await _answer(send, 403, b"The signature does not match.")
                return
            await self._writer.store(call)
        except DatabaseError:
            self._missed()
            _log.error("a call of the carrier's could not be stored", exc_info=True)
            await _answer(send, 503, b"The call could not be stored; try again.")
            return
        except verify.Unusable as error:
            await _answer(send, 400, error.sentence.encode())
            return
        await _answer(send, 200, _NOTHING_TO_SAY, [(b"content-type", b"text/xml; charset=utf-8")])


def _is_status(scope: Scope) -> bool:
    return str(scope["path"]).startswith(STATUS_PREFIX)


def _target(scope: Scope) -> str:
    """Return path and query exactly as they were requested: the signature covers them."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return (raw.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _body(receive: Receive) -> bytes | None:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _params(body: bytes) -> list[tuple[str, str]] | None:
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            encoding="utf-8",
            errors="strict",
            max_num_fields=400,
        )
    except (UnicodeDecodeError, ValueError):
        return None


async def _answer(
    send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    extra = headers or []
    if not any(name == b"content-type" for name, _ in extra):
        extra = [*extra, (b"content-type", b"text/plain; charset=utf-8")]
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*extra, length]})
    await send({"type": "http.response.body", "body": body})
