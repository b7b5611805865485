"""``GET /live/``: server-sent events to open pages, as a bare ASGI application.

A stream costs no thread: it waits in the event loop, outside the pool that serves pages. It tells
which thing changed, never what it says; pages fetch that by themselves, with their own rights.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import Error as DatabaseTrouble

from tenantline import __version__
from tenantline.feed import queries as feed
from tenantline.kernel.digits import whole_number
from tenantline.live import door
from tenantline.live.door import Listener
from tenantline.live.follower import Told
from tenantline.live.hub import Hub, Stream

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PING_SECONDS = 15.0
CHECK_SECONDS = 7.0
SEND_SECONDS = 20.0  # a reader that takes nothing for so long is let go
MOST_MISSED = 200  # beyond that a page fetches everything anyway

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
_hub = Hub()
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live-door")


async def application(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Serve one stream until the reader leaves, its session ends or the server stops."""
    if scope["method"] != "GET":
        await _refuse(send, 405)
        return
    cookies = _header(scope, b"cookie")
    try:
        listener = await _in_thread(door.admit, cookies)
    except DatabaseTrouble:
        await _refuse(send, 503)
        return
    if listener is None:
        await _refuse(send, 401)
        return
    stream = await _hub.join(listener.scope)
    if stream is None:
        await _refuse(send, 503)
        return
    try:
        # After joining, so that nothing falls between what was missed and what is heard.
        missed = await _in_thread(_missed, _header(scope, b"last-event-id"))
        await _serve(receive, send, stream, cookies, listener, missed)
    except DatabaseTrouble:
        await _refuse(send, 503)
    finally:
        _hub.leave(stream)


async def _serve(
    receive: Receive,
    send: Send,
    stream: Stream,
    cookies: str,
    listener: Listener,
    missed: list[Told],
) -> None:
    gone = asyncio.create_task(_end_when_gone(receive, stream))
    try:
        await _tell(stream, cookies, listener, missed, send)
    finally:
        gone.cancel()


def close() -> None:
    """End every stream, because the server is about to stop. Call it in the event loop."""
    _hub.end()


async def _tell(
    stream: Stream, cookies: str, listener: Listener, missed: list[Told], send: Send
) -> None:
    """Tell a stream its events until it is over."""
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    hello = f"retry: 1000\nevent: release\ndata: {__version__}\n\n".encode()
    heard = {event.id for event in missed}
    first = [event for event in missed if listener.scope.covers(event.facility_id)]
    with suppress(TimeoutError):
        await _write(send, hello + _lines(first))
        ping_at = check_at = time.monotonic()
        ping_at, check_at = ping_at + PING_SECONDS, check_at + CHECK_SECONDS
        while not stream.over:
            events = await stream.take(min(ping_at, check_at) - time.monotonic())
            now = time.monotonic()
            if now >= check_at:
                check_at = now + CHECK_SECONDS
                if not await _still_allowed(stream, cookies, listener):
                    await _write(send, b"event: signed-out\ndata:\n\n")
                    break
            text = _lines([event for event in events if event.id not in heard])
            if text or now >= ping_at:
                ping_at = now + PING_SECONDS
                await _write(send, text or b": still here\n\n")
        await _write(send, b"", more=False)


async def _still_allowed(stream: Stream, cookies: str, listener: Listener) -> bool:
    """Ask again who this is, and narrow or widen what they may hear."""
    try:
        found = await _in_thread(door.admit, cookies)
    except DatabaseTrouble:
        return True  # no database, no events: nothing can be told that should not be
    if found is None or found.staff_id != listener.staff_id:
        return False
    stream.scope = found.scope
    return True


def _missed(last_event_id: str) -> list[Told]:
    """Return what was told since the reader's last event, if it was here before."""
    last = whole_number(last_event_id)
    if last is None:
        return []
    try:
        events = feed.since(last, limit=MOST_MISSED)
        return [Told(e.id, e.facility_id, e.topic, e.ref) for e in events]
    finally:
        door.hang_up()


def _lines(events: list[Told]) -> bytes:
    return "".join(f"id: {e.id}\nevent: {e.topic}\ndata: {e.ref}\n\n" for e in events).encode()


async def _write(send: Send, body: bytes, *, more: bool = True) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send({"type": "http.response.body", "body": body, "more_body": more})


async def _end_when_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    if status == 405:
        headers.append((b"allow", b"GET"))
    if status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _in_thread(act: Callable[[str], Any], argument: str) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_threads, act, argument)


def _header(scope: MutableMapping[str, Any], name: bytes) -> str:
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return "; ".join(values)
