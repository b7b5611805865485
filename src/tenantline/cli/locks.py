"""Locks between processes on one machine: an open file, freed by the system if its holder dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenantline.kernel.errors import Refused


@contextmanager
def locked(path: Path, *, taken: str = "") -> Iterator[None]:
    """Hold the lock at ``path``.

    ``taken`` is the sentence with which to refuse where somebody else holds it; without one this
    waits until it is free. Raises ``Refused`` (code ``taken``).
    """
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if taken else 0))
        except BlockingIOError:
            raise Refused("taken", taken) from None
        yield
