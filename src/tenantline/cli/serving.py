"""``tenantline serve`` and ``tenantline worker``: the processes that run for long."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tenantline.cli import start
from tenantline.cli.locks import locked
from tenantline.cli.static_files import collect_if_stale
from tenantline.kernel.errors import Refused

if TYPE_CHECKING:
    from uvicorn import Server

    from tenantline.worker.run import Worker

ONE_WORKER: Final = "Another worker is running on this SQLite database; several need PostgreSQL."
DRAIN_SECONDS: Final = 10
"""How long open requests may take to end after SIGTERM."""
_WORKER_ENDS_WITHIN: Final = 60.0  # a call to the carrier takes at most 30 s
PORT: Final = click.IntRange(0, 65535)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="0 takes any free one.")
@click.option("--with-worker", is_flag=True, help="Run a worker in the same process.")
def serve(host: str, port: int, with_worker: bool) -> None:
    """Run the web server until SIGTERM or Ctrl-C."""
    start.load(quiet=False)
    start.demand_usable()
    with bound(host, port) as sock, worker_lock() if with_worker else nullcontext():
        collect_if_stale()
        click.echo(f"Serving on {address_of(sock)}", err=True)
        run_server(sock, with_worker=with_worker)


@click.command()
def worker() -> None:
    """Run a worker (dispatcher and schedules) until SIGTERM or Ctrl-C.

    On PostgreSQL run as many as you like; on SQLite there is one.
    """
    start.load(quiet=False)
    start.demand_usable()
    from tenantline.kernel.threads import take_short_turns
    from tenantline.worker.run import Worker

    take_short_turns()
    with worker_lock():
        one = Worker()

        def end(*_: Any) -> None:
            one.stop()
            _lose_patience(after=_WORKER_ENDS_WITHIN)

        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, end)
        click.echo("The worker runs.", err=True)
        one.run()


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """Take an address; raise ``Refused`` with one sentence where that cannot be done.

    Callers are turned away until something listens on it.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
        except OSError:
            sock.close()
            raise
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such name"
        raise Refused(
            "port", f"Port {port} on {host} cannot be used ({reason}); choose another with --port."
        ) from error
    with sock:
        yield sock


def address_of(sock: socket.socket) -> str:
    """Return the web address of a listening socket."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def worker_lock(*, taken: str = ONE_WORKER) -> Iterator[None]:
    """Hold the right to run a worker. On SQLite there is one; elsewhere nothing is held.

    ``taken`` is the sentence with which to refuse where somebody else holds it.
    """
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    # Beside the database, which two data directories might share.
    path = Path(f"{connection.settings_dict['NAME']}.worker.lock")
    with locked(path, taken=taken):
        yield


def run_server(
    sock: socket.socket, *, with_worker: bool, chores: Mapping[str, Callable[[], int]] | None = None
) -> None:
    """Serve until a signal, then drain; with a worker in a thread, if wanted, that ends last.

    ``chores`` are what that worker does besides.
    """
    from tenantline.kernel.threads import take_short_turns

    take_short_turns()
    server = _server()
    with _signals_end(server):
        if not with_worker:
            _run(server, sock)
            return
        from tenantline.worker.run import Worker

        one = Worker(more=chores)
        beside = _Beside(one, server)
        beside.start()
        try:
            _run(server, sock)
        finally:
            one.stop()
            patience = _lose_patience(after=_WORKER_ENDS_WITHIN)
            beside.join()
            patience.cancel()
        if beside.failure is not None:
            raise beside.failure


def _run(server: Server, sock: socket.socket) -> None:
    server.run(sockets=[sock])
    if not server.started and not server.should_exit:
        raise Refused("not_started", "The web server could not start; the log above says why.")


def _lose_patience(*, after: float) -> threading.Timer:
    """End this process after so many seconds, whatever still hangs in it.

    A thread that waits for a database or a mail server cannot be cancelled. What it leaves behind
    is what a killed worker leaves, and others take that up.
    """

    def end() -> None:
        click.echo("Not everything ended in time; what is left is taken up again.", err=True)
        os._exit(0)

    timer = threading.Timer(after, end)
    timer.daemon = True
    timer.start()
    return timer


def _server() -> Server:
    import uvicorn

    from tenantline.live import app as live

    class Draining(uvicorn.Server):
        """Ends the live streams first, which would otherwise stay open for ever."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            live.close()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        "tenantline.config.asgi:application",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    return Draining(config)


@contextmanager
def _signals_end(server: Server) -> Iterator[None]:
    """Let SIGTERM and Ctrl-C end the server, also before it listens to them itself.

    uvicorn raises a signal again after it has drained; by default that would kill the process
    before it has cleaned up.
    """

    def end(*_: Any) -> None:
        server.should_exit = True

    before = {name: signal.signal(name, end) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


class _Beside(threading.Thread):
    """A worker beside the server: if it fails, the whole process ends and says why."""

    def __init__(self, one: Worker, server: Server) -> None:
        super().__init__(name="worker")
        self.failure: Exception | None = None
        self._worker = one
        self._server = server

    def run(self) -> None:
        try:
            self._worker.run()
        except Exception as error:  # reported by the main thread
            self.failure = error
            self._server.should_exit = True
