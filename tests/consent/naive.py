"""R2, R3, R4, R15 written a second time, as questions asked of a whole history.

Only names are shared with the product: no state is carried along, every answer is looked up by
reading the history from its end. Slow, and meant to be easy to hold against the rules' words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tenantline.consent.rules import Kind
from tenantline.consent.services import Service

SERVICES: tuple[Service, ...] = ("chat", "statements", "notices")
ENDS_ALL = {"stopped", "revoked", "number_closed"}
FORM_WAITS = timedelta(days=30)


@dataclass(frozen=True)
class Act:
    """What happened to one number period; ``at`` of a START is when it came in."""

    kind: Kind
    at: datetime
    services: frozenset[Service] = frozenset()
    until: datetime | None = None


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
        if act.kind == "tenancy_ended":
            ends = act.until
        fresh = act.kind == "started" and not is_overtaken(history[:place], act)
        if fresh and "chat" in asked_for(history[:place], act):
            ends, over = None, False
    return over or (ends is not None and now >= ends)


def is_held(history: Sequence[Act]) -> bool:
    """R3: whether automatic texts wait for a person."""
    for place in reversed(range(len(history))):
        act = history[place]
        if act.kind in {"held", "form_disowned"}:
            return True
        if act.kind == "hold_ended":
            return False
        if act.kind == "started" and not is_overtaken(history[:place], act):
            return False
    return False
