"""A worker's share of the automations: looking at the facts, acting on one after another.

Each is acted on in a transaction of its own, which also keeps that it was: a process that dies
anywhere leaves it either done and kept, or neither, and the next scan finds it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

import structlog
from django.db import DataError, IntegrityError, transaction
from django.db.models import Q

from tenantline.automations import facts, going, rules
from tenantline.automations.models import Automation, Firing, FiringState, Mode
from tenantline.automations.rules import Fact
from tenantline.kernel import clock
from tenantline.kernel.actor import system
from tenantline.kernel.errors import Refused, TenantlineError
from tenantline.letters import actions as letters
from tenantline.letters.models import Notice
from tenantline.outbox import causes
from tenantline.recovery import queries as recovery
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant

_log = structlog.get_logger(__name__)
SCAN_EVERY: Final = timedelta(seconds=60)
AT_ONCE: Final = 10  # then others have their turn
_ACTOR: Final = system("automations")
_PASSING: Final = ("unread_inbound",)  # a text has just come in: the next scan tries again


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a cause; see ``Firing``."""

    state: FiringState
    why: str = ""
    method: str = ""
    notice: Notice | None = None


class Shift:
    """Scans one automation at a time; ``step`` acts on a few facts of it."""

    def __init__(self) -> None:
        self._scan: tuple[int, Iterator[Fact]] | None = None

    def step(self) -> int:
        """Act on the next few facts; return 0 where no automation is due. Not in a recovery."""
        if recovery.current() is not None:
            self._scan = None
            return 0
        scan, self._scan = self._scan or _begun(clock.now()), None
        if scan is None:
            return 0
        automation_id, found = scan
        some = list(islice(found, AT_ONCE))
        for fact in some:
            fire(automation_id=automation_id, fact=fact, now=clock.now())
        if some:
            self._scan = scan
        return 1


def _begun(now: datetime) -> tuple[int, Iterator[Fact]] | None:
    automation = claim(now)
    return (automation.pk, facts.to_deal_with(automation, now=now)) if automation else None


def claim(now: datetime) -> Automation | None:
    """Take the automation that has waited longest for a scan; the next is due in a minute."""
    due = Q(next_scan_at__lte=now) | Q(next_scan_at__gt=now + SCAN_EVERY)  # a clock set back
    waiting = Automation.objects.filter(due, ended_at=None).exclude(mode=Mode.OFF)
    found = waiting.order_by("next_scan_at", "pk").first()
    if found is None or not waiting.filter(pk=found.pk).update(next_scan_at=now + SCAN_EVERY):
        return None
    return found


def fire(*, automation_id: int, fact: Fact, now: datetime) -> Firing | None:
    """Act on a fact and keep that; None where that is done, or not to be done, or is to wait."""
    try:
        with transaction.atomic():
            return _fire(automation_id, fact, now)
    except IntegrityError:
        if not Firing.objects.filter(automation=automation_id, cause=fact.key).exists():
            raise
    except Refused as refused:
        if refused.code not in _PASSING:
            raise
    except (ValueError, LookupError, DataError):
        # One bad row must not stop the others.
        _log.error("an automation failed", automation=automation_id, cause=fact.key, exc_info=True)
        return _keep_failure(automation_id, fact, now)
    return None


def _fire(automation_id: int, fact: Fact, now: datetime) -> Firing | None:
    automation = _locked(automation_id)
    if automation is None or automation.firings.filter(cause=fact.key).exists():
        return None
    tenant = Tenant.objects.select_related("facility").get(pk=fact.tenant_id)
    at = facts.clock_at(tenant.facility, now)
    verdict = rules.judge(fact, since=facts.since(automation), clock=at)
    if verdict in ("before", "early"):  # the mode was changed during the scan
        return None
    why_not = _out_of_date(fact) if verdict == "out_of_date" else _gone(fact, now)
    if why_not:
        return _keep(automation, fact, tenant, Outcome(FiringState.WITHHELD, why_not), now)
    return _keep(automation, fact, tenant, _outcome(automation, fact, tenant, now), now)


def _locked(automation_id: int) -> Automation | None:
    """Lock an automation that acts: that it was switched off is true at once."""
    rows = Automation.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.filter(pk=automation_id, ended_at=None).exclude(mode=Mode.OFF)
    return rows.select_related("letter").first()


def _out_of_date(fact: Fact) -> str:
    return f"Out of date: it was of use until {fact.last:%b} {fact.last.day}, {fact.last.year}."


def _gone(fact: Fact, now: datetime) -> str:
    if not tenants.tenancy(fact.tenant_id, now).renting:
        return "The tenant has moved out."
    return causes.gone([fact.cause]).get(fact.cause, "")


def _outcome(automation: Automation, fact: Fact, tenant: Tenant, now: datetime) -> Outcome:
    if automation.mode == Mode.SIMULATED:
        way = going.way(automation.letter, tenant, now)
        return Outcome(FiringState.SIMULATED, way.why, way.method)
    try:
        issued = letters.issue(
            letter=automation.letter,
            tenant=tenant,
            by=_ACTOR,
            now=now,
            occasion=f"{automation.when}:{automation.days}:{fact.key}",
            cause=fact.cause,
        )
    except Refused as refused:
        if refused.code in _PASSING:
            raise
        gone = refused.code == "cause_gone"
        return Outcome(FiringState.WITHHELD if gone else FiringState.FAILED, refused.sentence)
    except TenantlineError as error:
        return Outcome(FiringState.FAILED, error.sentence)
    if issued.repeated:
        said = "Another automation has issued this letter for the same reason."
        return Outcome(FiringState.WITHHELD, said)
    notice = issued.notice
    why = notice.skipped[0]["sentence"] if notice.skipped else ""
    return Outcome(FiringState.ISSUED, why, notice.method, notice)


def _keep(
    automation: Automation, fact: Fact, tenant: Tenant, outcome: Outcome, now: datetime
) -> Firing:
    return Firing.objects.create(
        automation=automation,
        facility_id=tenant.facility_id,
        tenant=tenant,
        cause=fact.key,
        state=outcome.state,
        method=outcome.method,
        why=outcome.why[:300],
        notice=outcome.notice,
        at=now,
    )


def _keep_failure(automation_id: int, fact: Fact, now: datetime) -> Firing | None:
    automation = Automation.objects.get(pk=automation_id)
    tenant = Tenant.objects.get(pk=fact.tenant_id)
    said = "Something unforeseen failed; the log says what."
    return _keep(automation, fact, tenant, Outcome(FiringState.FAILED, said), now)
