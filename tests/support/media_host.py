"""Somebody who hands out files over HTTP, as Twilio and its storage do; loopback only."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.twilio_server import Reply, Server


def png(width: int = 4, height: int = 3) -> bytes:
    """Return a true picture of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\x00" + b"\x0e\x6a\x66" * width for _ in range(height))
    return b"".join(
        [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)),
         chunk(b"IEND", b"")]
    )  # fmt: skip


@dataclass
class MediaHost:
    """What is at which path, and who asked for it: (path, Authorization header)."""

    port: int = 0
    at: dict[str, Reply | Callable[[str], Reply]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, _method: str, target: str, authorization: str, _body: bytes) -> Reply:
        """Answer one request."""
        self.asked.append((target, authorization))
        found = self.at.get(target, Reply(404, b"{}"))
        return found if isinstance(found, Reply) else found(authorization)


@contextmanager
def hosting() -> Iterator[MediaHost]:
    """Run a host of files."""
    host = MediaHost()
    server = Server(host.answer)
    server.start()
    host.port = server.port
    try:
        yield host
    finally:
        server.stop()
