"""The rules of consent as pure functions over ledger facts. ``now`` is always an argument.

A tenant's consent is a fold: take the facts that concern the current number period, in the order
of the ledger, and see what they leave standing. The gate, the screens and the API all use this
one fold, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from tenantline.consent.services import SERVICES, Service

FORM_WAITS = timedelta(days=30)  # R2: a form waits for START; R13: a link lives as long
COUNTER_WAITS = timedelta(minutes=30)  # R13: a link given at the counter lives as long
SILENCE_HOLDS_AFTER = timedelta(days=548)  # R15: 18 months without a text either way

Kind = Literal[
    "form_issued",  # R13: a link went out
    "form_ended",  # R13: staff ended a form at the counter
    "form_submitted",  # R2: the first act
    "form_disowned",  # R13: "this is not my number"
    "started",  # R2: the second act, from that very phone
    "stopped",  # R3: the handset said STOP (concerns the number, whoever holds it)
    "revoked",  # R3: staff recorded a revocation (concerns the number)
    "held",  # R3: unclear wording; automatic texts wait
    "hold_ended",
    "parked",  # somebody else may have the phone; all texts wait for a person
    "park_ended",  # a person found that it is still theirs
    "fell_silent",  # R15: 18 months without a text; automatic texts wait for START
    "number_closed",  # R4: the period ended
    "tenancy_ended",  # R15: the last rental ended
    "restored",  # R7: a backup was restored; concerns no number, the chain goes on from here
    "erased",  # R11: what stood beside a number's events was erased (ADR 19)
]


@dataclass(frozen=True, slots=True)
class Fact:
    """A ledger event as the rules see it. ``ref`` is its row id, ``hash`` proves it.

    ``counter``: a form that was issued at the counter, for half an hour.
    """

    ref: int
    kind: Kind
    at: datetime
    services: frozenset[Service] = frozenset()
    until: datetime | None = None
    counter: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the facts of one number period leave standing.

    ``active`` maps each service to the ledger event it rests on. ``waiting`` are services that a
    submitted form asks for and START has not confirmed; ``restorable`` those that the handset
    ended and its START brings back. ``ended_at``: a START that came in before this instant was
    overtaken by a STOP or a revocation, however late it is worked on. ``status`` is the latest of
    form_sent, waiting_for_start, opted_out and number_changed, or none; any active service comes
    before it (``status_at``). ``held_at`` and ``parked_at`` are when the newest reason came for
    either, ``silent`` stands until START, ``started_at`` is when the newest START came.
    """

    active: dict[Service, int] = field(default_factory=dict)
    waiting: frozenset[Service] = frozenset()
    waiting_since: datetime | None = None
    restorable: frozenset[Service] = frozenset()
    held_at: datetime | None = None
    parked_at: datetime | None = None
    silent: bool = False
    status: str = "none"
    since: datetime | None = None
    lapses_at: datetime | None = None
    chat_ends_at: datetime | None = None
    ended_at: datetime | None = None
    started_at: datetime | None = None
    opted_in_at: datetime | None = None

    @property
    def held(self) -> bool:
        """R3: tell whether automatic texts wait for a person."""
        return self.held_at is not None

    @property
    def parked(self) -> bool:
        """Tell whether all texts wait for a person to say whose phone it is."""
        return self.parked_at is not None

    @property
    def waits(self) -> bool:
        """Tell whether automatic texts wait, for a person or for START (all texts, if parked)."""
        return self.held or self.parked or self.silent

    def covers(self, service: Service, now: datetime) -> bool:
        """Tell whether the service is active at ``now`` (chat may end some time after move-out)."""
        if service not in self.active:
            return False
        ends = self.chat_ends_at
        return not (service == "chat" and ends is not None and now >= ends)


def waits_until(submitted_at: datetime) -> datetime:
    """R2: return until when a submitted form waits for START."""
    return submitted_at + FORM_WAITS


def started_services(standing: Standing, *, started_at: datetime) -> frozenset[Service]:
    """R2, R3: return the services that a START received at ``started_at`` makes active.

    Those the waiting form asks for, if it was submitted before and has not waited too long, and
    those that the handset's own STOP had ended.
    """
    if _is_overtaken(standing, started_at):
        return frozenset()
    return standing.restorable | _asked_for(standing, started_at)


