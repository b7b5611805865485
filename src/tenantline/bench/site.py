"""One installation that is measured: a data directory, settings, and true processes."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_PROGRAM: Final = [sys.executable, "-c", "from tenantline.cli.main import main; main()"]
_KEPT: Final = {"PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH"}
_STARTS_WITHIN: Final = 90.0  # seconds
_ENDS_WITHIN: Final = 60.0


class BenchError(Exception):
    """The benchmark could not be carried out; the message says which part failed."""


def free_port() -> int:
    """Return a port on loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """One installation; ``database`` is its DATABASE_URL, empty for SQLite in ``folder``."""

    folder: Path
    database: str
    carrier_url: str
    port: int = field(default_factory=free_port)
    key: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    _helper: subprocess.Popen[str] | None = field(default=None, init=False, repr=False)

    @property
    def url(self) -> str:
        """The public address, which is also where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return what every process of this installation reads."""
        return {
            **{name: value for name, value in os.environ.items() if name in _KEPT},
            **({"DATABASE_URL": self.database} if self.database else {}),
            "TENANTLINE_SECRET_KEY": self.key,
            "TENANTLINE_DATA_DIR": str(self.folder),
            "TENANTLINE_PUBLIC_URL": self.url,
            "TENANTLINE_TWILIO_API_URL": self.carrier_url,
            "TENANTLINE_DEMO": "1",  # opt-in forms stay in the mailbox: nobody reads them here
            "PYTHONWARNINGS": "ignore",
        }

    def inside(self, what: str, *values: object) -> Any:
        """Do something in the installation's own Python (``tenantline.bench.inside``)."""
        if self._helper is None:
            with self.helped():
                return self.inside(what, *values)
        asked, answers = self._helper.stdin, self._helper.stdout
        if asked is None or answers is None:
            raise TypeError("a helper is asked and answers over pipes")
        asked.write(json.dumps([what, *values]) + "\n")
        asked.flush()
        answer = answers.readline()
        if not answer:
            raise BenchError(f"A step of the benchmark failed ({what}): {self._last_words()}")
        return json.loads(answer)

    @contextmanager
    def helped(self) -> Iterator[None]:
        """Keep the process at hand that does things inside: to start it takes a second."""
        with (
            self._helpers_log.open("w") as log,
            subprocess.Popen(
                [sys.executable, "-m", "tenantline.bench.inside"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self.environment(),
            ) as helper,
        ):
            self._helper = helper
            try:
                yield
            finally:
                self._helper = None

    @property
    def _helpers_log(self) -> Path:
        return self.folder / "inside.log"

    def _last_words(self) -> str:
        return (self._helpers_log.read_text().strip().splitlines() or ["no word of why"])[-1]

    def init(self) -> None:
        """Make the database."""
        self._ended([*_PROGRAM, "init"])

    @contextmanager
    def serving(self, *words: str) -> Iterator[int]:
        """Run the web server, ready when the block begins; yields the process's id."""
        with self.running("serve", "--port", str(self.port), *words) as pid:
            _wait_until_answered(self.port, "/healthz")
            yield pid

    @contextmanager
    def working(self, count: int = 1) -> Iterator[list[int]]:
        """Run workers; yields the processes' ids."""
        with ExitStack() as stack:
            yield [stack.enter_context(self.running("worker")) for _ in range(count)]

    @contextmanager
    def running(self, *words: str) -> Iterator[int]:
        """Run a command beside the measurement; end it, and nothing else, afterwards."""
        with (self.folder / f"{words[0]}.log").open("a") as log:
            process = subprocess.Popen(  # noqa: S603 - ourselves
                [*_PROGRAM, *words], stdout=log, stderr=log, env=self.environment()
            )
            try:
                yield process.pid
            finally:
                _end(process)

    def _ended(self, words: list[str]) -> str:
        done = subprocess.run(  # noqa: S603 - ourselves
            words, capture_output=True, text=True, env=self.environment(), check=False
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no word of why"])[-1]
            raise BenchError(f"A step of the benchmark failed ({words[-1]}): {last}")
        return done.stdout


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_answered(port: int, path: str) -> None:
    ends = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < ends:
        try:
            if _status(port, path) == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise BenchError("The web server did not start; its log is in the benchmark's folder.")


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def resident_megabytes(*pids: int) -> float | None:
    """Return what processes hold in memory now; None where the system has no /proc.

    Pages of a file that several of them have mapped (libraries, mostly) count once.
    """
    own, of_files = 0, Counter[str]()
    try:
        for pid in pids:
            anonymous, mapped = _resident(Path(f"/proc/{pid}/smaps"))
            own += anonymous
            of_files |= mapped
    except OSError:
        return None
    return (own + of_files.total()) / 1024


def _resident(smaps: Path) -> tuple[int, Counter[str]]:
    """Return a process's kilobytes that are no file's, and those of each file."""
    own, of_files, file = 0, Counter[str](), ""
    for line in smaps.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if not words[0].endswith(":"):  # address, rights, offset, device, inode, and a file's path
            file = " ".join(words[5:])
        elif words[0] == "Rss:":
            of_files[file] += int(words[1])
        elif words[0] == "Anonymous:":
            own += int(words[1])
            of_files[file] -= int(words[1])
    return own, of_files
