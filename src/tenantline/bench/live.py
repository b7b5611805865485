"""How long a text needs from the webhook to every page that is open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from tenantline.bench.caller import answer, request
from tenantline.bench.site import BenchError

_WAIT = 30.0


def delays(port: int, cookies: str, webhooks: Iterator[bytes], *, streams: int) -> list[float]:
    """Open streams, post webhooks one after the other; return every stream's delays, sorted."""
    return asyncio.run(_delays(port, cookies, list(webhooks), streams))


async def _delays(port: int, cookies: str, webhooks: list[bytes], streams: int) -> list[float]:
    open_streams = [await _Stream.opened(port, cookies) for _ in range(streams)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found: list[float] = []
    for wire in webhooks:
        hearing = [asyncio.create_task(stream.message()) for stream in open_streams]
        began = time.monotonic()
        writer.write(wire)
        if await asyncio.wait_for(answer(reader), _WAIT) != 200:
            raise BenchError("A webhook was not taken while pages were open.")
        found += [at - began for at in await asyncio.gather(*hearing)]
    for stream in open_streams:
        stream.close()
    writer.close()
    return sorted(found)


class _Stream:
    """One page's stream of events."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def opened(cls, port: int, cookies: str) -> _Stream:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("GET", "/live/", f"Cookie: {cookies}"))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _WAIT)
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise BenchError("A page's stream was refused.")
        return cls(reader, writer)

    async def message(self) -> float:
        """Return the instant at which this stream is told of a new text."""
        async with asyncio.timeout(_WAIT):
            while (await self._reader.readline()).strip() != b"event: message":
                pass
        return time.monotonic()

    def close(self) -> None:
        self._writer.close()
