"""Setting automations up: adding one, switching it, ending it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.automations import queries, rules
from tenantline.automations.models import Automation, Mode
from tenantline.facilities.models import Facility
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.letters.models import Letter


def add(
    *, when: str, days: int, letter: Letter, facility: Facility | None, by: Actor, now: datetime
) -> Automation:
    """Add an automation for a facility or (None) for all. It is off.

    Raises:
        BadInput: there is no such occasion or number of days; the letter is not one of there.
        Conflict: there is one like it.
    """
    days = rules.checked(when, days)
    place = facility.pk if facility else None
    if letter.retired_at is not None or letter.facility_id not in (None, place):
        raise BadInput("Choose a letter that is in use there.", field="letter")
    same = {"when": when, "days": days, "letter": letter, "facility": facility}
    with transaction.atomic():
        if Automation.objects.filter(**same, ended_at=None).exists():
            raise Conflict("There is an automation like this already.")
        made = Automation.objects.create(
            **same, since=now, next_scan_at=now, created_at=now, created_by=by.name
        )
        _tell("automation.added", made, by, now)
    return made


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
