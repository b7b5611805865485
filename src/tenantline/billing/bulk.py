"""Many entries at once, by the very rules of ``actions``. For imports; needs their transaction.

The caller holds the facility (one import at a time) and records the act once for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from tenantline.billing import actions, queries
from tenantline.billing.models import Entry
from tenantline.facilities.models import Facility
from tenantline.kernel.actor import Actor
from tenantline.kernel.many import insert, update
from tenantline.tenants.models import Tenant

_BLANK: dict[str, Any] = {
    field.attname: None if field.null else field.get_default()
    for field in Entry._meta.local_concrete_fields
    if not field.primary_key
}


def state_balances(
    *, facility: Facility, stated: Mapping[int, int], by: Actor, now: datetime
) -> None:
    """Make the balances of these tenants what a file says they are, as ``actions`` does for one.

    ``stated`` maps tenants' ids to cents.

    Raises:
        BadInput: one of them is no balance.
    """
    if not stated:
        return
    today = queries.today(facility, now)
    known = Exists(Entry.objects.filter(tenant=OuterRef("pk")))
    tenants = _locked(stated).annotate(has_entries=known)
    rows = []
    for pk, balance, has_entries in tenants.values_list("pk", "balance_cents", "has_entries"):
        cents = actions.checked_balance(stated[pk])
        if cents != balance:
            values = actions.stated(cents - balance, cents, first=not has_entries, today=today)
            rows.append({"tenant_id": pk, **values})
    add(facility=facility, rows=rows, by=by, now=now)


def add(
    *, facility: Facility, rows: Sequence[Mapping[str, Any]], by: Actor, now: datetime
) -> list[int]:
    """Append checked entries, in this order, and keep the sums; returns their ids.

    Each row holds an entry's columns, with ``tenant_id`` and ``reverses_id``.
    """
    if not rows:
        return []
    who = {"by_kind": by.kind, "by_ref": by.ref, "by_name": by.name}
    same = _BLANK | who | {"facility_id": facility.pk, "recorded_at": now}
    ids = insert(Entry, tuple(_BLANK), [list((same | dict(row)).values()) for row in rows])
    added: dict[int, int] = {}
    for row in rows:
        added[row["tenant_id"]] = added.get(row["tenant_id"], 0) + row["effect_cents"]
    tenants = _locked(added).values_list("pk", "balance_cents")
    update(Tenant, ("balance_cents",), [(cents + added[pk], pk) for pk, cents in tenants])
    return ids


def _locked(tenant_ids: Collection[int]) -> QuerySet[Tenant]:
    # In one order everywhere, so that two never wait for each other.
    rows = Tenant.objects.filter(pk__in=tenant_ids).order_by("pk")
    return rows.select_for_update(of=("self",), no_key=True)
