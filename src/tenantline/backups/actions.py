"""Making a backup while everything runs."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import connections

from tenantline import __version__
from tenantline.backups import tables
from tenantline.backups.archive import Writer
from tenantline.backups.manifest import Manifest
from tenantline.backups.snapshot import one_moment
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import Refused

Tell = Callable[[int, int], None]
"""Is told how many rows are done, and of how many."""


def make(*, file: Path, now: datetime, tell: Tell) -> Manifest:
    """Write a backup of this moment to ``file``, which must not exist; return what is in it.

    Nobody waits for it: web and workers go on. The file appears when it is whole, readable by
    its owner alone.

    Raises:
        Refused: the file exists, or another backup is being written to it.
        OSError: it cannot be written.
    """
    _demand_new(file)
    with _appearing(file) as out, one_moment(file.parent) as alias, Writer(out) as writer:
        manifest = _written(writer, alias, now, tell)
        writer.finish(manifest)
    return manifest


def _written(writer: Writer, alias: str, now: datetime, tell: Tell) -> Manifest:
    models = tables.kept()
    total = sum(model._base_manager.using(alias).count() for model in models)
    done = 0

    def counted(lines: Iterator[bytes]) -> Iterator[bytes]:
        nonlocal done
        for line in lines:
            yield line
            done += 1
            if done % 200 == 0:
                tell(done, total)

    contents = []
    for model in models:
        tell(done, total)
        lines = counted(tables.written(model, using=alias))
        contents.append(writer.table(tables.table_of(model), tables.columns_of(model), lines))
    tell(total, total)
    return Manifest(
        id=new_token(12),
        made_at=now,
        version=__version__,
        engine=connections[alias].vendor,
        migrations=tables.migrations(connections[alias]),
        tables=contents,
    )


def _demand_new(file: Path) -> None:
    if os.path.lexists(file):
        raise Refused("exists", f"{file} exists already; a backup never overwrites a file.")


@contextmanager
def _appearing(file: Path) -> Iterator[IO[bytes]]:
    """Give a file to write to, which gets its name when it is whole and on the disk."""
    unfinished = file.with_name(f".{file.name}.unfinished")
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w+b") as out:
        try:
            # What a killed backup left behind is written over; a live one's is not.
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("taken", f"Another backup is being written to {file}.") from None
        try:
            os.fchmod(out.fileno(), 0o600)
            out.truncate()
            yield out
            out.flush()
            os.fsync(out.fileno())
            _name(unfinished, file)
        finally:
            unfinished.unlink(missing_ok=True)


def _name(unfinished: Path, file: Path) -> None:
    try:
        os.link(unfinished, file)  # unlike a rename, this never replaces what has appeared there
    except FileExistsError:
        raise Refused("exists", f"{file} has appeared meanwhile; nothing was written.") from None
    except OSError:  # some network drives and sticks know no links
        _demand_new(file)
        unfinished.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
