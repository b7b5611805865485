"""The inbox: all conversations of my facilities, newest first, with filters in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenantline.conversations import queries as conversations
from tenantline.conversations.queries import FILTERS, Filter
from tenantline.desk import chatting, files, thread
from tenantline.desk.access import Desk, DeskRequest, demand, staff_page
from tenantline.desk.views.chat import pane
from tenantline.intake import queries as intake
from tenantline.kernel import phone
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import NotFound
from tenantline.tenants import queries as tenants
from tenantline.tenants.queries import Sharing

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tenantline.conversations.models import Conversation, Message

PAGE = 40
_WORDS = {
    "all": "All",
    "unread": "Unread",
    "unanswered": "Unanswered",
    "mine": "Mine",
    "failed": "Withheld or failed",
    "opted_out": "Opted out",
}
_STRAYS = "strays"


@dataclass(frozen=True)
class Row:
    """One conversation in the list. ``mine`` tells that the last words are the office's.

    ``shared`` tells that several tenants hold the number here, ``also`` who does elsewhere (R12).
    """

    conversation: Conversation
    names: str
    known: bool
    words: str
    message: Message | None
    shared: bool
    also: Sharing

    @property
    def mine(self) -> bool:
        """Tell whether the newest text went out."""
        return self.message is not None and self.message.direction == "out"


@dataclass(frozen=True)
class View:
    """What the address asks for: a filter, words, the place where the page begins."""

    wanted: Filter
    words: str
    older: str
    newer: str

    def address(self, **change: str) -> str:
        """Return the query of this view with something changed; a place is kept only if named."""
        asked = {"filter": self.wanted if self.wanted != "all" else "", "q": self.words}
        return urlencode({name: v for name, v in (asked | change).items() if v})


@require_safe
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """Show the list, with the conversation ``open`` in the pane beside it."""
    if request.GET.get("filter") == _STRAYS:
        return _strays(request)
    context = _listing(request)
    opened = whole_number(request.GET.get("open", ""))
    if opened is not None:
        chat = chatting.of_conversation(request.desk, opened, request.GET.get("to", ""))
        context |= pane(request, chat) | {"open": opened}
    return render(request, "desk/inbox.html", context)


@require_safe
@staff_page
def rows(request: DeskRequest) -> HttpResponse:
    """Show the list anew, for a page that is open while texts come and go."""
    return render(request, "desk/inbox/rows.html", _listing(request))


def _listing(request: DeskRequest) -> dict[str, Any]:
    view = _view(request)
    found = conversations.inbox(scope=request.desk.view)
    found = conversations.filtered(found, view.wanted, member=request.desk.member)
    if view.words:
        found = conversations.search(found, view.words)
    listed, newer, older = _page(found, view)
    return {
        "view": view,
        "rows": _rows(request.desk, listed),
        "newer": newer,
        "older": older,
        "tabs": _tabs(request.desk, view.wanted, view),
        "empty_inbox": not listed and not view.words and view.wanted == "all",
    }


def _view(request: DeskRequest) -> View:
    asked = request.GET.get("filter", "all") or "all"
    wanted = next((known for known in FILTERS if known == asked), None)
    if wanted is None:
        raise NotFound("There is no such filter.")
    words = " ".join(request.GET.get("q", "").split())[:200]
    return View(wanted, words, request.GET.get("older", ""), request.GET.get("newer", ""))


def _page(found: QuerySet[Conversation], view: View) -> tuple[list[Conversation], str, str]:
    """Return a page and the places where the ones beside it begin, empty where there is none."""
    if view.newer:
        listed = list(conversations.newer_than(found, *_place(view.newer))[: PAGE + 1])
        more_newer, more_older = len(listed) > PAGE, True
        listed = listed[:PAGE][::-1]
    else:
        if view.older:
            found = conversations.older_than(found, *_place(view.older))
        listed = list(found[: PAGE + 1])
        more_newer, more_older = bool(view.older), len(listed) > PAGE
        listed = listed[:PAGE]
    newer = view.address(newer=_place_of(listed[0])) if listed and more_newer else ""
    older = view.address(older=_place_of(listed[-1])) if listed and more_older else ""
    return listed, newer, older


def _place(text: str) -> tuple[datetime, int]:
    """Read a place in the list: the time and id of the conversation beside it."""
    at, _, pk = text.rpartition("_")
    try:
        found = datetime.fromisoformat(at)
        number = int(pk)
    except ValueError as error:
        raise NotFound("There is no such place in the list.") from error
    if found.tzinfo is None or not 0 <= number < 10**17:
        raise NotFound("There is no such place in the list.")
    return found, number


def _place_of(conversation: Conversation) -> str:
    return f"{conversation.last_at.isoformat()}_{conversation.pk}"


def _rows(desk: Desk, listed: list[Conversation]) -> list[Row]:
    names = conversations.names_of(listed)
    newest = conversations.newest_of(listed)
    numbers = {conversation.number for conversation in listed}
    shares = tenants.sharing(numbers=numbers, scope=desk.scope)
    return [_row(conversation, names, newest, shares) for conversation in listed]


def _row(
    conversation: Conversation,
    names: dict[int, list[Any]],
    newest: dict[int, Message],
    shares: dict[str, Sharing],
) -> Row:
    holders = names[conversation.pk]
    found = [tenant.name for tenant in holders]
    here = (tenant.pk for tenant in holders)
    message = newest.get(conversation.pk)
    return Row(
        conversation=conversation,
        names=", ".join(found) or phone.national(phone.Number(conversation.number)),
        known=bool(found),
        words=thread.first_words(message) if message else "",
        message=message,
        shared=len(found) > 1,
        also=shares.get(conversation.number, Sharing()).without(*here),
    )


def _tabs(desk: Desk, chosen: str, view: View | None) -> list[dict[str, Any]]:
    asked = view or View("all", "", "", "")
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "words": _WORDS[name],
            "address": asked.address(filter="" if name == "all" else name),
            "chosen": name == chosen,
        }
        for name in FILTERS
    ]
    if desk.may("read_audit"):
        found.append(
            {
                "name": _STRAYS,
                "words": "Strays",
                "address": f"filter={_STRAYS}",
                "chosen": chosen == _STRAYS,
            }
        )
    return found


def _strays(request: DeskRequest) -> HttpResponse:
    """Show texts that reached no conversation: to numbers that are no line, or not yet read."""
    demand(request, "read_audit")
    scope = request.desk.scope
    failing = [
        call
        for call in intake.failing()
        if call.line is None or scope.covers(call.line.facility_id)
    ]
    differing = [
        call
        for call in intake.differing()
        if call.line is None or scope.covers(call.line.facility_id)
    ]
    strays = conversations.strays()
    context = {
        "strays": [{"call": s.call, "at": s.at, "files": files.shown(s.call)} for s in strays],
        "failing": failing,
        "differing": differing,
        "tabs": _tabs(request.desk, _STRAYS, None),
        "view": View("all", "", "", ""),
    }
    return render(request, "desk/inbox/strays.html", context)
