"""Setting automations up: adding one, changing it, switching it, ending it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.automations import facts, queries, rules
from tenantline.automations.models import Automation, Firing, FiringState, Mode
from tenantline.facilities.models import Facility
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict, NotFound
from tenantline.letters.models import Letter
from tenantline.tenants.models import Tenant

_LEFT_ALONE: Final = "Left alone when the automation was changed."


def add(
    *, when: str, days: int, letter: Letter, facility: Facility | None, by: Actor, now: datetime
) -> Automation:
    """Add an automation for a facility or (None) for all. It is off.

    Raises:
        BadInput: there is no such occasion or number of days; the letter is not one of there.
        Conflict: there is one like it.
    """
    days = _checked(when, days, letter, facility)
    same = {"when": when, "days": days, "letter": letter, "facility": facility}
    with transaction.atomic():
        _refuse_another(None, when, days, letter, facility)
        made = Automation.objects.create(
            **same, since=now, next_scan_at=now, created_at=now, created_by=by.name
        )
        _tell("automation.added", made, by, now)
    return made


def change(
    *,
    automation: Automation,
    days: int,
    letter: Letter,
    leave_alone: bool,
    by: Actor,
    now: datetime,
) -> int:
    """Give an automation another number of days or another letter, at once.

    What it has dealt with is not dealt with again, and what was issued goes its way. What is due by
    the new days is acted on with the next look (``queries.would_do`` lists it), or, with
    ``leave_alone``, is noted as withheld and never acted on; returns how many causes that are.

    Raises:
        BadInput: there is no such number of days; the letter is not one of there.
        Conflict: there is one like it.
        NotFound: it has ended meanwhile.
    """
    days = _checked(automation.when, days, letter, automation.facility)
    with transaction.atomic():
        rows = Automation.objects.select_for_update(of=("self",), no_key=True)
        found = rows.select_related("facility").filter(pk=automation.pk, ended_at=None).first()
        if found is None:
            raise NotFound("This automation has been removed.")
        _refuse_another(found, found.when, days, letter, found.facility)
        found.days, found.letter, found.next_scan_at = days, letter, now
        found.save(update_fields=["days", "letter", "next_scan_at"])
        left = _leave_alone(found, now) if leave_alone and found.mode != Mode.OFF else 0
        _tell("automation.changed", found, by, now, left_alone=str(left))
    return left


def _leave_alone(automation: Automation, now: datetime) -> int:
    """Note all that an automation would act on now as withheld. Needs its lock."""
    pending = list(facts.to_deal_with(automation, now=now))
    people = Tenant.objects.in_bulk([fact.tenant_id for fact in pending])
    rows = [
        Firing(
            automation=automation,
            facility_id=people[fact.tenant_id].facility_id,
            tenant_id=fact.tenant_id,
            cause=fact.key,
            state=FiringState.WITHHELD,
            why=_LEFT_ALONE,
            at=now,
        )
        for fact in pending
    ]
    return len(Firing.objects.bulk_create(rows, batch_size=500))


def _checked(when: str, days: int, letter: Letter, facility: Facility | None) -> int:
    days = rules.checked(when, days)
    place = facility.pk if facility else None
    if letter.retired_at is not None or letter.facility_id not in (None, place):
        raise BadInput("Choose a letter that is in use there.", field="letter")
    return days


def _refuse_another(
    known: Automation | None, when: str, days: int, letter: Letter, facility: Facility | None
) -> None:
    same = Automation.objects.filter(
        when=when, days=days, letter=letter, facility=facility, ended_at=None
    )
    if known is not None:
        same = same.exclude(pk=known.pk)
    if same.exists():
        raise Conflict("There is an automation like this already.")


def switch(*, automation: Automation, mode: str, by: Actor, now: datetime) -> Automation:
    """Switch an automation off, to simulated or on; what happened until now is left alone.

    Raises:
        BadInput: there is no such mode.
    """
    if mode not in Mode.values:
        raise BadInput("Choose off, simulated or on.", field="mode")
    with transaction.atomic():
        rows = Automation.objects.filter(pk=automation.pk, ended_at=None).exclude(mode=mode)
        if rows.update(mode=mode, since=now, next_scan_at=now):
            automation.refresh_from_db()
            _tell("automation.switched", automation, by, now, mode=mode)
    return automation


def end(*, automation: Automation, by: Actor, now: datetime) -> None:
    """End an automation for good; what it has done stays."""
    with transaction.atomic():
        rows = Automation.objects.filter(pk=automation.pk, ended_at=None)
        if rows.update(ended_at=now, mode=Mode.OFF):
            _tell("automation.ended", automation, by, now)


def _tell(act: str, automation: Automation, by: Actor, now: datetime, **detail: str) -> None:
    audit.record(
        act=act,
        by=by,
        now=now,
        facility_id=automation.facility_id,
        subject=f"automation:{automation.pk}",
        automation=queries.words(automation),
        letter=automation.letter.name,
        **detail,
    )
