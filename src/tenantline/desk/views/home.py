"""Home: a board of widgets that each person puts together for themselves."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tenantline.desk import line_health, problems
from tenantline.desk.access import DeskRequest, staff_page
from tenantline.desk.widgets import WIDGETS, shown
from tenantline.kernel.errors import BadInput
from tenantline.staff import actions, board, queries


@require_GET
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show the board."""
    context = _board(request) | {
        "menu_open": "widgets" in request.GET,
        "deaf": line_health.deaf(request.desk),
    }
    return render(request, "desk/home.html", context)


@require_GET
@staff_page
def widget(request: DeskRequest, name: str) -> HttpResponse:
    """Show one widget, for a page that is open while things change."""
    if name not in WIDGETS:
        raise Http404
    found = shown(WIDGETS[name], request.desk)
    return render(request, found.widget.template, {"widget": found.widget, "data": found.data})


@require_POST
@staff_page
def arrange(request: DeskRequest) -> HttpResponse:
    """Add, remove, move or order widgets; show the board and the menu anew, and say what was done.

    The form names one act (``add``, ``remove``, ``up`` or ``down``, with the widget's name), or
    ``order`` with several names.
    """
    member = request.desk.member
    after, said = _arranged(request, queries.widgets_of(member))
    actions.set_widgets(staff=member, widgets=after)
    if not request.htmx:
        problems.say(request, said)
        return redirect(f"{reverse('desk:home')}?widgets=open")
    return render(request, "desk/parts/arranged.html", _board(request) | {"said": said})


def _arranged(request: DeskRequest, before: list[str]) -> tuple[list[str], str]:
    """Return the new board, and what was done in a sentence."""
    data = request.POST
    if name := data.get("add"):
        after = board.opened(before, name)
        return after, f"{_title(name)} is on your board now, at place {after.index(name) + 1}."
    if name := data.get("remove"):
        after = board.closed(before, name)
        return after, f"{_title(name)} was taken off your board."
    if name := data.get("up") or data.get("down"):
        after = board.moved(before, name, -1 if "up" in data else 1)
        return after, _place(after, name)
    if order := data.getlist("order"):
        after = board.reordered(before, order)
        return after, _place(after, data.get("moved", ""))
    raise BadInput("Say which widget to add, remove or move.")


def _place(names: list[str], name: str) -> str:
    if name not in names:
        return "The board has a new order."
    return f"{_title(name)} is now {names.index(name) + 1} of {len(names)}."


def _title(name: str) -> str:
    return WIDGETS[name].title


def _board(request: DeskRequest) -> dict[str, Any]:
    names = queries.widgets_of(request.desk.member)
    return {
        "board": [shown(WIDGETS[name], request.desk) for name in names],
        "others": [widget for name, widget in WIDGETS.items() if name not in names],
    }
