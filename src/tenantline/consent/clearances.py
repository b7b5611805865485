"""The clearances as a whole: sealed, noted outside the database, checked (R11, ADR 23).

A clearance says what a text was let go by. Each bears a keyed hash of all it says, and is noted by
a line of a file in the data directory once it is committed: one that was deleted since is missed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final

from django.db import transaction
from django.db.models import Count, Max

from tenantline.consent import anchor, ledger
from tenantline.consent.models import Clearance, LedgerEvent
from tenantline.kernel import clock
from tenantline.kernel.crypto import new_token

_PREFIX: Final = "consent-clearances-"
_FIRST_LINE: Final = (
    "# Tenantline: what texts were let go by. Do not edit; keep it with the database. "
    "Read by: tenantline consent verify\n"
)
_AT_A_TIME: Final = 2_000
_AT_ONCE: Final = 500
# What is committed while a backup is made may be noted a moment before, and not be in it.
_WHILE_IT_IS_MADE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Clearances:
    """What a check found: how many there are, and how many notes of such there are."""

    kept: int = 0
    noted: int = 0


@dataclass(frozen=True, slots=True)
class _Mark:
    """A line of the file: this clearance was committed at this moment."""

    clearance_id: int
    seal: str
    at: datetime


def keep(clearance: Clearance) -> None:
    """Seal and insert a clearance, and note it when it is committed. Needs a transaction."""
    keep_all([clearance])


def keep_all(clearances: Sequence[Clearance]) -> None:
    """Seal and insert clearances, and note them when they are committed. Needs a transaction."""
    key = ledger.key()
    for clearance in clearances:
        clearance.nonce = new_token(16)
        clearance.seal = ledger.clearance_seal(clearance, key)
    Clearance.objects.bulk_create(clearances)
    for clearance in clearances:
        transaction.on_commit(partial(_note, clearance.pk, clearance.seal, key))


def check_notes(key: bytes) -> int:
    """Hold every note against the clearances; return how many notes there are.

    A noted one may be missing where a backup was restored since that does not hold it.

    Raises:
        LedgerBroken: one was deleted, or another put in its place.
    """
    restores = _restores()
    noted = 0
    rest = anchor.lines_of(anchor.path_for(key, prefix=_PREFIX))
    while lines := list(islice(rest, _AT_ONCE)):
        marks = [mark for line in lines if (mark := _read(line, key)) is not None]
        noted += len(marks)
        _compare(marks, restores)
    return noted


def _note(clearance_id: int, seal: str, key: bytes) -> None:
    said = f"cleared {clearance_id} {seal} {clock.now().isoformat()}"
    path = anchor.path_for(key, prefix=_PREFIX)
    anchor.append_line(path, anchor.signed(said, key), first=_FIRST_LINE)


def check_seals(key: bytes) -> int:
    """Hold every clearance against its seal; return how many there are.

    Raises:
        LedgerBroken: one was altered, invented or copied.
    """
    kept = 0
    for row in Clearance.objects.order_by("pk").iterator(chunk_size=_AT_A_TIME):
        kept += 1
        if not ledger.bears_its_seal(row, key):
            raise ledger.LedgerBroken(
                f"Clearance {row.pk}, which rests on a consent event, was altered or not given "
                "by the gate."
            )
    rows = Clearance.objects.values("seal").annotate(last=Max("pk"), rows=Count("pk"))
    copied = rows.filter(rows__gt=1).order_by("last").first()
    if copied is not None:
        raise ledger.LedgerBroken(f"Clearance {copied['last']} is a copy of another one.")
    return kept


def _compare(marks: list[_Mark], restores: list[tuple[datetime, datetime]]) -> None:
    rows = Clearance.objects.filter(pk__in={mark.clearance_id for mark in marks})
    seals = dict(rows.values_list("pk", "seal"))
    for mark in marks:
        found = seals.get(mark.clearance_id)
        if found == mark.seal:
            continue
        if any(made - _WHILE_IT_IS_MADE < mark.at < at for made, at in restores):
            continue
        raise ledger.LedgerBroken(
            f"Clearance {mark.clearance_id}, which let a text go on {anchor.told(mark.at)}, is "
            f"{'missing' if found is None else 'another one now'}: it was deleted."
        )


def _restores() -> list[tuple[datetime, datetime]]:
    """Return of when each restored backup was, and when it was restored."""
    rows: Iterable[LedgerEvent] = LedgerEvent.objects.filter(kind="restored")
    return [(datetime.fromisoformat(json.loads(row.body)["made_at"]), row.at) for row in rows]


def _read(line: str, key: bytes) -> _Mark | None:
    said = anchor.said_in(line, key)
    if said is None or not said.startswith("cleared "):
        return None
    _, pk, seal, at = said.split(" ")
    return _Mark(int(pk), seal, datetime.fromisoformat(at))
