"""The ledger: append-only, each event chained to the one before by a keyed hash (R11).

The key is made at the first event, sealed by the installation's vault and never rotated. Without
it nobody can write an event that the gate believes, whatever they can do to the table.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, get_args

from django.db import transaction
from django.db.models import F, Q

from tenantline.consent import anchor
from tenantline.consent.models import Clearance, LedgerEvent, LedgerHead, Particulars
from tenantline.consent.rules import Fact, Kind
from tenantline.consent.services import SERVICES, Service
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import TenantlineError
from tenantline.kernel.secrets import vault
from tenantline.tenants.models import NumberPeriod

GENESIS = "0" * 64
_HEAD = 1
_ABOUT_THE_NUMBER: tuple[Kind, ...] = ("stopped", "revoked")


class LedgerBroken(TenantlineError):
    """An event does not bear the chain's hash: somebody wrote past the ledger."""

    code = "ledger_broken"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is kept erasably beside an event: who can be told from it.

    ``kept`` False: the event concerns the number, but nothing is to stand beside it.
    """

    number: str
    ip: str = ""
    user_agent: str = ""
    text: str = ""
    kept: bool = True


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An event to be appended, as ``append`` takes it."""

    kind: Kind
    at: datetime
    evidence: Evidence
    body: Mapping[str, Any]
    period: NumberPeriod | None = None
    facility_id: int | None = None


def prepare() -> None:
    """Make the chain's head and key if there are none yet, and open the key (``tenantline init``).

    Raises:
        WrongKey: the key cannot be opened with this TENANTLINE_SECRET_KEY.
    """
    _key()


def lock() -> None:
    """Let nobody else append before this transaction ends, for an act that folds first.

    What is read after this call cannot be overtaken by another's event.
    """
    _locked_head()


def append(
    *,
    kind: Kind,
    at: datetime,
    evidence: Evidence,
    period: NumberPeriod | None = None,
    facility_id: int | None = None,
    body: Mapping[str, Any],
) -> LedgerEvent:
    """Append one event under the head's lock. Needs the caller's transaction.

    ``period`` None: the event concerns the number itself. ``body`` must be JSON-able.
    """
    draft = Draft(
        kind=kind, at=at, evidence=evidence, period=period, facility_id=facility_id, body=body
    )
    return append_all([draft])[0]


def append_all(drafts: Sequence[Draft], *, noted: bool = True) -> list[LedgerEvent]:
    """Append events in this order under one lock of the head. Needs the caller's transaction.

    ``noted`` False: the caller notes the new end outside the database itself, later.
    """
    head = _locked_head()
    key = _opened(head.key_sealed)
    kept = [draft for draft in drafts if draft.evidence.kept]
    rows = iter(Particulars.objects.bulk_create(_particulars(draft.evidence) for draft in kept))
    events = []
    for draft in drafts:
        particulars = next(rows) if draft.evidence.kept else None
        event = _chained(draft, particulars, head, key)
        head.sequence, head.hash = event.sequence, event.hash
        events.append(event)
    LedgerEvent.objects.bulk_create(events)
    head.save(update_fields=["sequence", "hash"])
    if noted and events:
        anchor.note_when_committed(sequence=head.sequence, digest=head.hash, key=key)
    return events


def note_end() -> None:
    """Note the chain's end outside the database, after a change that was committed elsewhere."""
    head = LedgerHead.objects.get(pk=_HEAD)
    anchor.note(sequence=head.sequence, digest=head.hash, key=_opened(head.key_sealed))


def _particulars(evidence: Evidence) -> Particulars:
    return Particulars(
        nonce=new_token(16),
        number=evidence.number[:20],  # an alphanumeric sender may be longer than any number
        ip=evidence.ip[:45],
        user_agent=evidence.user_agent[:400],
        text=evidence.text,
    )