def ended_by_start(standing: Standing, *, started_at: datetime) -> tuple[str, ...]:
    """R3, R15: return which of held, parked and silent a START received at ``started_at`` ends.

    It answers what was asked before it; it says nothing of what came after it.
    """
    after = _let_go(standing, started_at)
    ended = {
        "held": standing.held and not after.held,
        "parked": standing.parked and not after.parked,
        "silent": standing.silent and not after.silent,
    }
    return tuple(flag for flag, has_ended in ended.items() if has_ended)


def silent_from(standing: Standing) -> datetime | None:
    """R15: return from when the consent is silent if no text goes either way after its START.

    None where there is no consent that could fall silent, or where it has done so.
    """
    if standing.started_at is None or standing.silent or not standing.active:
        return None
    return silent_after(standing.started_at)


def silent_after(last_text: datetime) -> datetime:
    """R15: return from when a consent is silent whose last text went then."""
    return last_text + SILENCE_HOLDS_AFTER


def is_silent(last_text: datetime, now: datetime) -> bool:
    """R15: tell whether a consent has been without a text either way for 18 months."""
    return now >= silent_after(last_text)


def fold(facts: Iterable[Fact]) -> Standing:
    """Return what the facts of one number period, in ledger order, leave standing."""
    standing = Standing()
    for fact in facts:
        standing = _STEPS[fact.kind](_without_ended_chat(standing, fact.at), fact)
    return standing


def status_at(standing: Standing, now: datetime) -> str:
    """Return the status shown at ``now``: active wins, an expired form is ``none``."""
    if any(standing.covers(service, now) for service in standing.active):
        return "opted_in"
    if standing.lapses_at is not None and now >= standing.lapses_at:
        return "none"
    return standing.status


def since_at(standing: Standing, now: datetime) -> datetime | None:
    """Return since when ``status_at`` holds, None for ``none``."""
    status = status_at(standing, now)
    if status == "opted_in":
        return standing.opted_in_at
    return standing.since if status != "none" else None


def _without_ended_chat(standing: Standing, at: datetime) -> Standing:
    """R15: drop a chat consent whose time after the move-out is over."""
    if "chat" not in standing.active or standing.covers("chat", at):
        return standing
    return replace(standing, active={n: r for n, r in standing.active.items() if n != "chat"})


def _asked_for(standing: Standing, started_at: datetime) -> frozenset[Service]:
    """R2: return what the submitted form asks of a START at ``started_at``, if that is in time."""
    submitted = standing.waiting_since
    if submitted is not None and submitted < started_at < waits_until(submitted):
        return standing.waiting
    return frozenset()


def _is_overtaken(standing: Standing, started_at: datetime) -> bool:
    return standing.ended_at is not None and started_at < standing.ended_at


def _issued(standing: Standing, fact: Fact) -> Standing:
    if fact.counter and standing.status not in {"none", "form_sent"}:
        return standing  # half an hour's form hides neither a STOP nor a form that waits for START
    return replace(
        standing, status="form_sent", since=fact.at, lapses_at=fact.until or fact.at + FORM_WAITS
    )


def _form_ended(standing: Standing, fact: Fact) -> Standing:
    if standing.status != "form_sent":
        return standing
    return replace(standing, status="none", since=fact.at, lapses_at=None)


def _submitted(standing: Standing, fact: Fact) -> Standing:
    # A form states the whole wish: what is left unticked ends now, what is newly ticked waits.
    active = {name: ref for name, ref in standing.active.items() if name in fact.services}
    lasting = active.keys() - ({"chat"} if standing.chat_ends_at else set())
    waiting = fact.services - lasting
    standing = replace(
        standing,
        active=active,
        waiting=waiting,
        waiting_since=fact.at if waiting else None,
        restorable=frozenset(),
    )
    if not waiting:
        return replace(standing, status="none", since=fact.at, lapses_at=None)
    return replace(
        standing, status="waiting_for_start", since=fact.at, lapses_at=waits_until(fact.at)
    )


def _started(standing: Standing, fact: Fact) -> Standing:
    standing = _let_go(standing, fact.at)
    if not fact.services or _is_overtaken(standing, fact.at):
        return standing
    active = dict(standing.active) | dict.fromkeys(sorted(fact.services), fact.ref)
    fresh = _asked_for(standing, fact.at) & fact.services
    waiting = standing.waiting - fact.services
    done = standing.status == "opted_out" or (
        standing.status == "waiting_for_start" and not waiting
    )
    if done:
        standing = replace(standing, status="none", since=fact.at, lapses_at=None)
    return replace(
        standing,
        active=active,
        waiting=waiting,
        waiting_since=standing.waiting_since if waiting else None,
        restorable=frozenset(),
        opted_in_at=standing.opted_in_at if standing.active else fact.at,
        chat_ends_at=None if "chat" in fresh else standing.chat_ends_at,
    )


