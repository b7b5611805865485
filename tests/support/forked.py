"""Commands as copies of a process that has loaded the libraries already.

A start of the installed script takes a second, nearly all of it for loading libraries. Here they
are loaded once for all tests of a process; each command is a process of its own all the same, with
its environment, folder, arguments and standard streams, which runs what the script runs and ends
as it does. ``tests/cli/test_processes.py`` holds the two ways together.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

SERVER = Path(__file__).with_name("forked_server.py")


@functools.cache
def _requests() -> socket.socket:
    """Start the process that is copied; it ends when its line to us does."""
    ours, theirs = socket.socketpair()
    with theirs:
        server = subprocess.Popen(
            [sys.executable, "-P", SERVER, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    atexit.register(server.wait)
    atexit.register(ours.close)
    return ours


def run(
    words: Sequence[str], environment: Mapping[str, str], *, given: str, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as ``subprocess.run`` would.

    Raises:
        subprocess.TimeoutExpired: it took longer; it has been killed.
    """
    with (
        tempfile.TemporaryFile("w+") as reads,
        tempfile.TemporaryFile("w+") as says,
        tempfile.TemporaryFile("w+") as complains,
    ):
        reads.write(given)
        reads.seek(0)
        streams = [file.fileno() for file in (reads, says, complains)]
        code = _code_of(words, environment, streams, seconds)
        says.seek(0)
        complains.seek(0)
        return subprocess.CompletedProcess([*words], code, says.read(), complains.read())


def _code_of(
    words: Sequence[str], environment: Mapping[str, str], streams: list[int], seconds: float
) -> int:
    """Have a command run on these streams; return its exit code."""
    asked = {"words": [*words], "environment": {**environment}, "folder": str(Path.cwd())}
    ours, theirs = socket.socketpair()
    with ours, ours.makefile("rw") as lines:
        with theirs:
            socket.send_fds(_requests(), [b"."], [*streams, theirs.fileno()])
        lines.write(json.dumps(asked) + "\n")
        lines.flush()
        number = int(lines.readline())
        ended, _, _ = select.select([ours], [], [], seconds)
        if not ended:
            os.kill(number, signal.SIGKILL)
        code = int(lines.readline())
    if not ended:
        raise subprocess.TimeoutExpired([*words], seconds)
    return code