def _chained(
    draft: Draft, particulars: Particulars | None, head: LedgerHead, key: bytes
) -> LedgerEvent:
    period = draft.period
    event = LedgerEvent(
        sequence=head.sequence + 1,
        kind=draft.kind,
        at=draft.at.astimezone(UTC),
        facility_id=draft.facility_id if period is None else period.tenant.facility_id,
        tenant_id=period.tenant_id if period else None,
        period_id=period.pk if period else None,
        number_key=number_key(draft.evidence.number, key),
        body=json.dumps(draft.body, sort_keys=True, separators=(",", ":"), ensure_ascii=True),
        particulars=particulars,
        particulars_hash=particulars_hash(particulars, key) if particulars else "",
        previous=head.hash,
    )
    event.hash = event_hash(event, key)
    return event


def facts_of(period: NumberPeriod) -> list[Fact]:
    """Return the facts that concern a number period, in ledger order, each hash checked.

    The period's own events count for the tenant, facility and number they were written for: a row
    of another room that was altered carries no consent elsewhere.

    Raises:
        LedgerBroken: an event was not written by this ledger.
    """
    own = Q(
        period_id=period.pk,
        tenant_id=period.tenant_id,
        facility_id=F("tenant__facility_id"),
    )
    about_the_number = Q(period_id=None, kind__in=_ABOUT_THE_NUMBER, at__gte=period.started_at)
    rows = LedgerEvent.objects.filter(number_key=number_key(period.number))
    return [to_fact(event) for event in rows.filter(own | about_the_number)]


def facts_of_all(
    periods: Sequence[NumberPeriod],
) -> tuple[dict[int, list[Fact]], dict[int, set[int]]]:
    """Return ``facts_of`` each of these periods by its id, and whose number was closed before.

    The second maps tenants to the periods with consent that they gave up (R4). The periods'
    tenants must be loaded.
    """
    by_key: dict[str, list[NumberPeriod]] = {}
    key = _key()
    for period in periods:
        by_key.setdefault(number_key(period.number, key), []).append(period)
    facts: dict[int, list[Fact]] = {period.pk: [] for period in periods}
    closed: dict[int, set[int]] = {period.tenant_id: set() for period in periods}
    gave_up = Q(tenant_id__in=closed, kind="number_closed")
    for event in LedgerEvent.objects.filter(Q(number_key__in=by_key) | gave_up):
        if event.kind == "number_closed" and event.period_id and event.tenant_id in closed:
            closed[event.tenant_id].add(event.period_id)
        for period in by_key.get(event.number_key, ()):
            if _concerns(event, period):
                facts[period.pk].append(to_fact(event, key))
    return facts, closed


def _concerns(event: LedgerEvent, period: NumberPeriod) -> bool:
    if event.period_id is None:
        return event.kind in _ABOUT_THE_NUMBER and event.at >= period.started_at
    mine = (period.pk, period.tenant_id, period.tenant.facility_id)
    return (event.period_id, event.tenant_id, event.facility_id) == mine


def events_of(tenant_id: int) -> list[LedgerEvent]:
    """Return every event about a tenant's numbers, oldest first, for the consent history.

    A START to a facility where nobody holds the number is nothing of this tenant's.
    """
    condition = Q(tenant_id=tenant_id)
    for period in NumberPeriod.objects.filter(tenant_id=tenant_id):
        spell = Q(period_id=None, number_key=number_key(period.number), at__gte=period.started_at)
        spell &= ~Q(kind="started")
        if period.ended_at is not None:
            spell &= Q(at__lte=period.ended_at)
        condition |= spell
    rows = LedgerEvent.objects.filter(condition).select_related("particulars", "facility")
    return list(rows)


def number_was_closed(period: NumberPeriod) -> bool:
    """R4: tell whether the tenant held another number with consent before this period."""
    rows = LedgerEvent.objects.filter(tenant_id=period.tenant_id, kind="number_closed")
    return rows.exclude(period_id=period.pk).exists()


def ever_closed(tenant_id: int) -> bool:
    """R4: tell whether the tenant ever gave up a number that had a consent history."""
    return LedgerEvent.objects.filter(tenant_id=tenant_id, kind="number_closed").exists()


def to_fact(event: LedgerEvent, key: bytes | None = None) -> Fact:
    """Return an event as the rules see it, after checking its hash (``key`` as it is known)."""
    if not bears_its_hash(event, key):
        raise LedgerBroken(f"Consent event {event.sequence} was not written by this ledger.")
    body: dict[str, Any] = json.loads(event.body)
    until = body.get("until")
    return Fact(
        ref=event.pk,
        kind=_kind(event.kind),
        at=event.at,
        services=_services(body.get("services", ())),
        until=datetime.fromisoformat(until) if until else None,
        counter=body.get("medium") == "counter",
    )


