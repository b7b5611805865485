"""The steps of one slice, carried out in one short transaction of the caller's.

Nobody is ever opted in here. New tenants and changed details go in together; a changed number and
the end of a rental take the long way through the consent ledger, one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tenantline.audit import actions as audit
from tenantline.billing import bulk as accounts
from tenantline.consent import actions as consent
from tenantline.consent import bulk as opt_outs
from tenantline.facilities.models import Facility
from tenantline.feed import actions as feed
from tenantline.imports.models import ToldNo
from tenantline.imports.planning import Step
from tenantline.kernel.actor import Actor
from tenantline.tenants import bulk
from tenantline.tenants import queries as tenants
from tenantline.tenants.bulk import Change, NewTenant, Ready

_ASKED = "another tenant holds or held this number: staff are asked whether it is shared"


def new_tenants(*, facility: Facility, steps: Sequence[Step], by: Actor, now: datetime) -> Ready:
    """Make the tenants ready whom these steps add, before the database is held."""
    people = [NewTenant(s.details, s.number, s.rentals) for s in steps if s.outcome == "added"]
    return bulk.ready(facility=facility, people=people, by=by, now=now)


def apply(
    *,
    facility: Facility,
    steps: Sequence[Step],
    new: Ready,
    source: str,
    by: Actor,
    now: datetime,
) -> None:
    """Carry out what was planned; notes the tenants' ids in the steps. Needs a transaction.

    ``new`` is what ``new_tenants`` made of the steps; ``source`` names the file in the record of
    opt-outs.
    """
    wanted = [step for step in steps if step.outcome in {"added", "updated"}]
    _add([step for step in wanted if step.known is None], new)
    _change([step for step in wanted if step.known is not None], facility, by, now)
    balances = {
        step.tenant_id: step.balance_cents
        for step in wanted
        if step.tenant_id is not None and step.balance_cents is not None
    }
    accounts.state_balances(facility=facility, stated=balances, by=by, now=now)
    _take_consent_away(wanted, source, by, now)
    _forget_no([step for step in steps if step.together.row.sms and step.known])
    if wanted:
        _tell(wanted, facility, by, now)


def _add(steps: Sequence[Step], new: Ready) -> None:
    if not steps:
        return
    added = bulk.add_tenants(new)
    for step, pk in zip(steps, added.ids, strict=True):
        step.tenant_id = pk
        if pk in added.asked:
            step.remarks.append(_ASKED)


def _change(steps: Sequence[Step], facility: Facility, by: Actor, now: datetime) -> None:
    changes = [
        Change(step.known, step.details, step.rentals)
        for step in steps
        if step.known is not None and (step.details or step.rentals)
    ]
    bulk.change_tenants(facility=facility, changes=changes)
    for step in steps:
        if step.known is None:
            continue
        tenant = step.known.tenant
        if step.number is not None:
            consent.change_number(tenant=tenant, number=step.number, by=by, now=now)
            if any(asked.tenant_id == tenant.pk for asked in tenants.open_questions(tenant.pk)):
                step.remarks.append(_ASKED)
        for unit, at in step.endings:
            consent.move_out(tenant=tenant, at=at, by=by, now=now, unit=unit)


def _take_consent_away(steps: Sequence[Step], source: str, by: Actor, now: datetime) -> None:
    """R3: record what a "no" in the file takes away, once for each number period."""
    ids = {step.tenant_id for step in steps if step.says_no and step.tenant_id is not None}
    if not ids:
        return
    periods = opt_outs.record_revocations(
        tenant_ids=ids,
        medium="other",
        note=f"Import of {source}: it says that texts are not allowed.",
        by=by,
        now=now,
    )
    ToldNo.objects.bulk_create(
        [ToldNo(period=period, told_at=now) for period in periods], ignore_conflicts=True
    )


def _forget_no(steps: Sequence[Step]) -> None:
    """Let a "no" after this "yes" be recorded again. The "yes" itself gives nothing."""
    periods = [step.known.period.pk for step in steps if step.known and step.known.period]
    if periods:
        ToldNo.objects.filter(pk__in=periods).delete()


def _tell(steps: Sequence[Step], facility: Facility, by: Actor, now: datetime) -> None:
    lines = [step.together.row.line for step in steps]
    audit.record(
        act="tenants.imported",
        by=by,
        now=now,
        facility_id=facility.pk,
        subject=f"facility:{facility.pk}",
        added=sum(step.known is None for step in steps),
        updated=sum(step.known is not None for step in steps),
        lines=[min(lines), max(lines)],
    )
    feed.tell(facility_id=facility.pk, topic="tenant", ref=str(steps[-1].tenant_id), now=now)
