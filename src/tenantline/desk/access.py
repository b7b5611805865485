"""The door to every staff page: who asks, whose data they may see, at what moment.

A view decorated with ``staff_page`` finds all of that in ``request.desk``. What a lower room
refuses becomes a page (or, for htmx, a toast) that says so in the room's own sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from tenantline.conversations import queries as conversations
from tenantline.desk import problems
from tenantline.facilities import queries as facilities
from tenantline.facilities.scope import Scope
from tenantline.kernel.actor import Actor
from tenantline.kernel.clock import now as clock_now
from tenantline.kernel.errors import NotFound, TenantlineError
from tenantline.recovery import queries as recoveries
from tenantline.staff import queries as staff
from tenantline.staff import rules
from tenantline.staff.rules import Act

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from tenantline.facilities.models import Facility, Line
    from tenantline.recovery.models import Recovery
    from tenantline.staff.models import Staff

P = ParamSpec("P")
EVERY_FACILITY = "all"
_SESSION_KEY = "facility"


@dataclass
class Desk:
    """Who sits at this desk.

    ``scope`` is all that the person may see and touch (R10). ``facility`` is the one chosen in
    the top bar, None for all; ``view`` is the scope narrowed to it, for lists and counts.
    ``section`` is the part of the site, as the rail names it.
    """

    member: Staff
    actor: Actor
    role: str
    scope: Scope
    facilities: list[Facility]
    facility: Facility | None
    now: datetime
    section: str

    @property
    def view(self) -> Scope:
        """Return what lists show: the chosen facility, or the whole scope."""
        return self.scope if self.facility is None else Scope(frozenset({self.facility.pk}))

    @property
    def zone(self) -> str:
        """Return the time zone of what belongs to no facility: the chosen one's, or the first's."""
        sites = [self.facility] if self.facility else self.facilities
        return sites[0].timezone if sites else "UTC"

    @property
    def name(self) -> str:
        """Return what the person is called."""
        return self.member.name or self.member.username

    def may(self, act: Act) -> bool:
        """Tell whether the person's role allows the act."""
        return rules.may(self.role, act)

    @property
    def allowed(self) -> dict[str, bool]:
        """Return every act and whether it is allowed, for templates."""
        return {act: self.may(act) for act in rules.ACTS["owner"]}

    @property
    def several(self) -> bool:
        """Tell whether lists show several facilities, so that each row must name its own."""
        return self.facility is None and len(self.facilities) > 1

    @cached_property
    def recovery(self) -> Recovery | None:
        """Return the recovery from a restore that is not over yet, for the banner (R7)."""
        return recoveries.current()

    @cached_property
    def paused_lines(self) -> list[Line]:
        """Return the lines by which nothing leaves until somebody resumes them, for the alarm."""
        return facilities.paused_lines(self.view)

    @cached_property
    def unread(self) -> int:
        """Return how many conversations have unread texts, for the rail."""
        return conversations.unread_count(scope=self.view)


class DeskRequest(HttpRequest):
    """A request that has passed ``staff_page``."""

    desk: Desk
    htmx: HtmxDetails


def staff_page(
    view: Callable[Concatenate[DeskRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Let signed-in staff through, with ``request.desk``; send everybody else to sign in."""

    # What staff see must not stay in a shared computer's cache after they sign out.
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        asked = cast(DeskRequest, request)
        try:
            asked.desk = _seat(asked)
            return view(asked, *args, **kwargs)
        except TenantlineError as error:
            return problems.response(request, error)

    return guarded


def demand(request: DeskRequest, act: Act) -> None:
    """Raise ``Forbidden`` unless the person's role allows the act."""
    rules.demand(request.desk.role, act)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    response = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(response.url)
    return response


def _seat(request: DeskRequest) -> Desk:
    member = cast("Staff", request.user)
    scope = facilities.scope_of(member)
    sites = facilities.in_scope(scope)
    return Desk(
        member=member,
        actor=staff.actor_for(member),
        role=member.role,
        scope=scope,
        facilities=sites,
        facility=_chosen_facility(request, sites),
        now=clock_now(),
        section=_section(request.path),
    )


def _chosen_facility(request: DeskRequest, sites: list[Facility]) -> Facility | None:
    """Return the facility of the switch: the address says so, else the session remembers."""
    by_code = {facility.code.lower(): facility for facility in sites}
    asked = request.GET.get("facility", "").strip().lower()
    if not asked:
        return by_code.get(request.session.get(_SESSION_KEY, ""))
    if asked != EVERY_FACILITY and asked not in by_code:
        raise NotFound("There is no such facility.")
    if request.session.get(_SESSION_KEY) != asked:
        request.session[_SESSION_KEY] = asked
    return by_code.get(asked)


def _section(path: str) -> str:
    first = path.strip("/").split("/")[0]
    return {"": "home", "chat": "inbox", "consent": "tenants"}.get(first, first)
