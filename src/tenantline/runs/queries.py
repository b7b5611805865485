"""Reading runs: the list, figures of one, its items, what of it has left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet, Sum

from tenantline.facilities.scope import Scope
from tenantline.kernel.errors import NotFound
from tenantline.runs.models import Item, Run


@dataclass(frozen=True, slots=True)
class Figures:
    """How many items there are by state, by method (those that go out), and the texts' segments.

    ``texts`` are the texts that were asked for, by their state: a run is done before they left.
    """

    states: dict[str, int] = field(default_factory=dict)
    methods: dict[str, int] = field(default_factory=dict)
    fallbacks: dict[str, int] = field(default_factory=dict)  # by reason, of those that go out
    skipped: dict[str, int] = field(default_factory=dict)  # by reason
    segments: int = 0
    texts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return how many tenants the run has."""
        return sum(self.states.values())

    @property
    def ended(self) -> int:
        """Return how many are done with, one way or another."""
        return self.total - self.states.get("waiting", 0)


def listing(*, scope: Scope, kind: str | None = None) -> QuerySet[Run]:
    """Return runs in scope, newest first."""
    rows = scope.narrow(Run.objects.select_related("facility")).order_by("-id")
    return rows.filter(kind=kind) if kind else rows


def get(*, scope: Scope, run_id: int, kind: str | None = None) -> Run:
    """Return a run in scope, or raise ``NotFound``."""
    found = listing(scope=scope, kind=kind).filter(pk=run_id).first()
    if found is None:
        raise NotFound("There is no such run.")
    return found


def figures(run: Run) -> Figures:
    """Count a run's items."""
    items = Item.objects.filter(run=run).order_by()
    going = items.exclude(method="")
    return Figures(
        states=_counted(items, "state"),
        methods=_counted(going.exclude(state="skipped"), "method"),
        fallbacks=_counted(going.exclude(why=""), "why"),
        skipped=_counted(items.filter(state="skipped"), "sentence"),
        segments=going.exclude(state="skipped").aggregate(sum=Sum("segments"))["sum"] or 0,
        texts=_counted(items.filter(message__isnull=False), "message__text__state"),
    )


def waiting_segments(run: Run) -> int:
    """Return how many segments of texts are still to be asked for."""
    rows = Item.objects.filter(run=run, state="waiting", method="sms")
    return rows.aggregate(sum=Sum("segments"))["sum"] or 0


def items(run: Run) -> QuerySet[Item]:
    """Return a run's items with their tenants, in the order of planning."""
    return (
        Item.objects.filter(run=run)
        .select_related("tenant", "message__text", "email")
        .order_by("id")
    )


def open_runs(scope: Scope, kinds: Sequence[str]) -> list[Run]:
    """Return the runs that are not over, newest first."""
    rows = listing(scope=scope).filter(kind__in=kinds)
    return list(rows.filter(state__in=("planning", "planned", "running", "paused"))[:20])


def _counted(rows: QuerySet[Item], name: str) -> dict[str, int]:
    counts = rows.values_list(name).annotate(Count("id"))
    return {str(value): number for value, number in counts}
