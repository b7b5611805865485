"""Handing a proof packet out, which the audit log remembers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from tenantline.audit import actions as audit
from tenantline.evidence import pdf, queries
from tenantline.evidence.packet import Packet
from tenantline.facilities.scope import Scope
from tenantline.kernel.actor import Actor
from tenantline.kernel.phone import Number


@dataclass(frozen=True)
class Made:
    """A packet as a PDF, under a name for its file, with the facts that it shows."""

    packet: Packet
    content: bytes
    file_name: str


def proof_packet(
    *,
    number: Number,
    scope: Scope,
    by: Actor,
    now: datetime,
    walk: int | None = queries.LONGEST_WALK,
) -> Made:
    """Make the proof packet of a number and note who took it along.

    ``walk``: how long a ledger is checked as a whole meanwhile (None: however long).
    The audit entry keeps the file's SHA-256, so that a file can be known again, and no number.

    Raises:
        NotFound: nothing is known about the number, as far as ``scope`` may see.
    """
    packet = facts(number=number, scope=scope, by=by, now=now, walk=walk)
    content = pdf.render(packet)
    holders = {one.tenant_id for one in packet.holders}
    audit.record(
        act="consent.proof_made",
        by=by,
        now=now,
        facility_id=_site_of(packet),
        subject=f"tenant:{holders.pop()}" if len(holders) == 1 else "",
        sha256=hashlib.sha256(content).hexdigest(),
        events=len(packet.events),
    )
    name = f"proof-of-consent-{number.lstrip('+')}-{now:%Y-%m-%d}.pdf"
    return Made(packet, content, name)


def facts(
    *,
    number: Number,
    scope: Scope,
    by: Actor,
    now: datetime,
    walk: int | None = queries.LONGEST_WALK,
) -> Packet:
    """Return what a packet shows; takes and raises what ``proof_packet`` does."""
    return queries.gather(number=number, scope=scope, made_by=by.name, now=now, walk=walk)


def _site_of(packet: Packet) -> int | None:
    ids = {one.site.id for one in packet.holders}
    return ids.pop() if len(ids) == 1 else None
