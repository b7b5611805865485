"""The process that :mod:`tests.support.forked` copies for every command; started as a script.

It has loaded what commands load, has no threads, and has read no settings: whatever differs from
one installation to the next is read after the copy was made.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import sys
from collections.abc import Callable

STREAMS = 3
LIBRARIES = (
    "argon2",
    "asyncio",
    "dj_database_url",
    "dj_email_url",
    "django.contrib.admin",
    "django.contrib.auth.management",
    "django.contrib.contenttypes.management",
    "django.contrib.staticfiles.finders",
    "django.core.management.commands.migrate",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.views.debug",
    "environs",
    "phonenumbers.timezone",
    "psycopg_pool",
    "pydantic",
    "rich.progress",
    "rich.table",
    "structlog",
    "whitenoise.storage",
)


def load() -> Callable[[], None]:
    """Load libraries, which is what takes long; return what the installed script runs."""
    from tenantline.cli.main import main
    from tenantline.kernel import sqlite_driver

    # Settings do the same before anything asks for a database.
    sqlite_driver.install()
    for name in LIBRARIES:
        __import__(name)
    return main


def copy_until_hung_up(requests: socket.socket) -> None:
    """Make a copy for every request; comes back in the copies, which are to run the command."""
    while True:
        _, handed, *_ = socket.recv_fds(requests, 1, STREAMS + 1)
        if not handed:
            sys.exit(0)
        if os.fork() == 0:
            requests.close()
            with socket.socket(fileno=handed.pop()) as answers:
                _run_beside(answers, handed)
            return
        for descriptor in handed:
            os.close(descriptor)
        _bury()


def _bury() -> None:
    """Take note of the copies that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return


def _run_beside(answers: socket.socket, streams: list[int]) -> None:
    """Start the command in a copy once more, and tell its number and how it ended."""
    with answers.makefile("rw") as lines:
        asked = json.loads(lines.readline())
        command = os.fork()
        if command == 0:
            _become(asked, streams)
            return
        for stream in streams:
            os.close(stream)
        lines.write(f"{command}\n")
        lines.flush()
        _, status = os.waitpid(command, 0)
        lines.write(f"{os.waitstatus_to_exitcode(status)}\n")
    os._exit(0)


def _become(asked: dict, streams: list[int]) -> None:
    """Take on what makes one process differ from another."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv = ["tenantline", *asked["words"]]


if __name__ == "__main__":
    run = load()
    gc.freeze()
    copy_until_hung_up(socket.socket(fileno=int(sys.argv[1])))
    sys.exit(run())
