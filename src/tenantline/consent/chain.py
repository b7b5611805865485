"""The chain of the ledger as a whole: does it hold, and going on after a restore (R7, R11)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from tenantline.consent import ledger
from tenantline.consent.ledger import Evidence, LedgerBroken
from tenantline.consent.models import LedgerEvent, LedgerHead
from tenantline.kernel.secrets import vault

_AT_A_TIME = 2_000


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that holds: how many events it has, and the last one's hash."""

    events: int
    last_hash: str


def verify() -> Chain:
    """R11: check every event's keyed hash, its place behind the one before, and the chain's end.

    Reads the ledger in slices, so memory does not grow with it.

    Raises:
        LedgerBroken: an event was altered, is missing, or was not written by this ledger.
        WrongKey: the chain's key cannot be opened with this TENANTLINE_SECRET_KEY.
    """
    head = LedgerHead.objects.filter(pk=1).first()
    if head is None:
        return _demand_nothing()
    key = bytes.fromhex(vault().open(head.key_sealed))
    count, previous = 0, ledger.GENESIS
    rows = LedgerEvent.objects.select_related("particulars").order_by("sequence")
    for event in rows.iterator(chunk_size=_AT_A_TIME):
        count += 1
        if event.sequence != count or event.previous != previous:
            raise LedgerBroken(f"Consent event {count} is missing or out of its place.")
        if not hmac.compare_digest(event.hash, ledger.event_hash(event, key)):
            raise LedgerBroken(f"Consent event {count} was not written by this ledger.")
        _check_particulars(event, key)
        previous = event.hash
    if (head.sequence, head.hash) != (count, previous):
        raise LedgerBroken(f"The consent ledger ends at event {count}, not at {head.sequence}.")
    return Chain(count, previous)


def _demand_nothing() -> Chain:
    """Return the chain of a ledger that was never used."""
    if LedgerEvent.objects.exists():
        raise LedgerBroken("The consent ledger has events, but its head is missing.")
    return Chain(0, ledger.GENESIS)


def _check_particulars(event: LedgerEvent, key: bytes) -> None:
    row = event.particulars
    if row is None or not event.particulars_hash:
        return  # erased, which leaves the chain whole
    if not hmac.compare_digest(event.particulars_hash, ledger.particulars_hash(row, key)):
        raise LedgerBroken(f"What stands beside consent event {event.sequence} was altered.")


def go_on_after_restore(*, backup_id: str, made_at: datetime, now: datetime) -> None:
    """R7: append to the chain that a backup was restored. Needs the caller's transaction.

    Whoever reads the ledger sees that events between ``made_at`` and ``now`` may have been lost,
    and that nobody cut them off in secret.
    """
    ledger.append(
        kind="restored",
        at=now,
        evidence=Evidence(number=""),
        body={"backup": backup_id, "made_at": made_at.isoformat()},
    )
