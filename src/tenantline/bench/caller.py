"""Load over HTTP/1.1 on loopback: as many connections as wanted, kept open, one call at a time.

Written on bare streams because on two cores the caller takes from what it measures.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from tenantline.carrier.signature import signature

ACCOUNT = "AC" + "a1" * 16
AUTH_TOKEN = "b2" * 16
LINE_A_SECOND = 4.0  # segments, as a registered brand may: what is measured is not the pace
LONGEST_WAIT = 30.0  # seconds for one answer


@dataclass(frozen=True)
class Load:
    """What came of a load: each good answer's seconds, sorted, and how long it all took."""

    waits: Sequence[float]
    failed: int
    seconds: float

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.waits) / self.seconds if self.seconds else 0.0

    def within(self, share: float) -> float:
        """Return the seconds within which this share of the answers came."""
        return at_share(self.waits, share)


def at_share(ordered: Sequence[float], share: float) -> float:
    """Return the value that this share of the sorted values does not exceed; NaN for none."""
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def webhooks(url: str, to: Sequence[str], words: str, number: int) -> Iterator[bytes]:
    """Yield signed inbound webhooks as Twilio would post them, ready for the wire."""
    for nth in range(number):
        form = {
            "MessageSid": f"SM{words}{nth:0{32 - len(words)}x}",
            "AccountSid": ACCOUNT,
            "From": f"+1737555{nth % 10_000:04d}",
            "To": to[nth % len(to)],
            "Body": f"Is the gate open? {nth}",
            "NumMedia": "0",
        }
        signed = signature(f"{url}/twilio/sms", list(form.items()), AUTH_TOKEN)
        head = f"X-Twilio-Signature: {signed}\r\nContent-Type: application/x-www-form-urlencoded"
        yield request("POST", "/twilio/sms", head, urlencode(form).encode())


def request(method: str, path: str, head: str = "", body: bytes = b"") -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *([head] if head else []), "", ""]).encode() + body


def load(port: int, requests: Iterable[bytes], *, connections: int, seconds: float) -> Load:
    """Send requests over so many connections for so long, or until there are no more."""
    return asyncio.run(_load(port, iter(requests), connections, seconds))


async def _load(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Load:
    waits: list[float] = []
    began = time.monotonic()
    callers = [_call(port, requests, began + seconds, waits) for _ in range(connections)]
    failed = sum(await asyncio.gather(*callers))
    return Load(sorted(waits), failed, time.monotonic() - began)


async def _call(port: int, requests: Iterator[bytes], ends: float, waits: list[float]) -> int:
    """Call until it is over; return how many calls had no good answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    failed = 0
    for wire in requests:
        began = time.monotonic()
        writer.write(wire)
        status = await asyncio.wait_for(answer(reader), LONGEST_WAIT)
        if status == 200:
            waits.append(time.monotonic() - began)
        else:
            failed += 1
        if time.monotonic() >= ends:
            break
    writer.close()
    await writer.wait_closed()
    return failed


async def answer(reader: asyncio.StreamReader) -> int:
    """Read one whole answer; return its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"transfer-encoding: chunked" in head:
        await reader.readuntil(b"0\r\n\r\n")
    elif b"content-length:" in head:
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])
