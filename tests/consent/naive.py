"""R2, R3, R4, R15 and wrong persons, written a second time as questions asked of a whole history.

Only names are shared with the product: no state is carried along, every answer is looked up by
reading the history from its end. Slow, and meant to be easy to hold against the rules' words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from tenantline.consent.rules import Kind
from tenantline.consent.services import Service

SERVICES: tuple[Service, ...] = ("chat", "statements", "notices")
PURPOSES = ("chat", "statement", "notice")
ENDS_ALL = {"stopped", "revoked", "number_closed"}
FORM_WAITS = timedelta(days=30)
EIGHTEEN_MONTHS = timedelta(days=548)


@dataclass(frozen=True)
class Act:
    """What happened to one number period; ``at`` of a START is when it came in.

    ``source`` names what held or parked the number.
    """

    kind: Kind
    at: datetime
    services: frozenset[Service] = frozenset()
    until: datetime | None = None
    source: str = ""


def is_active(history: Sequence[Act], service: Service, now: datetime) -> bool:
    """Whether this history leaves the service active at ``now``."""
    if not began(history, service):
        return False
    return service != "chat" or not chat_is_over(history, now)


def began(history: Sequence[Act], service: Service) -> bool:
    """Whether a START made the service active and nothing has ended it since."""
    for place in reversed(range(len(history))):
        act = history[place]
        if act.kind == "started" and service in granted(history[:place], act):
            return True
        if act.kind in ENDS_ALL:
            return False
        if act.kind == "form_submitted" and service not in act.services:
            return False  # R2: the form states the whole wish
        if act.kind == "tenancy_ended" and service != "chat":
            return False  # R15
    return False


def granted(before: Sequence[Act], start: Act) -> frozenset[Service]:
    """What a START that came in then, and is worked on after ``before``, makes active."""
    if is_overtaken(before, start):
        return frozenset()
    restored = {service for service in SERVICES if handset_ended(before, service)}
    return frozenset(restored) | asked_for(before, start)


def is_overtaken(before: Sequence[Act], start: Act) -> bool:
    """R3: whether a later STOP or revocation was worked on first."""
    return any(act.kind in ENDS_ALL and act.at > start.at for act in before)


def asked_for(before: Sequence[Act], start: Act) -> frozenset[Service]:
    """R2: what the newest form asked for, if this START came after it and in time."""
    for act in reversed(before):
        if act.kind in {"revoked", "number_closed", "tenancy_ended", "form_disowned"}:
            return frozenset()
        if act.kind == "form_submitted":
            in_time = act.at < start.at < act.at + FORM_WAITS
            return act.services if in_time else frozenset()
    return frozenset()


def handset_ended(before: Sequence[Act], service: Service) -> bool:
    """R3: whether the handset's STOP ended the service, with nothing of weight since."""
    for place in reversed(range(len(before))):
        act = before[place]
        if act.kind in {"revoked", "number_closed", "form_submitted"}:
            return False
        if act.kind == "tenancy_ended" and service != "chat":
            return False
        if act.kind == "stopped" and is_active(before[:place], service, act.at):
            return True
        if act.kind == "started" and service in granted(before[:place], act):
            return False
    return False


def chat_is_over(history: Sequence[Act], now: datetime) -> bool:
    """R15: whether chat's time after the move-out has passed, with no new form and START since."""
    ends: datetime | None = None
    over = False
    for place, act in enumerate(history):
        over = over or (ends is not None and act.at >= ends)
        if act.kind == "tenancy_ended" and act.until is not None:
            ends = act.until if ends is None else min(ends, act.until)
        fresh = act.kind == "started" and not is_overtaken(history[:place], act)
        if fresh and "chat" in asked_for(history[:place], act):
            ends, over = None, False
    return over or (ends is not None and now >= ends)


def what_holds(history: Sequence[Act], kinds: Iterable[str], ended_by: str) -> Act | None:
    """The newest act of these kinds that neither a person nor a START has answered."""
    signs = set(kinds)
    for place in reversed(range(len(history))):
        act = history[place]
        if act.kind == ended_by:
            return None
        if act.kind in signs:
            return None if answered(history, place, signs, ended_by) else act
    return None


def answered(history: Sequence[Act], place: int, signs: set[str], ended_by: str) -> bool:
    """R3: whether a START after this sign came in when all that was asked had been asked."""
    for later in range(place + 1, len(history)):
        start = history[later]
        if start.kind != "started" or is_overtaken(history[:later], start):
            continue
        if all(sign.at <= start.at for sign in asked_before(history[:later], signs, ended_by)):
            return True
    return False


def asked_before(before: Sequence[Act], signs: set[str], ended_by: str) -> list[Act]:
    """The signs before this place that no person and no START has answered."""
    open_signs: list[Act] = []
    for place, act in enumerate(before):
        if act.kind in signs:
            open_signs.append(act)
        elif act.kind == ended_by:
            open_signs = []
        elif act.kind == "started" and not is_overtaken(before[:place], act):
            open_signs = open_signs if any(sign.at > act.at for sign in open_signs) else []
    return open_signs


def is_held(history: Sequence[Act]) -> bool:
    """R3: whether automatic texts wait for a person to say what a text wished."""
    return what_holds(history, {"held"}, "hold_ended") is not None


def is_parked(history: Sequence[Act]) -> bool:
    """Whether all texts wait for a person to say whose phone it is."""
    return what_holds(history, {"parked", "form_disowned"}, "park_ended") is not None


def is_noted_silent(history: Sequence[Act]) -> bool:
    """R15: whether the ledger says that the consent fell silent, and no START has come since."""
    for place in reversed(range(len(history))):
        act = history[place]
        if act.kind == "fell_silent":
            return True
        if act.kind in ENDS_ALL:
            return False
        if act.kind == "started" and not is_overtaken(history[:place], act):
            return False
    return False


def was_silent(texts: Iterable[datetime], now: datetime) -> bool:
    """R15: whether 18 months went by without a text, since the first of these and until now."""
    times = [*sorted(texts), now]
    return any(later - earlier >= EIGHTEEN_MONTHS for earlier, later in pairwise(times))