def number_key(number: str, key: bytes | None = None) -> str:
    """Return the keyed hash under which a number's events are found without storing it."""
    return _keyed(b"number\x00" + number.encode(), key)


def event_hash(event: LedgerEvent, key: bytes | None = None) -> str:
    """Return the hash an event must bear: keyed, over everything it says and its predecessor."""
    said = {
        "sequence": event.sequence,
        "kind": event.kind,
        "at": event.at.astimezone(UTC).isoformat(),
        "facility": event.facility_id,
        "tenant": event.tenant_id,
        "period": event.period_id,
        "number_key": event.number_key,
        "body": event.body,
        "particulars": event.particulars_hash,
        "previous": event.previous,
    }
    return _keyed(b"event\x00" + json.dumps(said, sort_keys=True).encode(), key)


def bears_its_hash(event: LedgerEvent, key: bytes | None = None) -> bool:
    """Tell whether an event bears the hash that it must."""
    return _is(event.hash, lambda: event_hash(event, key))


def is_unaltered(row: Particulars, digest: str, key: bytes | None = None) -> bool:
    """Tell whether what stands beside an event is what the event keeps the hash of."""
    return _is(digest, lambda: particulars_hash(row, key))


def bears_its_seal(row: Clearance, key: bytes | None = None) -> bool:
    """Tell whether a clearance bears the gate's seal."""
    return _is(row.seal, lambda: clearance_seal(row, key))


def _is(noted: str, computed: Callable[[], str]) -> bool:
    try:
        return hmac.compare_digest(noted.encode(), computed().encode())
    except (AttributeError, TypeError, ValueError):
        return False  # SQLite's columns take anything: what cannot even be hashed was not written


def particulars_hash(row: Particulars, key: bytes | None = None) -> str:
    """Return the keyed hash of an event's erasable part."""
    parts = [row.nonce, row.number, row.ip, row.user_agent, row.text]
    return _keyed(b"particulars\x00" + json.dumps(parts).encode(), key)


def clearance_seal(row: Clearance, key: bytes | None = None) -> str:
    """Return the keyed hash a clearance must bear: over all that it says."""
    ids = [row.tenant_id, row.period_id, row.facility_id, row.event_id, row.wording_id]
    at = row.cleared_at.astimezone(UTC).isoformat()
    said = [*ids, row.nonce, row.number, row.purpose, at]
    return _keyed(b"clearance\x00" + json.dumps(said).encode(), key)


def key() -> bytes:
    """Return the chain's key, made where there is none yet."""
    return _key()


def _keyed(data: bytes, key: bytes | None) -> str:
    return hmac.new(_key() if key is None else key, data, hashlib.sha256).hexdigest()


def _key() -> bytes:
    sealed = LedgerHead.objects.filter(pk=_HEAD).values_list("key_sealed", flat=True).first()
    return _opened(sealed if sealed is not None else _made_head().key_sealed)


@lru_cache(maxsize=8)
def _opened(sealed: str) -> bytes:
    return bytes.fromhex(vault().open(sealed))


def _locked_head() -> LedgerHead:
    found = LedgerHead.objects.select_for_update().filter(pk=_HEAD).first()
    return found or LedgerHead.objects.select_for_update().get(pk=_made_head().pk)


def _made_head() -> LedgerHead:
    key = hashlib.sha256(new_token(48).encode()).hexdigest()
    with transaction.atomic():
        head, _ = LedgerHead.objects.get_or_create(
            pk=_HEAD, defaults={"sequence": 0, "hash": GENESIS, "key_sealed": vault().seal(key)}
        )
    return head


def _services(names: Iterable[str]) -> frozenset[Service]:
    return frozenset(service for service in SERVICES if service in names)


def _kind(value: str) -> Kind:
    if value not in get_args(Kind):
        raise LedgerBroken(f"The ledger holds an event of an unknown kind: {value}.")
    return value  # type: ignore[return-value]
