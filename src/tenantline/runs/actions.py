"""Steering runs: prepare, issue, pause, resume, cancel, try again. The worker does the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from tenantline.audit import actions as audit
from tenantline.facilities.models import Facility
from tenantline.feed import actions as feed
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Refused
from tenantline.runs import rules
from tenantline.runs.models import Item, Run
from tenantline.runs.trades import Kind
from tenantline.tenants.models import Tenant

MOST_CHOSEN: Final = 10_000
_PREVIEWS_KEPT: Final = timedelta(days=2)
_FORGOTTEN_AT_ONCE: Final = 200  # items: deleting ten thousand would hold SQLite too long


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a run is to issue, and to whom.

    ``chosen`` None: everybody at the facility. ``key`` names one request (whose, and their key).
    """

    kind: Kind
    facility: Facility
    period: str = ""
    subject: str = ""
    method: str = ""
    chosen: Collection[int] | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that has begun. ``repeated``: the same request had begun it before."""

    run: Run
    repeated: bool = False


def prepare(*, order: Order, by: Actor, now: datetime, confirmed: bool = False) -> Prepared:
    """Begin a run: the worker plans it, then it waits for ``issue`` unless it is ``confirmed``.

    The same key with the same order gives the same run.

    Raises:
        BadInput: somebody chosen is not a tenant of this facility, or nobody is; or
            ``idempotency_mismatch``: the key was used for another order.
    """
    chosen = _checked(order)
    digest = _digest(order, chosen, confirmed)
    known = _known(order.key, digest)
    if known is not None:
        return Prepared(known, repeated=True)
    try:
        with transaction.atomic():
            run = Run.objects.create(
                kind=order.kind,
                facility=order.facility,
                period=order.period,
                subject=order.subject,
                method=order.method,
                chosen=chosen,
                state="planning",
                confirmed=confirmed,
                request_key=order.key or None,
                request_digest=digest,
                by_kind=by.kind,
                by_ref=by.ref,
                by_name=by.name,
                created_at=now,
                touched_at=now,
            )
            _tell(run, "run.prepared", by, now)
    except IntegrityError:
        known = _known(order.key, digest)
        if known is None:
            raise
        return Prepared(known, repeated=True)
    return Prepared(run)


def issue(*, run: Run, by: Actor, now: datetime) -> Run:
    """Issue a run that was planned, by those who are named here.

    Raises:
        Refused: it is not waiting to be issued.
    """
    _move(run, "running", "run.issued", by, now, sources={"planned"}, started_at=now)
    return run


def pause(*, run: Run, by: Actor, now: datetime) -> None:
    """Let nothing more be issued until ``resume``. Texts that were asked for go on.

    Raises:
        Refused: it is not running.
    """
    _move(run, "paused", "run.paused", by, now, sources={"running"})


def resume(*, run: Run, by: Actor, now: datetime) -> None:
    """Go on with a paused run.

    Raises:
        Refused: it is not paused.
    """
    _move(run, "running", "run.resumed", by, now, sources={"paused"})


def cancel(*, run: Run, by: Actor, now: datetime) -> None:
    """End a run. What was issued stays issued.

    Raises:
        Refused: it is over already.
    """
    _move(run, "cancelled", "run.cancelled", by, now, sources=rules.OPEN, finished_at=now)


def retry_failed(*, run: Run, by: Actor, now: datetime) -> int:
    """Try once more what failed in a run that is done; return how many items that are.

    Raises:
        Refused: the run is not done, or nothing failed that another try could help.
    """
    with transaction.atomic():
        failed = Item.objects.filter(run=run, state="failed").exclude(code__in=rules.FINAL)
        again = failed.update(state="waiting", code="", sentence="", next_at=None, at=None)
        if not again:
            raise Refused("nothing_failed", "Nothing failed in this run that can be tried again.")
        _move(run, "running", "run.retried", by, now, sources={"done"}, finished_at=None)
    return again


def forget_old(*, now: datetime) -> int:
    """Delete previews that nobody issued, some items at a time; return how many were deleted."""
    old = Run.objects.filter(
        touched_at__lt=now - _PREVIEWS_KEPT, started_at=None, state__in=("planned", "cancelled")
    )
    for run in old[:5]:
        some = list(Item.objects.filter(run=run).values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE])
        if some:
            Item.objects.filter(pk__in=some).delete()
        else:
            run.delete()
        return len(some) or 1
    return 0


def pause_all(*, now: datetime) -> int:
    """R7: pause every run, after a restore; return how many were running or about to.

    Nobody knows what has left since the backup was made. Somebody who does resumes them.
    """
    running = Run.objects.filter(state="running")
    paused = running.update(state="paused", held_until=None, touched_at=now)
    begun = Run.objects.filter(state="planning")
    coming = begun.filter(confirmed=True).update(confirmed=False)
    begun.update(held_until=None, touched_at=now)
    return paused + coming


def actor_of(run: Run) -> Actor:
    """Return who began a run."""
    return Actor(run.by_kind, run.by_ref, run.by_name)  # type: ignore[arg-type]


def _checked(order: Order) -> list[int] | None:
    if order.chosen is None:
        return None
    chosen = sorted(set(order.chosen))
    if not chosen:
        raise BadInput("Nobody was chosen.", field="tenants")
    if len(chosen) > MOST_CHOSEN:
        raise BadInput(f"At most {MOST_CHOSEN:,} tenants can be chosen.", field="tenants")
    here = Tenant.objects.filter(facility=order.facility)
    found = set(here.filter(pk__in=chosen).values_list("pk", flat=True))
    if len(found) < len(chosen):
        raise BadInput("Somebody chosen is not a tenant of this facility.", field="tenants")
    return chosen


def _digest(order: Order, chosen: list[int] | None, confirmed: bool) -> str:
    said = [order.kind, order.facility.pk, order.period, order.subject, order.method]
    return hashlib.sha256(json.dumps([*said, chosen, confirmed]).encode()).hexdigest()


def _known(key: str, digest: str) -> Run | None:
    known = Run.objects.filter(request_key=key).first() if key else None
    if known is not None and known.request_digest != digest:
        raise BadInput(
            "This idempotency key was used for another run.",
            code="idempotency_mismatch",
            field="Idempotency-Key",
        )
    return known


def _move(
    run: Run,
    to: str,
    act: str,
    by: Actor,
    now: datetime,
    *,
    sources: Collection[str],
    **also: datetime | None,
) -> None:
    sources = [source for source in sources if rules.may_move(source, to)]
    with transaction.atomic():
        rows = Run.objects.filter(pk=run.pk, state__in=sources)
        if not rows.update(state=to, touched_at=now, held_until=None, **also):
            run.refresh_from_db(fields=["state"])
            raise Refused("run_state", f"This run is {run.get_state_display().lower()}.")
        run.refresh_from_db()
        _tell(run, act, by, now)


def _tell(run: Run, act: str, by: Actor, now: datetime) -> None:
    audit.record(
        act=act,
        by=by,
        now=now,
        facility_id=run.facility_id,
        subject=f"run:{run.pk}",
        kind=run.kind,
        period=run.period,
    )
    feed.tell(facility_id=run.facility_id, topic="run", ref=run.pk, now=now)
