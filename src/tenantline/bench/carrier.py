"""A carrier on loopback that takes every text after so many milliseconds, in a process of its own.

    python -m tenantline.bench.carrier PORT

It holds nothing inbound and answers what dispatch and reading ask for. ``POST /bench?ms=20`` sets
how long an answer takes and begins a new count; ``GET /bench`` gives the times of what it took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qs

import uvicorn

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_EMPTY_LIST: Final[dict[str, Any]] = {"messages": [], "next_page_uri": None}


class Carrier:
    """The ASGI application."""

    def __init__(self) -> None:
        self._serial = count(1)
        self._seconds = 0.02
        self._taken: list[float] = []  # instants of ``time.monotonic``, the machine's own clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        if scope["path"] == "/bench":
            await _answer(send, 200, self._bench(scope))
        elif scope["method"] == "GET":
            await _answer(send, 200, _EMPTY_LIST)
        else:
            sid = f"SM{next(self._serial):032x}"
            self._taken.append(time.monotonic())
            await asyncio.sleep(self._seconds)
            await _answer(send, 201, {"sid": sid, "status": "queued", "num_segments": "1"})

    def _bench(self, scope: Scope) -> list[float]:
        asked = parse_qs(scope["query_string"].decode())
        if "ms" in asked:
            self._seconds = float(asked["ms"][0]) / 1000
            self._taken = []
        return self._taken


async def _answer(send: Send, status: int, content: object) -> None:
    body = json.dumps(content).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        uvicorn.run(
            Carrier(), host="127.0.0.1", port=int(sys.argv[1]), log_level="critical", lifespan="off"
        )