def _stopped(standing: Standing, fact: Fact) -> Standing:
    return replace(
        _ended(standing, "opted_out", fact.at),
        waiting=standing.waiting,
        waiting_since=standing.waiting_since,
        restorable=standing.restorable | frozenset(standing.active),
    )


def _revoked(standing: Standing, fact: Fact) -> Standing:
    return _ended(standing, "opted_out", fact.at)


def _let_go(standing: Standing, started_at: datetime) -> Standing:
    """Return what a START leaves of the flags, unless a STOP or a revocation has overtaken it."""
    if _is_overtaken(standing, started_at):
        return standing
    newest = max(started_at, standing.started_at or started_at)
    return replace(
        standing,
        silent=False,
        started_at=newest,
        held_at=_if_after(started_at, standing.held_at),
        parked_at=_if_after(started_at, standing.parked_at),
    )


def _held(standing: Standing, fact: Fact) -> Standing:
    return replace(standing, held_at=_newest(standing.held_at, fact.at))


def _hold_ended(standing: Standing, fact: Fact) -> Standing:
    return replace(standing, held_at=None)


def _parked(standing: Standing, fact: Fact) -> Standing:
    return replace(standing, parked_at=_newest(standing.parked_at, fact.at))


def _park_ended(standing: Standing, fact: Fact) -> Standing:
    return replace(standing, parked_at=None)


def _fell_silent(standing: Standing, fact: Fact) -> Standing:
    return replace(standing, silent=True)


def _disowned(standing: Standing, fact: Fact) -> Standing:
    # Whoever opened the form says that this is not their number: it may be anybody's.
    standing = replace(_parked(standing, fact), waiting=frozenset(), waiting_since=None)
    if standing.status not in {"form_sent", "waiting_for_start"}:
        return standing
    return replace(standing, status="none", since=fact.at, lapses_at=None)


def _closed(standing: Standing, fact: Fact) -> Standing:
    return _ended(standing, "number_changed", fact.at)


def _tenancy_ended(standing: Standing, fact: Fact) -> Standing:
    active: dict[Service, int] = {n: ref for n, ref in standing.active.items() if n == "chat"}
    standing = replace(
        standing,
        active=active,
        waiting=frozenset(),
        waiting_since=None,
        restorable=standing.restorable & {"chat"},
        chat_ends_at=_sooner(standing.chat_ends_at, fact.until),
    )
    if standing.status not in {"form_sent", "waiting_for_start"}:
        return standing
    return replace(standing, status="none", since=fact.at, lapses_at=None)


def _ended(standing: Standing, status: str, at: datetime) -> Standing:
    return Standing(
        held_at=standing.held_at,
        parked_at=standing.parked_at,
        status=status,
        since=at,
        chat_ends_at=standing.chat_ends_at,
        ended_at=_newest(standing.ended_at, at),
        started_at=standing.started_at,
    )


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier end of chat: a facility that lets it go on for longer revives nothing."""
    return min((end for end in (one, other) if end is not None), default=None)


def _if_after(started_at: datetime, asked_at: datetime | None) -> datetime | None:
    """Return when something was asked, None where a START has answered it."""
    return asked_at if asked_at is not None and asked_at > started_at else None


def _newest(before: datetime | None, at: datetime) -> datetime:
    return at if before is None else max(before, at)


_STEPS = {
    "form_issued": _issued,
    "form_ended": _form_ended,
    "form_submitted": _submitted,
    "form_disowned": _disowned,
    "started": _started,
    "stopped": _stopped,
    "revoked": _revoked,
    "held": _held,
    "hold_ended": _hold_ended,
    "parked": _parked,
    "park_ended": _park_ended,
    "fell_silent": _fell_silent,
    "number_closed": _closed,
    "tenancy_ended": _tenancy_ended,
}


def all_services(flags: dict[str, bool]) -> frozenset[Service]:
    """Return the services ticked in a form's three boxes."""
    return frozenset(service for service in SERVICES if flags.get(service))
