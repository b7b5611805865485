"""A worker's share of the runs: planning them and issuing their items, one by one.

Each item is issued in a transaction of its own, which also marks it: a process that dies anywhere
leaves it either issued and marked, or neither. What leaves by text or e-mail waits in outbox and
mail, whose own rules carry it from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

import structlog
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Q

from tenantline.feed import actions as feed
from tenantline.kernel import clock, many
from tenantline.kernel.errors import Refused, TenantlineError
from tenantline.runs.models import Item, Run
from tenantline.runs.rules import WORKED_ON
from tenantline.runs.trades import Held, Issued, Planned, Trade, Trades

_log = structlog.get_logger(__name__)
LEASE: Final = timedelta(seconds=60)  # a worker that is silent for so long is taken for dead
PLANNED_AT_ONCE: Final = 200
ISSUED_AT_ONCE: Final = 10  # then others have their turn
_AGAIN_IN: Final = timedelta(seconds=5)
_UNEXPECTED: Final = "Something unforeseen failed; the log says what."
_TELL_EVERY: Final = timedelta(seconds=0.5)


@dataclass
class _Plan:
    """A run that is being planned."""

    run: Run
    rows: Iterator[Planned]


class Shift:
    """Works on one run at a time; ``step`` does a slice of it."""

    def __init__(self, trades: Trades) -> None:
        self._trades = trades
        self._plan: _Plan | None = None
        self._told: datetime | None = None

    def step(self) -> int:
        """Plan or issue the next few tenants of a run; return 0 where no run waits."""
        run = self._plan.run if self._plan else claim(kinds=self._trades, now=clock.now())
        if run is None:
            return 0
        trade = self._trades[run.kind]
        if run.state == "planning":
            return self._plan_some(run, trade)
        return self._issue_some(run, trade)

    def _plan_some(self, run: Run, trade: Trade) -> int:
        plan, self._plan = self._plan or _begun(run, trade, clock.now()), None
        some = list(islice(plan.rows, PLANNED_AT_ONCE))
        if not _is_ours(run, clock.now()):
            return 1  # cancelled meanwhile, or another worker's
        if some:
            _keep_planned(run, some, clock.now())
            self._plan = plan
        else:
            _end_planning(run, clock.now())
        return 1

    def _issue_some(self, run: Run, trade: Trade) -> int:
        now = clock.now()
        ready = Q(next_at=None) | Q(next_at__lte=now)
        waiting = Item.objects.filter(ready, run=run, state="waiting").order_by("id")
        ids = list(waiting.values_list("pk", flat=True)[:ISSUED_AT_ONCE])
        for item_id in ids:
            _issue_one(run, trade, item_id)
        if not ids and not Item.objects.filter(run=run, state="waiting").exists():
            _finish(run, clock.now())
        else:
            _release(run, clock.now(), soon=bool(ids))
        self._tell(run, now)
        return len(ids)

    def _tell(self, run: Run, now: datetime) -> None:
        """Let open pages see how far it is, but not ten times a second."""
        if self._told is None or abs(now - self._told) >= _TELL_EVERY:
            self._told = now
            feed.tell(facility_id=run.facility_id, topic="run", ref=run.pk, now=now)


def plan_soon(*, run: Run, trade: Trade, most: int) -> None:
    """Plan up to ``most`` tenants of a run while somebody waits; a worker plans the rest.

    Does nothing where a worker has begun already.
    """
    now = clock.now()
    free = Run.objects.filter(pk=run.pk, state="planning", held_until=None)
    if not free.update(held_until=now + LEASE, touched_at=now):
        return
    plan, done = _begun(run, trade, now), 0
    while some := list(islice(plan.rows, min(PLANNED_AT_ONCE, most - done))):
        done += len(some)
        _keep_planned(run, some, clock.now())
    if done < most:
        _end_planning(run, clock.now())
    else:
        Run.objects.filter(pk=run.pk, state="planning").update(held_until=None)
    run.refresh_from_db()


def claim(*, kinds: Trades, now: datetime) -> Run | None:
    """Take the run that has waited longest for a worker, for ``LEASE`` unless renewed."""
    free = Q(held_until=None) | Q(held_until__lt=now) | Q(held_until__gt=now + LEASE)
    waiting = Run.objects.filter(free, state__in=WORKED_ON, kind__in=list(kinds))
    run = waiting.select_related("facility").order_by("touched_at", "pk").first()
    if run is None or not waiting.filter(pk=run.pk).update(held_until=now + LEASE, touched_at=now):
        return None
    return run


def _begun(run: Run, trade: Trade, now: datetime) -> _Plan:
    """Begin to plan a run, or go on behind the tenants that were planned before a crash."""
    known = set(Item.objects.filter(run=run).values_list("tenant_id", flat=True))
    rows = (one for one in trade.plan(run, now) if one.tenant_id not in known)
    return _Plan(run, rows)


def _is_ours(run: Run, now: datetime) -> bool:
    """Renew the lease; tell whether the run is still being planned."""
    rows = Run.objects.filter(pk=run.pk, state="planning")
    return bool(rows.update(held_until=now + LEASE, touched_at=now))


def _keep_planned(run: Run, some: Sequence[Planned], now: datetime) -> None:
    names = ["run_id", "tenant_id", "state", "method", "why_code", "why", "segments"]
    names += ["code", "sentence", "ref", "message_id", "email_id", "next_at", "at"]
    with transaction.atomic():
        many.insert(Item, names, [_row(run, one) for one in some])
        feed.tell(facility_id=run.facility_id, topic="run", ref=run.pk, now=now)


def _row(run: Run, one: Planned) -> list[Any]:
    goes, why = one.method is not None, one.why[:300]
    head = [run.pk, one.tenant_id, "waiting" if goes else "skipped", one.method or ""]
    reasons = [one.why_code, why, one.segments, "", ""]
    if not goes:
        reasons = ["", "", 0, one.why_code, why]
    return [*head, *reasons, "", None, None, None, None]


def _end_planning(run: Run, now: datetime) -> None:
    with transaction.atomic():
        rows = Run.objects.filter(pk=run.pk, state="planning")
        confirmed = rows.filter(confirmed=True)
        if not confirmed.update(state="running", started_at=now, held_until=None, touched_at=now):
            rows.update(state="planned", held_until=None, touched_at=now)
        feed.tell(facility_id=run.facility_id, topic="run", ref=run.pk, now=now)


def _issue_one(run: Run, trade: Trade, item_id: int) -> None:
    """Issue one item, if it still waits and the run still runs, in one transaction."""
    try:
        with transaction.atomic():
            item = _taken(run, item_id)
            if item is not None:
                _keep(item, trade.issue(item, clock.now()), clock.now())
    except Refused as refused:
        _keep_refused(item_id, refused, clock.now())
    except TenantlineError as error:
        _mark(item_id, "failed", error.code, error.sentence, clock.now())
    except OperationalError:
        # A database that is locked, full or away says nothing of the item, which has its turn
        # again; one that is still away fails this question too.
        _log.warning("an item of a run waits for the database", item=item_id, exc_info=True)
        _put_off(item_id, clock.now())
    except (ValueError, LookupError, DatabaseError):
        # One bad row must not stop a run.
        _log.error("an item of a run could not be issued", item=item_id, exc_info=True)
        _mark(item_id, "failed", "unexpected", _UNEXPECTED, clock.now())


def _taken(run: Run, item_id: int) -> Item | None:
    """Lock an item that waits, of a run that runs; a pause or another may have come first."""
    rows = Item.objects.filter(pk=item_id, state="waiting", run__state="running")
    if connection.features.has_select_for_update_skip_locked:
        # The run is locked too, so that a pause that was answered is a pause.
        Run.objects.select_for_update(no_key=True).get(pk=run.pk)
        rows = rows.select_for_update(of=("self",), skip_locked=True)
    return rows.select_related("run__facility", "tenant__facility").first()


def _keep(item: Item, said: Issued | Held, now: datetime) -> None:
    item.at = now
    if isinstance(said, Held):
        item.state, item.code, item.sentence = "skipped", said.code, said.sentence[:300]
    else:
        item.state, item.ref = "issued", said.ref
        item.method, item.segments = said.method, said.segments
        item.why_code, item.why = said.why_code, said.why[:300]
        item.message_id, item.email_id = said.message_id, said.email_id
    item.save()


def _keep_refused(item_id: int, refused: Refused, now: datetime) -> None:
    if refused.code == "unread_inbound":
        _put_off(item_id, now)
    else:
        _mark(item_id, "failed", refused.code, refused.sentence, now)


def _put_off(item_id: int, now: datetime) -> None:
    Item.objects.filter(pk=item_id, state="waiting").update(next_at=now + _AGAIN_IN)


def _mark(item_id: int, state: str, code: str, sentence: str, now: datetime) -> None:
    Item.objects.filter(pk=item_id, state="waiting").update(
        state=state, code=code[:32], sentence=sentence[:300], at=now
    )


def _finish(run: Run, now: datetime) -> None:
    rows = Run.objects.filter(pk=run.pk, state="running")
    rows.update(state="done", finished_at=now, touched_at=now, held_until=None)


def _release(run: Run, now: datetime, *, soon: bool) -> None:
    """Give the run back: the next slice is whoever's comes first; a waiting one rests a moment."""
    rows = Run.objects.filter(pk=run.pk, state="running")
    rows.update(held_until=None if soon else now + _AGAIN_IN, touched_at=now)
