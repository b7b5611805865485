"""An installation as an installer makes it: the true commands, true processes, loopback only."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import requests

from tests.support import forked, once

COMMAND = Path(sys.executable).parent / "tenantline"
SECRET_KEY = "an-installation-that-lives-as-long-as-one-test-0123456789"
PATIENCE = 180  # seconds, for what takes one: a machine may be busy with other things
T = TypeVar("T")


def free_port() -> int:
    """Return a port on loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], T | None], *, seconds: float = PATIENCE) -> T:
    """Return the first true answer; fail after so many seconds. Never waits longer than needed."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"nothing came of it within {seconds} seconds")


@dataclass
class Installation:
    """One data directory with its settings; ``run`` is the command line, ``serving`` the server."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """The public address, which is also where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return what every process of this installation reads."""
        kept = {n: v for n, v in os.environ.items() if n in {"PATH", "HOME", "LANG", "TMPDIR"}}
        return {
            **kept,
            "TENANTLINE_SECRET_KEY": SECRET_KEY,
            "TENANTLINE_DATA_DIR": str(self.folder),
            "TENANTLINE_PUBLIC_URL": self.url,
            **self.settings,
        }

    def run(
        self, *words: str, given: str = "", seconds: float = PATIENCE
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; ``given`` is its standard input."""
        return forked.run(words, self.environment(), given=given, seconds=seconds)

    def run_script(
        self, *words: str, given: str = "", seconds: float = PATIENCE
    ) -> subprocess.CompletedProcess[str]:
        """Do the same by a start of the installed script, which takes a second longer."""
        return subprocess.run(
            [COMMAND, *words],
            input=given,
            capture_output=True,
            text=True,
            env=self.environment(),
            timeout=seconds,
            check=False,
        )

    def must(self, *words: str, given: str = "") -> str:
        """Run a command that has to succeed; return what it printed."""
        done = self.run(*words, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @contextmanager
    def process(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """Run a command beside the test; end it (and nothing else) afterwards."""
        log = (self.folder / f"{words[0]}.log").open("w")
        running = subprocess.Popen(
            [COMMAND, *words], stdout=log, stderr=log, text=True, env=self.environment()
        )
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            try:
                running.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
            log.close()

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[str]]:
        """Serve with a worker in the same process; ready when the block begins."""
        words = ("serve", "--port", str(self.port), "--with-worker")
        with self.process(*words) as running:
            wait_for(lambda: self._is_ready(running))
            yield running

    def _is_ready(self, running: subprocess.Popen[str]) -> bool:
        assert running.poll() is None, (self.folder / "serve.log").read_text()
        try:
            return requests.get(f"{self.url}/readyz", timeout=PATIENCE).status_code == 200
        except (requests.ConnectionError, requests.Timeout):
            return False


def initialised(shared: Path) -> Path:
    """Return the data directory of an installation after ``tenantline init``, to be copied."""
    return once.made(shared / "initialised", lambda folder: Installation(folder).must("init"))


@dataclass(frozen=True)
class Api:
    """The REST API as a program uses it."""

    url: str
    token: str

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Make one request; ``path`` begins after ``/api/v1``."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return requests.request(
            method, f"{self.url}/api/v1{path}", headers=headers, timeout=PATIENCE, **options
        )

    def get(self, path: str, **options: Any) -> Any:
        """Return the answer to a GET that has to succeed."""
        answer = self.call("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        """POST a JSON body."""
        return self.call("POST", path, json={} if body is None else body, **options)
