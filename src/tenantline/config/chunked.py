"""Bodies that come in chunks, without a length.

WSGI has no word for them: Django would take one for empty. So they are read first, up to a limit,
and passed on with their length. A longer one is refused whole: half would be worse than nothing.
"""

from __future__ import annotations

from typing import Any

from tenantline.api import problems

_TOO_LARGE = b"This was sent without its length, and is too large for that.\n"


class WithLength:
    """An ASGI application whose requests all have a known length; ``limit`` is in bytes."""

    def __init__(self, application: Any, *, limit: int) -> None:
        self._application = application
        self._limit = limit

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if not _is_chunked(scope):
            await self._application(scope, receive, send)
            return
        body = await self._read(receive)
        if body is None:
            await _refuse(scope["path"], send)
            return
        await self._application(_with_length(scope, len(body)), _Again(body, receive), send)

    async def _read(self, receive: Any) -> bytes | None:
        """Return the whole body, or None where it is too large or its sender has gone."""
        body = bytearray()
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            if message["type"] == "http.disconnect" or len(body) > self._limit:
                return None
            more = message.get("more_body", False)
        return bytes(body)


class _Again:
    """``receive`` for a body that has been read already."""

    def __init__(self, body: bytes, receive: Any) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Any:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _is_chunked(scope: Any) -> bool:
    names = {name for name, _ in scope["headers"]}
    return b"transfer-encoding" in names and b"content-length" not in names


def _with_length(scope: Any, length: int) -> Any:
    kept = [(name, value) for name, value in scope["headers"] if name != b"transfer-encoding"]
    return {**scope, "headers": [*kept, (b"content-length", str(length).encode())]}


async def _refuse(path: str, send: Any) -> None:
    kind, body = "text/plain", _TOO_LARGE
    if path.startswith(problems.PREFIX):
        kind, body = problems.MEDIA_TYPE, problems.of_status(413).content
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
