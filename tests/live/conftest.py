"""A real server on loopback, and readers that hold a stream open."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from django.test import Client

from tenantline.live import app
from tenantline.staff.models import Staff


@dataclass
class Reader:
    """One open stream. ``event`` waits for the next event and returns (topic, data, id)."""

    response: http.client.HTTPResponse
    connection: http.client.HTTPConnection
    seen: list[str] = field(default_factory=list)

    def event(self) -> tuple[str, str, str]:
        found: dict[str, str] = {}
        while line := self.line():
            name, _, value = line.partition(": ")
            found[name] = value
        return (
            (found["event"], found.get("data", ""), found.get("id", ""))
            if "event" in found
            else self.event()
        )

    def line(self) -> str:
        line = self.response.readline()
        if not line:
            raise EOFError
        self.seen.append(line.decode().rstrip("\n"))
        return self.seen[-1]

    def close(self) -> None:
        self.response.close()
        self.connection.close()


Open = Callable[..., Reader]


@pytest.fixture
def port(fresh_database) -> Iterator[int]:
    """The live application on a port of its own."""
    config = uvicorn.Config(app.application, port=0, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    server.force_exit = True
    thread.join(10)
    assert not thread.is_alive()


def cookie_of(member: Staff) -> str:
    """Sign in; return the Cookie header."""
    client = Client()
    client.force_login(member)
    return f"sessionid={client.cookies['sessionid'].value}"


@pytest.fixture
def ask(port: int) -> Iterator[Open]:
    """Ask for the stream; leave it at the end of the test."""
    readers: list[Reader] = []

    def opened(cookie: str = "", last: str = "", method: str = "GET") -> Reader:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request(method, "/live/", headers={"Cookie": cookie, "Last-Event-ID": last})
        readers.append(Reader(connection.getresponse(), connection))
        return readers[-1]

    yield opened
    for reader in readers:
        reader.close()


@pytest.fixture
def listen(ask: Open) -> Open:
    """Open a stream as a staff member and hear its greeting."""

    def opened(member: Staff, last: str = "") -> Reader:
        reader = ask(cookie_of(member), last)
        assert reader.response.status == 200
        assert reader.event()[0] == "release"
        return reader

    return opened
