"""Runs: statements and letters to many, from the preview to the results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.billing import queries as billing
from tenantline.desk import choosing, problems, running
from tenantline.desk.access import Desk, DeskRequest, demand, staff_page
from tenantline.desk.choices import METHODS
from tenantline.desk.choosing import Chosen
from tenantline.desk.forms import Form, typed
from tenantline.desk.prints import STATEMENTS
from tenantline.facilities import queries as facilities
from tenantline.kernel import days
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import BadInput, NotFound
from tenantline.letters import queries as letter_queries
from tenantline.letters import trade as letter_trade
from tenantline.outbox import waiting
from tenantline.printing import queries as printing
from tenantline.runs import actions, queries, working
from tenantline.statements import trade as statement_trade

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility
    from tenantline.runs.actions import Order
    from tenantline.runs.models import Run

_MONTHS: Final = 13
_LISTED: Final = 20
_PER_PAGE: Final = 50
_PLANNED_AT_ONCE: Final = 200  # tenants, while the person waits half a second
_TRADES: Final = {"statements": statement_trade.TRADE, "letters": letter_trade.TRADE}
_WORDS: Final[dict[str, tuple[Callable[..., object], str]]] = {
    "issue": (actions.issue, ""),
    "pause": (actions.pause, "The run is paused. Nothing more is issued until you resume it."),
    "resume": (actions.resume, "The run goes on."),
    "cancel": (actions.cancel, "The run was cancelled. What was issued stays issued."),
    "retry": (actions.retry_failed, "What failed is tried again."),
}


@require_http_methods(["GET", "POST"])
@staff_page
def statements(request: DeskRequest) -> HttpResponse:
    """List runs of statements, and prepare one for a facility and a month."""
    months = _months(request)
    blank: dict[str, str | list[str]] = {"period": months[0][0]}
    more = {
        "months": months,
        "to_print": printing.count_waiting(STATEMENTS.papers, scope=request.desk.view),
    }
    return _page(request, "statements", blank, _statements_order, more)


@require_http_methods(["GET", "POST"])
@staff_page
def letters(request: DeskRequest) -> HttpResponse:
    """List runs of letters, and prepare one for a facility or a selection."""
    found = letter_queries.letters(scope=request.desk.scope)
    choices = [(str(row.pk), row.name) for row in found]
    blank: dict[str, str | list[str]] = {"letter": request.GET.get("letter", "")}
    return _page(request, "letters", blank, _letters_order, {"letters": choices})


def _page(
    request: DeskRequest,
    kind: str,
    blank: dict[str, str | list[str]],
    order: Callable[[DeskRequest, Chosen], Order],
    context: dict[str, Any],
) -> HttpResponse:
    desk = request.desk
    asked = request.POST if request.method == "POST" else request.GET
    chosen = choosing.read(desk, asked)
    sites = _sites(desk, chosen)
    site = desk.facility or (sites[0] if sites else None)
    form = Form({"site": site.code if site else "", "method": "", "key": new_token(12), **blank})
    if request.method == "POST":
        demand(request, "run")
        try:
            return _prepared(request, order(request, chosen))
        except (BadInput, NotFound) as error:
            form = typed(request.POST, error)
    runs = queries.listing(scope=desk.view, kind=kind)[:_LISTED]
    context |= {
        "kind": kind,
        "form": form,
        "key": form.value_of("key"),
        "chosen": chosen,
        "sites": [(one.code, _site_words(one, chosen)) for one in _sites(desk, chosen)],
        "methods": [("", "As each tenant wants it"), *METHODS],
        "rows": [running.row(run) for run in runs],
    }
    return render(request, "desk/runs.html", context, status=400 if form.error else 200)


def _prepared(request: DeskRequest, order: Order) -> HttpResponse:
    made = actions.prepare(order=order, by=request.desk.actor, now=request.desk.now)
    working.plan_soon(run=made.run, trade=_TRADES[order.kind], most=_PLANNED_AT_ONCE)
    return problems.see_other("desk:run", made.run.pk)


def _sites(desk: Desk, chosen: Chosen) -> list[Facility]:
    """Return the facilities that can be chosen: where all who match are meant, those with some."""
    if not chosen.match:
        return desk.facilities
    return [site for site in desk.facilities if chosen.counts.get(site.code)]


def _site_words(site: Facility, chosen: Chosen) -> str:
    return f"{site.name} ({chosen.counts[site.code]:,})" if chosen.match else site.name


def _statements_order(request: DeskRequest, chosen: Chosen) -> Order:
    data, site = request.POST, _site(request)
    return statement_trade.order(
        facility=site,
        period=data.get("period", ""),
        chosen=choosing.ids(request.desk, chosen, site),
        method=data.get("method", ""),
        key=_key(request),
        now=request.desk.now,
    )


def _letters_order(request: DeskRequest, chosen: Chosen) -> Order:
    data, site = request.POST, _site(request)
    try:
        letter = letter_queries.letter(scope=request.desk.scope, letter_id=data.get("letter", ""))
    except NotFound:
        raise BadInput("Choose a letter.", field="letter") from None
    return letter_trade.order(
        letter=letter,
        facility=site,
        chosen=choosing.ids(request.desk, chosen, site),
        method=data.get("method", ""),
        key=_key(request),
    )


def _site(request: DeskRequest) -> Facility:
    return facilities.facility(scope=request.desk.scope, code=request.POST.get("site", ""))


def _key(request: DeskRequest) -> str:
    """Return what makes a form that was sent twice one run."""
    return f"staff:{request.desk.member.pk}\x1f{request.POST.get('key', '')[:64] or new_token(12)}"


def _months(request: DeskRequest) -> list[tuple[str, str]]:
    """Return the months that can be chosen, the newest first."""
    sites = request.desk.facilities
    day = billing.today(sites[0], request.desk.now) if sites else request.desk.now.date()
    found: list[date] = []
    while len(found) < _MONTHS:
        found.append(day.replace(day=1))
        day = found[-1] - timedelta(days=1)
    return [(f"{first:%Y-%m}", days.long_month(first)) for first in found]


@require_GET
@staff_page
def one(request: DeskRequest, run_id: int) -> HttpResponse:
    """Show a run where it stands: being prepared, ready to issue, running, its results."""
    run = _found(request, run_id)
    target = request.htmx.target if request.htmx else ""
    part = f"#{target}" if target in ("state", "people") else ""
    context = running.shown(run, request.desk.now)
    only = request.GET.get("only", "")
    pages = Paginator(queries.items(run, only=only), _PER_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    texts = [row.message.text for row in shown if row.message and row.message.text]
    context |= {
        "only": only,
        "filters": _filters(context),
        "shown": shown,
        "waits": waiting.of(texts, now=request.desk.now),
        "zone": run.facility.timezone,
    }
    return render(request, f"desk/run.html{part}", context)


def _filters(context: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what the list of a run's tenants can be narrowed to, where there is something."""
    figures = context["figures"]
    found = [(method, words) for method, words, _ in context["methods"]]
    found += [
        (state, f"{words} ({figures.states[state]:,})")
        for state, words in (("skipped", "Not issued"), ("failed", "Failed"))
        if figures.states.get(state)
    ]
    if figures.unaddressed:
        found.append(("unaddressed", f"No postal address ({figures.unaddressed:,})"))
    reasons = [*figures.skipped, *figures.fallbacks, *figures.failed]
    for reason in reasons:
        choice = (f"why:{reason.code}", f"{reason.sentence} ({reason.count:,})")
        if choice[0] not in dict(found):
            found.append(choice)
    found += [
        (f"text:{state}", f"Text {words} ({figures.texts[state]:,})")
        for state, words in (
            ("delivered", "delivered"),
            ("undelivered", "not delivered"),
            ("failed", "refused"),
            ("withheld", "withheld"),
        )
        if figures.texts.get(state)
    ]
    return found


@require_POST
@staff_page
def steer(request: DeskRequest, run_id: int, word: str) -> HttpResponse:
    """Issue, pause, resume, cancel a run, or try again what failed."""
    if word not in _WORDS:
        raise Http404
    demand(request, "run")
    do, said = _WORDS[word]
    do(run=_found(request, run_id), by=request.desk.actor, now=request.desk.now)
    if said:
        problems.say(request, said)
    return problems.see_other("desk:run", run_id)


def _found(request: DeskRequest, run_id: int) -> Run:
    run = queries.get(scope=request.desk.scope, run_id=run_id)
    request.desk.section = run.kind
    return run
