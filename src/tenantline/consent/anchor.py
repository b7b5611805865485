"""Where the ends of the chain are noted outside the database (R11, ADR 18).

A line for each commit that made the ledger longer, in a file of the data directory: which event
was the last one then, and its hash, under the chain's own key. Whoever shortens the table and
edits its head row to fit leaves this file behind. It is written after the commit, never before,
and nothing waits for it: a line that could not be written is missed by nobody but the next check.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction

from tenantline.consent.models import LedgerEvent
from tenantline.kernel import clock

_log = structlog.get_logger(__name__)
_PREFIX: Final = "consent-ledger-"
_SUFFIX: Final = ".anchor"
_AT_ONCE: Final = 500
_FIRST_LINE: Final = (
    "# Tenantline: where the consent ledger ended, after each change. Do not edit; keep it with "
    "the database. Read by: tenantline consent verify\n"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the file: at this moment the chain ended with this event."""

    sequence: int
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the file on this machine says, as far as the chain agrees.

    ``last`` None: it says nothing, so that events cut off at the end would not show.
    ``unreadable`` lines were cut off, as on a full disk, or were not written by this ledger.
    """

    marks: int = 0
    first: Mark | None = None
    last: Mark | None = None
    unreadable: int = 0


class NotAnchored(Exception):
    """The chain and the file do not agree; the words say how. ``chain`` makes it a sentence."""


def note_when_committed(*, sequence: int, digest: str, key: bytes) -> None:
    """Note the chain's end once the caller's transaction is committed, and only then."""
    transaction.on_commit(partial(note, sequence=sequence, digest=digest, key=key))


def note(*, sequence: int, digest: str, key: bytes) -> None:
    """Add a line; a disk that takes none is logged and stops nobody."""
    # The true moment, whatever the caller calls now: a restore is told from a theft by it.
    at = clock.now()
    append_line(path_for(key), signed(f"{sequence} {digest} {at.isoformat()}", key))


def signed(said: str, key: bytes) -> str:
    """Return a line that says this under the chain's key; ``said_in`` reads it."""
    return f"{said} {_mac(said, key)}"


def said_in(line: str, key: bytes) -> str | None:
    """Return what a line says, None where it does not bear the chain's key."""
    said, _, mac = line.rpartition(" ")
    return said if hmac.compare_digest(mac.encode(), _mac(said, key).encode()) else None


def append_line(path: Path, line: str, *, first: str = _FIRST_LINE) -> None:
    """Add a line to a file of notes; a disk that takes none is logged and stops nobody."""
    try:
        # The line break comes first too: a line that a full disk cut off spoils no other.
        _append(path, f"\n{line}\n", first)
    except OSError as error:
        _log.warning("consent ledger's anchor could not be written", error=str(error))


def _append(path: Path, line: str, first: str) -> None:
    # One write to the end: lines of several processes stand one behind the other.
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        is_new = os.fstat(file).st_size == 0
        os.write(file, ((first if is_new else "") + line).encode("ascii"))
    finally:
        os.close(file)


def path_for(key: bytes, *, prefix: str = _PREFIX) -> Path:
    """Return where this ledger's file lies on this machine; each ledger has its own."""
    name = hmac.digest(key, b"anchor's name", hashlib.sha256).hex()[:12]
    return _folder() / f"{prefix}{name}{_SUFFIX}"


def check(*, key: bytes) -> Anchor:
    """Hold every line against the chain, which the caller has found whole.

    A line that the chain contradicts is explained by a restore that came after it and went on
    from an earlier event.

    Raises:
        NotAnchored: events were cut off or the chain was written anew.
    """
    restores = _restores()
    found = Anchor()
    rest = lines_of(path_for(key))
    while lines := list(islice(rest, _AT_ONCE)):
        marks = [mark for line in lines if (mark := _read(line, key)) is not None]
        found = _counted(found, marks, len(lines))
        _compare(marks, restores)
    return found


def demand_no_other(*, key: bytes | None) -> None:
    """Raise ``NotAnchored`` where the folder knows another ledger that no restore replaced."""
    mine = path_for(key) if key is not None else None
    restores = _restores() if key is not None else []
    for path in sorted(_folder().glob(f"{_PREFIX}*{_SUFFIX}")):
        last = _last_moment(path)
        if path == mine or last is None or any(at > last for _, at in restores):
            continue
        raise NotAnchored(
            f"This data directory belongs to another consent ledger, in use until {told(last)}; "
            f"if the database was begun anew on purpose, move {path.name} away."
        )


def _compare(marks: list[Mark], restores: list[tuple[int, datetime]]) -> None:
    wanted = {mark.sequence for mark in marks}
    rows = LedgerEvent.objects.filter(sequence__in=wanted).order_by()
    hashes = dict(rows.values_list("sequence", "hash"))
    for mark in marks:
        found = hashes.get(mark.sequence)
        if found == mark.hash:
            continue
        if any(begins <= mark.sequence and mark.at < at for begins, at in restores):
            continue
        raise NotAnchored(_contradiction(mark, missing=found is None))


def _contradiction(mark: Mark, *, missing: bool) -> str:
    if not missing:
        return (
            f"Consent event {mark.sequence} is not the one that stood there on {told(mark.at)}: "
            "the ledger was written anew."
        )
    last = LedgerEvent.objects.order_by("-sequence").values_list("sequence", flat=True).first()
    return (
        f"Consent event {(last or 0) + 1} is missing: the ledger ends at event {last or 0}, but on "
        f"{told(mark.at)} it had {mark.sequence:,}; events were cut off at the end."
    )


def _counted(anchor: Anchor, marks: list[Mark], lines: int) -> Anchor:
    newest = max(marks, key=lambda mark: mark.at, default=None)
    last = anchor.last
    if newest is not None and (last is None or newest.at >= last.at):
        last = newest
    return Anchor(
        marks=anchor.marks + len(marks),
        first=anchor.first or next(iter(marks), None),
        last=last,
        unreadable=anchor.unreadable + lines - len(marks),
    )


def _restores() -> list[tuple[int, datetime]]:
    rows = LedgerEvent.objects.filter(kind="restored").order_by("sequence")
    return list(rows.values_list("sequence", "at"))


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a file of notes, none where there is no file."""
    try:
        file = path.open(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return
    with file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                yield line.strip()


def _read(line: str, key: bytes) -> Mark | None:
    said = said_in(line, key)
    if said is None:
        return None
    sequence, digest, at = said.split(" ")
    return Mark(int(sequence), digest, datetime.fromisoformat(at))


def _last_moment(path: Path) -> datetime | None:
    """Return the latest moment a file names, whoever wrote it."""
    moments = []
    for line in lines_of(path):
        parts = line.split(" ")
        try:
            moments.append(datetime.fromisoformat(parts[2]))
        except (IndexError, ValueError):
            continue  # a line that was cut off
    return max((moment for moment in moments if moment.tzinfo is not None), default=None)


def _mac(said: str, key: bytes) -> str:
    return hmac.new(key, b"anchor\x00" + said.encode(), hashlib.sha256).hexdigest()


def told(moment: datetime) -> str:
    """Return a moment as the sentences of a check say it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _folder() -> Path:
    return Path(settings.DATA_DIR)
