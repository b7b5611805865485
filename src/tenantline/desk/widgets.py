"""The widgets of the home screen: what each is called, when it is fetched anew, what it shows.

Which of them a person has, and in which order, is kept in ``staff``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from tenantline.consent import queries as consent
from tenantline.consent import waiting as consent_waiting
from tenantline.conversations import queries as conversations
from tenantline.desk import line_health, running
from tenantline.desk import pace as paces
from tenantline.desk.picture import stacked
from tenantline.desk.rows import tenant_rows
from tenantline.outbox import waiting
from tenantline.runs import queries as runs
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.desk.access import Desk

_SHOWN = 8
_RUNS_SHOWN = 5
_LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Widget:
    """One widget. ``trigger`` is htmx's; ``read`` fetches what the template calls ``data``."""

    name: str
    title: str
    about: str
    icon: str
    trigger: str
    read: Callable[[Desk], dict[str, Any]]

    @property
    def template(self) -> str:
        """Return the template that shows the widget."""
        return f"desk/widgets/{self.name}.html"


@dataclass(frozen=True)
class Shown:
    """A widget on a board, with what it shows now."""

    widget: Widget
    data: dict[str, Any]


def shown(widget: Widget, desk: Desk) -> Shown:
    """Fetch what a widget shows to whoever sits at this desk (R10)."""
    return Shown(widget, widget.read(desk))


def _unread(desk: Desk) -> dict[str, Any]:
    threads = conversations.unread(scope=desk.view, limit=_SHOWN)
    newest = conversations.newest_of(threads, inbound_only=True)
    names = conversations.names_of(threads)
    rows = [
        {"conversation": thread, "tenants": names[thread.pk], "message": newest.get(thread.pk)}
        for thread in threads
    ]
    return {"rows": rows, "more": max(desk.unread - len(rows), 0)}


def _waiting(desk: Desk) -> dict[str, Any]:
    rows = consent.with_status(tenants.listing(scope=desk.view), desk.now)
    found = rows.filter(Q(consent_status="waiting_for_start")).select_related("standing")
    first = tenant_rows(found.order_by("standing__since")[:_SHOWN], desk.now)
    count = found.count() if len(first) == _SHOWN else len(first)
    return {"rows": first, "count": count, "more": count > _SHOWN}


def _failed(desk: Desk) -> dict[str, Any]:
    found = conversations.not_delivered(scope=desk.view, since=desk.now - _LATELY)
    rows = list(found[: _SHOWN + 1])
    unknown = list(conversations.unknown(scope=desk.view)[:_SHOWN])
    texts = [message.text for message in unknown if message.text is not None]
    waits = waiting.of(texts, now=desk.now)
    return {"rows": rows[:_SHOWN], "more": len(rows) > _SHOWN, "unknown": unknown, "waits": waits}


def _consent(desk: Desk) -> dict[str, Any]:
    counts = consent.counts(desk.view, desk.now)
    asked = consent_waiting.counts(scope=desk.scope, view=desk.view)
    return {
        "pieces": stacked(counts),
        "total": sum(counts.values()),
        "waits": sum(asked.values()),
    }


def _runs(desk: Desk) -> dict[str, Any]:
    found = runs.listing(scope=desk.view)[:_RUNS_SHOWN]
    return {"rows": [running.row(run) for run in found]}


def _lines(desk: Desk) -> dict[str, Any]:
    health = line_health.of(desk)
    found = paces.of([one.line for one in health.lines], desk.now)
    full = {pk: pace for pk, pace in found.items() if pace.full}
    return {"health": health, "full": full}


_ALL = (
    Widget(
        "unread",
        "Recently Unread SMS",
        "New texts, until somebody opens them",
        "message-square-text",
        "sse:message delay:150ms, sse:read delay:150ms",
        _unread,
    ),
    Widget(
        "waiting",
        "Waiting for START",
        "Tenants who only have to text START",
        "hourglass",
        "sse:consent delay:150ms",
        _waiting,
    ),
    Widget(
        "failed",
        "Not delivered",
        "Texts of the last 7 days, and why",
        "circle-x",
        "sse:status delay:150ms, sse:message delay:150ms",
        _failed,
    ),
    Widget(
        "consent",
        "Consent",
        "How many tenants may be texted",
        "chart-no-axes-column",
        "sse:consent delay:500ms, sse:tenant delay:500ms",
        _consent,
    ),
    Widget(
        "runs",
        "Runs",
        "Statements and letters to many, and how far they are",
        "mails",
        "sse:run delay:500ms",
        _runs,
    ),
    # Silence tells nothing: a worker that died is seen only by who looks.
    Widget(
        "lines",
        "Line health",
        "Lines, workers and what waits",
        "activity",
        "sse:line delay:150ms, sse:message delay:500ms, sse:status delay:500ms, every 20s",
        _lines,
    ),
)
WIDGETS: Final = {widget.name: widget for widget in _ALL}
