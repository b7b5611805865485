"""R5: the same typed words to a sixth tenant within ten minutes are refused.

Counted when a text is written and again when it leaves, each time under one lock. The order of
locks: a request has locked its tenant, then the guard, then its conversation, and never the ledger;
a claim has locked slots and texts and does not wait for the guard. So nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Q

from tenantline.kernel.errors import Refused
from tenantline.outbox import rules, wordings
from tenantline.outbox.models import MassGuard, Text
from tenantline.outbox.wordings import Wording
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Counted:
    """What a typed text's row keeps: its wording, and with which earlier one it is alike."""

    wording_key: str = ""
    alike_key: str = ""
    wording: str = ""
    wording_plain: bool = True


NOT_COUNTED: Final = Counted()


def count(*, tenant: Tenant, body: str, now: datetime) -> Counted:
    """Count a typed text to this tenant. Needs the caller's transaction, which holds the guard.

    Raises:
        Refused: five other tenants of the operator got these words within ten minutes.
    """
    wording = wordings.of(body, names=_names(tenant))
    MassGuard.objects.select_for_update().get_or_create(pk=1)
    known = _alike(wording, now)
    if len({one.tenant_id for one in known} - {tenant.pk}) >= rules.MASS_LIMIT:
        raise Refused(
            "mass_text",
            "The same words have just gone to five other tenants; mass texts are not possible. "
            "Write to this tenant in words of their own.",
        )
    alike_key = known[0].alike_key if known else wording.key
    return Counted(wording.key, alike_key, wording.stored(), wording.is_plain)


def _names(tenant: Tenant) -> list[str]:
    numbers = [period.number for period in tenants.periods(tenant.pk)]
    return [tenant.name, *tenants.every_unit(tenant.pk), *numbers]


@dataclass(frozen=True, slots=True)
class _Known:
    tenant_id: int
    alike_key: str


def _alike(wording: Wording, now: datetime) -> list[_Known]:
    """Return texts of the last ten minutes that count as the same words, newest first.

    Plain ones, which most are, are found by their key. The others are gone through by time, and
    the database narrows them by words of which a wording that is alike must hold one.
    """
    rows = Text.objects.filter(counts_as_mass=True, created_at__gt=now - rules.MASS_WINDOW)
    marked = Q()
    for mark in wording.marks():
        marked |= Q(wording__contains=f" {mark} ")
    found = {
        values
        for some in (
            rows.filter(wording_key__in={*wording.keys, wording.whole}),
            rows.filter(marked, wording_plain=False),
        )
        for values in some.values_list("pk", "clearance__tenant_id", "alike_key", "wording")
    }
    return [
        _Known(tenant_id, alike_key)
        for _, tenant_id, alike_key, stored in sorted(found, reverse=True)
        if wordings.alike(wording, stored)
    ]


@dataclass(slots=True)
class Fate:
    """What may not leave now of counted texts: ``not_now`` is looked at again at once."""

    too_many: list[Text] = field(default_factory=list)
    not_now: list[Text] = field(default_factory=list)


def leaving(texts: Sequence[Text], now: datetime) -> Fate:
    """Say which of these counted texts may not leave now. Needs the claim's transaction.

    Counted when they leave as well as when they are written: what was written over a day to many,
    and waited, must not leave to all of them at once. Those here count for those behind them.
    """
    if not texts:
        return Fate()
    if not _has_turn():
        return Fate(not_now=list(texts))
    fate, left = Fate(), _left_lately(texts, now)
    for text in texts:
        mine = {text.wording_key, text.alike_key}
        others = {one for one, keys in left if keys & mine} - {text.clearance.tenant_id}
        if len(others) >= rules.MASS_LIMIT:
            fate.too_many.append(text)
        else:
            left.append((text.clearance.tenant_id, mine))
    return fate


def _has_turn() -> bool:
    """Take the guard if it is free, without waiting for it.

    SQLite needs no such lock: its writers follow one another.
    """
    if not connection.features.has_select_for_update_skip_locked:
        return True
    rows = MassGuard.objects.filter(pk=1)
    if not rows.exists():
        MassGuard.objects.bulk_create([MassGuard(pk=1)], ignore_conflicts=True)
    return bool(rows.select_for_update(skip_locked=True))


def _left_lately(texts: Collection[Text], now: datetime) -> list[tuple[int, set[str]]]:
    """Return to which tenants texts of these wordings have just left, with their keys."""
    keys = {key for text in texts for key in (text.wording_key, text.alike_key)}
    rows = Text.objects.filter(
        Q(wording_key__in=keys) | Q(alike_key__in=keys),
        counts_as_mass=True,
        claimed_at__gt=now - rules.MASS_WINDOW,
    )
    found = rows.values_list("clearance__tenant_id", "wording_key", "alike_key").distinct()
    return [(tenant_id, {key, alike_key}) for tenant_id, key, alike_key in found]
