"""What takes long to make and is the same for all: xdist's processes make it once together."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Keep the other processes that name the same file waiting."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def made(path: Path, make: Callable[[Path], object]) -> Path:
    """Return a path that the first process to ask for it has made."""
    done = path.with_name(f"{path.name}.made")
    with alone(path.with_name(f"{path.name}.lock")):
        if not done.exists():
            make(path)
            done.touch()
    return path
