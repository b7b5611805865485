"""A run in words: what it will do, how far it is, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from tenantline.desk.prints import KINDS
from tenantline.kernel import days
from tenantline.letters import trade as letters
from tenantline.outbox import forecast
from tenantline.printing import queries as printing
from tenantline.runs import queries

if TYPE_CHECKING:
    from tenantline.runs.models import Run
    from tenantline.runs.queries import Figures

MOVING: Final = ("planning", "running")
_METHODS: Final = {
    "sms": ("text", "texts"),
    "email": ("e-mail", "e-mails"),
    "print": ("print", "prints"),
}
_THINGS: Final = {"statements": ("statement", "statements"), "letters": ("letter", "letters")}
_TONES: Final = {"done": "good", "cancelled": "quiet", "paused": "waiting", "planned": "waiting"}
_TEXTS: Final = {
    "delivered": ("Delivered", "good"),
    "sent": ("Sent, not yet delivered", "quiet"),
    "queued": ("Wait to leave", "quiet"),
    "sending": ("Leaving now", "quiet"),
    "unknown": ("Being looked for at the carrier", "waiting"),
    "withheld": ("Withheld", "waiting"),
    "undelivered": ("Not delivered", "stop"),
    "failed": ("Not delivered: refused by the carrier", "stop"),
}


@dataclass(frozen=True)
class Row:
    """A run in a list."""

    run: Run
    title: str
    tone: str
    total: int
    done: int
    failed: int

    @property
    def percent(self) -> int:
        """Return how much of it is done."""
        return 100 * self.done // self.total if self.total else 0


def row(run: Run) -> Row:
    """Return a run as a list shows it."""
    counts = queries.states(run)
    total = sum(counts.values())
    done = total - counts.get("waiting", 0)
    failed = counts.get("failed", 0)
    return Row(run, title(run), _TONES.get(run.state, "quiet"), total, done, failed)


def title(run: Run) -> str:
    """Return what a run issues: a month's statements, or a letter by its name."""
    if run.kind == "statements":
        year, month = run.period.split("-")
        return f"Statements for {days.long_month(date(int(year), int(month), 1))}"
    return letters.version_of(run).letter.name


def shown(run: Run, now: datetime) -> dict[str, Any]:
    """Return what the page of a run shows above the list of its tenants."""
    figures = queries.figures(run)
    waiting = queries.waiting_segments(run)
    is_open = run.state in queries.OPEN
    return {
        "run": run,
        "title": title(run),
        "tone": _TONES.get(run.state, "quiet"),
        "figures": figures,
        "moving": run.state in MOVING,
        "texts_move": any(state in figures.texts for state in ("queued", "sending", "sent")),
        "percent": 100 * figures.ended // figures.total if figures.total else 0,
        "methods": methods(figures),
        "button": f"Issue {issue_words(run, figures)}",
        "forecast": forecast.of(facility=run.facility, segments=waiting, now=now)
        if is_open and waiting
        else None,
        "texts": [
            (figures.texts[state], *looks)
            for state, looks in _TEXTS.items()
            if figures.texts.get(state)
        ],
        "queued": figures.texts.get("queued", 0),
        "last_leaves_at": forecast.last_of(facility=run.facility, texts=queries.texts(run), now=now)
        if figures.texts.get("queued")
        else None,
        "troubles": queries.text_troubles(run),
        "to_print": _to_print(run, figures),
        "print_page": KINDS[run.kind].page,
    }


def methods(figures: Figures) -> list[tuple[str, str, int]]:
    """Return each method with its word and how many go by it."""
    found = ((method, figures.methods.get(method, 0)) for method in _METHODS)
    return [
        (method, counted(number, *_METHODS[method]), number) for method, number in found if number
    ]


def issue_words(run: Run, figures: Figures) -> str:
    """Return what issuing does: ``412 statements: 230 texts, 150 e-mails, 32 prints``."""
    waits = figures.states.get("waiting", 0)
    by = [words for _, words, _ in methods(figures)]
    if figures.copies:
        by.append(counted(figures.copies, "copy by text", "copies by text"))
    return f"{counted(waits, *_THINGS[run.kind])}: {', '.join(by)}"


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its word."""
    return f"{number:,} {one if number == 1 else many}"


def _to_print(run: Run, figures: Figures) -> int | None:
    """Return how much of a run waits for the printer, None where nothing of it is printed."""
    if not figures.methods.get("print") or run.state in ("planning", "planned"):
        return None
    refs = queries.printed_refs(run)
    papers = KINDS[run.kind].papers
    return printing.waiting(papers, facility=run.facility, only=refs).count()
