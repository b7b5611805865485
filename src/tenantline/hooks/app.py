"""Twilio's calls as a small ASGI application: signature first, stored, answered.

``POST /twilio/sms`` (and ``/service/smsReceive.php``, the address the help page has people paste)
and ``POST /twilio/status/<attempt token>``. A call is answered 200 only after its row is
committed; when it cannot be stored the answer is 503, so that nobody believes it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qsl

import structlog

from tenantline.carrier.webhooks import PROOF_HEADER
from tenantline.hooks import verify
from tenantline.hooks.verify import Asked, Call
from tenantline.hooks.writer import Writer
from tenantline.kernel.digits import whole_number

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = structlog.get_logger(__name__)
SMS_PATHS: Final = ("/twilio/sms", "/service/smsReceive.php")
STATUS_PREFIX: Final = "/twilio/status/"
LARGEST_BODY: Final = 256 * 1024  # a text with ten pictures is under 8 kB
# Twilio gives up after 15 seconds, and is to hear a 503 of us before.
BODY_SECONDS: Final = 5.0
STORE_SECONDS: Final = 8.0
_NOTHING_TO_SAY: Final = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


def is_hook(path: str) -> bool:
    """Tell whether a path belongs to this room."""
    return path in SMS_PATHS or path.startswith(STATUS_PREFIX)


class _GoneError(Exception):
    """The caller hung up before the call was complete."""


class Hooks:
    """The application. One ``Writer`` per process stores what it accepts.

    ``missed`` is awaited before a call that could not be stored is given up (R8: we no longer
    know all that came, and nothing may leave until we do).
    ``body_seconds`` is how long a body may take, ``store_seconds`` how long storing may take.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        missed: Callable[[], Awaitable[None]],
        body_seconds: float = BODY_SECONDS,
        store_seconds: float = STORE_SECONDS,
    ) -> None:
        self._writer = writer
        self._missed = missed
        self._body_seconds = body_seconds
        self._store_seconds = store_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call of Twilio's."""
        if scope["method"] != "POST":
            await _answer(send, 405, b"Only POST is answered here.", [(b"allow", b"POST")])
            return
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await _body(scope, receive)
        except TimeoutError:
            await _answer(send, 408, b"The body did not come in time.", [(b"connection", b"close")])
            return
        except _GoneError:
            return
        if body is None:
            await _answer(send, 413, b"The body is too large.")
            return
        params = _params(body)
        if params is None:
            await _answer(send, 400, b"The body is not a form.")
            return
        await self._take(scope, params, send)

    async def _take(self, scope: Scope, params: list[tuple[str, str]], send: Send) -> None:
        """Verify, store and answer; whatever goes wrong on the way is a 503 and never a 200."""
        try:
            async with asyncio.timeout(self._store_seconds):
                call = await self._kept(scope, params)
        except verify.Unusable as error:
            await _answer(send, 400, error.sentence.encode())
        except Exception:  # the carrier is to know that we have nothing, whatever the reason was
            _log.error("a call of the carrier's could not be stored", exc_info=True)
            await self._missed()
            await _answer(send, 503, b"The call could not be stored; try again.")
        else:
            if call is None:
                await _answer(send, 403, b"The signature does not match.")
                return
            extra = [(b"content-type", b"text/xml; charset=utf-8")]
            if isinstance(call, verify.Probe):
                extra.append((PROOF_HEADER.encode(), call.proof.encode()))
            await _answer(send, 200, _NOTHING_TO_SAY, extra)

    async def _kept(self, scope: Scope, params: list[tuple[str, str]]) -> Call | None:
        """Return the call once it is committed, None if nobody of ours has signed it."""
        token = scope["path"].removeprefix(STATUS_PREFIX) if _is_status(scope) else None
        given = _header(scope, b"x-twilio-signature")
        return await self._writer.take(Asked(_target(scope), params, given, token))


def _is_status(scope: Scope) -> bool:
    return str(scope["path"]).startswith(STATUS_PREFIX)


def _target(scope: Scope) -> str:
    """Return path and query exactly as they were requested: the signature covers them."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return (raw.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """Return the body, None where it is too large; one that says so itself is not even read."""
    said = whole_number(_header(scope, b"content-length"), most=19)
    if said is not None and said > LARGEST_BODY:
        return None
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
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
