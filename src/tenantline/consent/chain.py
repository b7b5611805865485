"""The chain of the ledger as a whole: does it hold, and going on after a restore (R7, R11)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tenantline.consent import anchor, clearances, ledger
from tenantline.consent.anchor import Anchor
from tenantline.consent.clearances import Clearances
from tenantline.consent.ledger import Draft, Evidence, LedgerBroken
from tenantline.consent.models import LedgerEvent, LedgerHead, Wording
from tenantline.consent.wording import words_hash
from tenantline.kernel.secrets import vault

_AT_A_TIME: Final = 2_000


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that holds: how many events it has, and the last one's hash."""

    events: int
    last_hash: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a full check found: the chain, and what was noted of its end outside the database.

    ``erased`` events have had what stood beside them erased.
    """

    chain: Chain
    anchor: Anchor
    erased: int = 0
    clearances: Clearances = field(default_factory=Clearances)


def verify() -> Chain:
    """R11: check every event's keyed hash, its place behind the one before, and the chain's end.

    Reads the ledger in slices, so memory does not grow with it; may be asked while others append.

    Raises:
        LedgerBroken: an event was altered, is missing, or was not written by this ledger; or the
            words or the clearances that go with it were altered.
        WrongKey: the chain's key cannot be opened with this TENANTLINE_SECRET_KEY.
    """
    return _verified().chain


def verify_all() -> Verified:
    """R11: check the chain, and hold it against what was noted of its end outside the database.

    Raises:
        LedgerBroken, WrongKey: as ``verify``; also where events were cut off at the end and the
            head was edited to fit, or all of it was exchanged for another ledger; or where what
            stood beside an event is missing and no erasure is recorded.
    """
    found = _verified()
    if found.gone:
        raise LedgerBroken(
            f"What stood beside consent event {min(found.gone)} is missing, and no erasure of it "
            "is recorded."
        )
    key = _key()
    noted = _held_against_notes(key)
    cleared = Clearances(found.clearances, clearances.check_notes(key) if key is not None else 0)
    return Verified(found.chain, noted, found.erased, cleared)


def check_end() -> Anchor:
    """R11: hold the chain's end against what was noted of it, without walking all of it.

    Raises:
        LedgerBroken, WrongKey: as ``verify_all``, as far as the end tells it.
    """
    key = _key()
    last = LedgerEvent.objects.order_by("-sequence").first()
    if key is None:
        if last is not None:
            raise LedgerBroken("The consent ledger has events, but its head is missing.")
    else:
        head = LedgerHead.objects.get(pk=1)
        if last is not None and last.sequence < head.sequence:
            raise LedgerBroken(
                f"The consent ledger ends at event {last.sequence}, not at {head.sequence}."
            )
    return _held_against_notes(key)


def _held_against_notes(key: bytes | None) -> Anchor:
    try:
        noted = anchor.check(key=key) if key is not None else Anchor()
        anchor.demand_no_other(key=key)
    except anchor.NotAnchored as error:
        raise LedgerBroken(str(error)) from error
    return noted


def demand_event(digest: str) -> LedgerEvent:
    """Return the event that bears this hash, as a proof packet names it.

    Raises:
        LedgerBroken: the chain has none.
    """
    found = LedgerEvent.objects.filter(hash=digest.strip().lower()).first()
    if found is None:
        raise LedgerBroken("The consent ledger has no event with this hash.")
    return found


def go_on_after_restore(*, backup_id: str, made_at: datetime, now: datetime) -> None:
    """R7: append to the chain that a backup was restored. Needs the caller's transaction.

    Whoever reads the ledger sees that events between ``made_at`` and ``now`` may have been lost,
    and that nobody cut them off in secret. The caller calls ``ledger.note_end`` when the restored
    database has taken the old one's place; before, the end would be noted ahead of the event.
    """
    draft = Draft(
        kind="restored",
        at=now,
        evidence=Evidence(number=""),
        body={"backup": backup_id, "made_at": made_at.isoformat()},
    )
    ledger.append_all([draft], noted=False)


@dataclass(slots=True)
class _Walk:
    """How far a check has come."""

    key: bytes
    chain: Chain = field(default_factory=lambda: Chain(0, ledger.GENESIS))
    erased: int = 0
    gone: set[int] = field(default_factory=set)
    words: dict[int, str] = field(default_factory=dict)  # hashes of wordings, by id
    clearances: int = 0

    def step(self, event: LedgerEvent) -> None:
        """Check one event and go on behind it."""
        count = self.chain.events + 1
        if event.sequence != count or event.previous != self.chain.last_hash:
            raise LedgerBroken(f"Consent event {count} is missing or out of its place.")
        if not ledger.bears_its_hash(event, self.key):
            raise LedgerBroken(f"Consent event {count} was not written by this ledger.")
        self._beside(event)
        body: dict[str, Any] = json.loads(event.body)
        self._shown(event.sequence, body)
        if event.kind == "erased":
            recorded = self.gone & set(body["events"])
            self.gone -= recorded
            self.erased += len(recorded)
        self.chain = Chain(count, event.hash)

    def _beside(self, event: LedgerEvent) -> None:
        if not event.particulars_hash:
            return
        row = event.particulars
        if row is None:
            self.gone.add(event.sequence)
        elif not ledger.is_unaltered(row, event.particulars_hash, self.key):
            raise LedgerBroken(f"What stands beside consent event {event.sequence} was altered.")

    def _shown(self, sequence: int, body: dict[str, Any]) -> None:
        wanted, wording = body.get("words_sha256"), body.get("wording")
        if wanted and self.words.get(int(wording or 0)) != wanted:
            raise LedgerBroken(f"The words that consent event {sequence} rests on were altered.")


def _verified() -> _Walk:
    key = _key()
    if key is None:
        if LedgerEvent.objects.exists():
            raise LedgerBroken("The consent ledger has events, but its head is missing.")
        return _Walk(b"")
    words = {row.pk: words_hash(row.words) for row in Wording.objects.all()}
    walk = _Walk(key, words=words)
    _walk_to_the_end(walk)
    walk.clearances = clearances.check_seals(key)
    return walk


def _walk_to_the_end(walk: _Walk) -> None:
    """Follow the chain to its head, and on, if others append meanwhile."""
    head = LedgerHead.objects.get(pk=1)
    while True:
        for event in _events(after=walk.chain.events, up_to=head.sequence):
            walk.step(event)
        if walk.chain != Chain(head.sequence, head.hash):
            ends = walk.chain.events
            raise LedgerBroken(f"The consent ledger ends at event {ends}, not at {head.sequence}.")
        if not LedgerEvent.objects.filter(sequence__gt=head.sequence).exists():
            return
        before, head = head, LedgerHead.objects.get(pk=1)
        if head.sequence == before.sequence:
            behind = head.sequence + 1
            raise LedgerBroken(f"Consent event {behind} was not written by this ledger.")


def _events(*, after: int, up_to: int) -> Iterator[LedgerEvent]:
    rows = LedgerEvent.objects.select_related("particulars").order_by("sequence")
    rows = rows.filter(sequence__lte=up_to)
    if after:
        rows = rows.filter(sequence__gt=after)
    return rows.iterator(chunk_size=_AT_A_TIME)


def _key() -> bytes | None:
    head = LedgerHead.objects.filter(pk=1).first()
    return bytes.fromhex(vault().open(head.key_sealed)) if head is not None else None
