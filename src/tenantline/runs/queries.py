"""Reading runs: the list, figures of one, its items, what of it has left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet, Sum

from tenantline.facilities.scope import Scope
from tenantline.kernel.errors import NotFound
from tenantline.outbox.models import Text
from tenantline.runs.models import Item, ItemState, Run
from tenantline.runs.rules import FINAL
from tenantline.runs.rules import OPEN as OPEN
from tenantline.tenants import postal
from tenantline.tenants.delivery import METHODS

_TROUBLED = ("withheld", "failed", "undelivered")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some tenants get it otherwise than wanted, or not at all, and how many they are."""

    code: str
    sentence: str
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How many items there are by state, by method (those that go out), and the texts' segments.

    What failed does not go out, nor does what was left of a run that was cancelled. ``texts`` are
    the texts that were asked for, by their state: a run is done before they left.
    """

    states: dict[str, int] = field(default_factory=dict)
    methods: dict[str, int] = field(default_factory=dict)
    fallbacks: list[Reason] = field(default_factory=list)  # of those that go out, most first
    skipped: list[Reason] = field(default_factory=list)
    failed: list[Reason] = field(default_factory=list)
    segments: int = 0
    texts: dict[str, int] = field(default_factory=dict)
    copies: int = 0  # R14: texts beside what goes by another method
    unaddressed: int = 0  # go by print and lack a postal address

    @property
    def total(self) -> int:
        """Return how many tenants the run has."""
        return sum(self.states.values())

    @property
    def going(self) -> int:
        """Return for how many something is issued, or was."""
        return self.total - self.states.get("skipped", 0)

    @property
    def again(self) -> int:
        """Return how many failed and can be tried again."""
        return sum(reason.count for reason in self.failed if reason.code not in FINAL)

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


def states(run: Run) -> dict[str, int]:
    """Count a run's items by state."""
    return _counted(Item.objects.filter(run=run).order_by(), "state")


def figures(run: Run) -> Figures:
    """Count a run's items."""
    items = Item.objects.filter(run=run).order_by()
    going = _going(run).order_by()
    return Figures(
        states=_counted(items, "state"),
        methods=_counted(going, "method"),
        fallbacks=_reasons(going.exclude(why=""), "why_code", "why"),
        skipped=_reasons(items.filter(state="skipped"), "code", "sentence"),
        failed=_reasons(items.filter(state="failed"), "code", "sentence"),
        segments=going.aggregate(sum=Sum("segments"))["sum"] or 0,
        texts=_counted(items.filter(message__isnull=False), "message__text__state"),
        copies=going.exclude(method="sms").filter(segments__gt=0).count(),
        unaddressed=_unaddressed(going).count(),
    )


def _going(run: Run) -> QuerySet[Item]:
    """Return the items of those to whom something goes out: has gone, or will."""
    nothing = ["skipped", "failed"] + (["waiting"] if run.state == "cancelled" else [])
    return Item.objects.filter(run=run).exclude(method="").exclude(state__in=nothing)


def _unaddressed(rows: QuerySet[Item]) -> QuerySet[Item]:
    return rows.filter(postal.lacking("tenant__"), method="print")


def text_troubles(run: Run) -> list[Reason]:
    """Return why texts of a run were withheld or not delivered; the code is the texts' state."""
    rows = Item.objects.filter(run=run, message__text__state__in=_TROUBLED).order_by()
    text = "message__text__"
    counts = rows.values_list(f"{text}state", f"{text}error_words", f"{text}reason")
    found = [
        Reason(state, words or reason or "The carrier gave no reason.", number)
        for state, words, reason, number in counts.annotate(Count("id"))
    ]
    return sorted(found, key=lambda one: (-one.count, one.sentence))


def printed_refs(run: Run) -> list[int]:
    """Return the ids of what a run has issued for the printer, in the order of names."""
    rows = Item.objects.filter(run=run, state="issued", method="print")
    refs = rows.order_by("tenant__name", "tenant_id").values_list("ref", flat=True)
    return [int(ref.partition(":")[2]) for ref in refs]


def texts(run: Run) -> QuerySet[Text]:
    """Return the texts that a run has asked for, copies included."""
    return Text.objects.filter(message__in=Item.objects.filter(run=run).values("message"))


def waiting_segments(run: Run) -> int:
    """Return how many segments of texts are still to be asked for, those of copies included."""
    rows = Item.objects.filter(run=run, state="waiting")
    return rows.aggregate(sum=Sum("segments"))["sum"] or 0


def items(run: Run, *, only: str = "") -> QuerySet[Item]:
    """Return a run's items with their tenants, in the order of planning.

    ``only`` narrows them: to a state (``failed``), a method (``sms``), a state of their texts
    (``text:withheld``), a reason (``why:no_consent``), or to those that are printed for somebody
    without a postal address (``unaddressed``).
    """
    rows = _narrowed(run, only).select_related(
        "tenant", "message__text__clearance", "message__text__facility", "email"
    )
    return rows.order_by("id")


def _narrowed(run: Run, only: str) -> QuerySet[Item]:
    rows = Item.objects.filter(run=run)
    what, _, value = only.partition(":")
    if what in ItemState.values:
        return rows.filter(state=what)
    if what in METHODS:
        return _going(run).filter(method=what)
    if what == "unaddressed":
        return _unaddressed(_going(run))
    if what == "text":
        return rows.filter(message__text__state=value)
    if what == "why":
        return rows.filter(Q(code=value) | Q(why_code=value))
    return rows


def open_runs(scope: Scope, kinds: Sequence[str]) -> list[Run]:
    """Return the runs that are not over, newest first."""
    rows = listing(scope=scope).filter(kind__in=kinds)
    return list(rows.filter(state__in=("planning", "planned", "running", "paused"))[:20])


def _reasons(rows: QuerySet[Item], code: str, sentence: str) -> list[Reason]:
    counts = rows.values_list(code, sentence).annotate(Count("id"))
    found = [Reason(code, said, number) for code, said, number in counts]
    return sorted(found, key=lambda one: (-one.count, one.sentence))


def _counted(rows: QuerySet[Item], name: str) -> dict[str, int]:
    counts = rows.values_list(name).annotate(Count("id"))
    return {str(value): number for value, number in counts}
