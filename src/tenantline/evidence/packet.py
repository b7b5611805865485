"""What a proof packet holds, as facts: everything that is known about one number's consent (R11).

The PDF and ``consent export --json`` are made from this and nothing else. Times are aware and in
UTC; ``zone`` is the IANA zone in which a reader wants to see them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Site:
    """A facility as it stands in its records now."""

    id: int
    code: str
    name: str
    zone: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Holder:
    """That a tenant held the number, from an instant until an instant (None: still does).

    ``answer`` is what there is to say of this tenant's consent, in whole sentences.
    """

    tenant_id: int
    name: str
    external_id: str
    site: Site
    since: datetime
    until: datetime | None
    because: str
    units: tuple[str, ...]
    status: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Form:
    """The opt-in form as it was shown, and what was ticked in it."""

    event: int
    at: datetime
    zone: str
    version: str
    language: str
    medium: str
    number: str
    ticked: tuple[str, ...]
    words: dict[str, Any]
    words_sha256: str
    words_hold: bool | None


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of the ledger about the number. ``said`` tells it in a sentence.

    ``facts`` are pairs of a label and what the event keeps under it; ``gone`` says what became of
    the row beside it, empty where it is there; ``holds`` whether it bears the chain's hash.
    """

    sequence: int
    kind: str
    at: datetime
    zone: str
    site: str
    tenant: str
    said: str
    facts: tuple[tuple[str, str], ...]
    gone: str
    body: str
    particulars_hash: str
    previous: str
    hash: str
    holds: bool


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One text that was written to the number, and the event of the ledger that it relied on."""

    at: datetime
    zone: str
    site: str
    tenant: str
    purpose: str
    by: str
    body: str
    state: str
    left: bool
    sent_at: datetime | None
    delivered_at: datetime | None
    reason: str
    message_sid: str
    line: str
    event: int
    clearance: int
    cleared_at: datetime
    sealed: bool


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a check of the whole ledger found when the packet was made.

    ``whole`` False: it was too long to be checked meanwhile. ``trouble`` is the sentence that
    names the first link which does not hold, else empty.
    """

    whole: bool
    events: int
    head: str
    trouble: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class Restore:
    """That a backup was put back: what the ledger took up after ``made_at`` may be missing."""

    event: int
    made_at: datetime
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Packet:
    """All of it. ``hidden`` events and ``others`` holders lie outside the reader's scope (R10)."""

    number: str
    national: str
    made_at: datetime
    made_by: str
    covers: str
    zone: str
    hidden: int
    others: int
    holders: tuple[Holder, ...]
    forms: tuple[Form, ...]
    events: tuple[Event, ...]
    texts: tuple[Sent, ...]
    texts_left_out: int
    check: Check
    restores: tuple[Restore, ...]
    installation: str

    def as_json(self) -> str:
        """Return the facts as JSON, times in ISO 8601."""
        return json.dumps(asdict(self), default=_plain, ensure_ascii=False, indent=1)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"a packet cannot hold a {type(value).__name__}")
