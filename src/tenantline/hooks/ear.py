"""The web process's sign that it listens (R8): without it nothing may leave."""

from __future__ import annotations

import os
import socket
import threading

import structlog
from django.db import DatabaseError, close_old_connections, connection

from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.kernel.crypto import new_token

_log = structlog.get_logger(__name__)


class Ear:
    """Beats while the process serves. ``missed`` is called when a call could not be stored.

    A beat is unbroken if nothing was missed since the last beat that the database took.
    """

    def __init__(self) -> None:
        self._name = f"{socket.gethostname()}-{os.getpid()}-{new_token(4)}"
        self._stop = threading.Event()
        self._misses = 0
        self._told = -1  # how many misses the last beat spoke of; none yet
        self._thread = threading.Thread(target=self._run, name="ear", daemon=True)

    def start(self) -> None:
        """Begin to listen; what came before is not known."""
        self._thread.start()

    def missed(self) -> None:
        """Say that a call was lost to us: from the next beat on, the lists have to be read."""
        self._misses += 1

    def close(self) -> None:
        """Stop listening."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        ended = False
        while not ended:
            self._beat()
            ended = self._stop.wait(hearing.BEAT_EVERY.total_seconds())
        connection.close()

    def _beat(self) -> None:
        misses = self._misses
        try:
            close_old_connections()
            hearing.beat(name=self._name, unbroken=misses == self._told, now=clock.now())
        except DatabaseError:
            _log.warning("the database does not answer; nothing leaves until it does")
            self._told = -1
        else:
            self._told = misses
