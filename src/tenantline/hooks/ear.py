"""The web process's sign that it listens (R8): without it nothing may leave."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from math import inf
from typing import Final

import structlog
from django.db import DatabaseError, close_old_connections, connection

from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.kernel.crypto import new_token

_log = structlog.get_logger(__name__)
_LOOK_EVERY: Final = 0.05  # seconds between looks whether a miss is known


class Ear:
    """Beats while the process serves. ``missed`` is called when a call could not be stored.

    A beat is unbroken if nothing was missed since the last beat that the database took.
    """

    def __init__(self) -> None:
        self._name = f"{socket.gethostname()}-{os.getpid()}-{new_token(4)}"
        self._stop = threading.Event()
        self._hurry = threading.Event()  # set: beat at once
        self._misses = 0
        self._told = -1  # how many misses the last beat spoke of; none yet
        self._beaten_at = -inf  # the tick of the last beat that the database may have taken
        self._thread = threading.Thread(target=self._run, name="ear", daemon=True)

    def start(self) -> None:
        """Begin to listen; what came before is not known."""
        self._thread.start()

    async def missed(self) -> None:
        """Say that a call was lost to us; the lists have to be read before anything leaves.

        Returns when no worker can still believe that we heard all: a beat has said so, or the
        last one is too old for anybody to count on. Only then may the call be given up, since a
        database that fails for a second would else let a text out that the lost call forbids.
        """
        self._misses += 1
        mine = self._misses
        self._hurry.set()
        # The beats are on a thread, and the second question is one of time.
        while self._told < mine and self._is_believed():  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY)

    def close(self) -> None:
        """Stop listening, and say so: from now on nothing leaves."""
        self._stop.set()
        self._hurry.set()
        self._thread.join(timeout=5)

    def _is_believed(self) -> bool:
        return clock.tick() - self._beaten_at < hearing.SILENT_AFTER.total_seconds()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._beat()
            self._hurry.wait(hearing.BEAT_EVERY.total_seconds())
            self._hurry.clear()
        self._leave()
        connection.close()

    def _leave(self) -> None:
        try:
            close_old_connections()
            hearing.end(name=self._name)
        except DatabaseError:
            _log.warning("the database does not answer; workers will notice that we are gone")

    def _beat(self) -> None:
        misses = self._misses
        before, self._beaten_at = self._beaten_at, clock.tick()
        try:
            close_old_connections()
            hearing.beat(name=self._name, unbroken=misses == self._told, now=clock.now())
        except DatabaseError:
            _log.warning("the database does not answer; nothing leaves until it does")
            self._told, self._beaten_at = -1, before
        else:
            self._told = misses
