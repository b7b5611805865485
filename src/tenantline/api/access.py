"""Who calls the API: a bearer token, and whose data it may see and touch (R10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer

from tenantline.api import problems
from tenantline.facilities import queries as facilities
from tenantline.facilities.scope import Scope
from tenantline.kernel import clock
from tenantline.kernel.actor import Actor
from tenantline.staff import actions as staff_actions
from tenantline.staff import pace, rules
from tenantline.staff import queries as staff
from tenantline.staff.rules import Act

if TYPE_CHECKING:
    from tenantline.staff.models import Token


@dataclass(frozen=True)
class Caller:
    """The token that asks. ``key_owner`` is whose idempotency keys count."""

    token: Token
    actor: Actor
    scope: Scope
    now: datetime

    @property
    def key_owner(self) -> str:
        """Return the owner of idempotency keys: the token, whoever it speaks for."""
        return f"token:{self.token.pk}"

    def demand(self, act: Act) -> None:
        """Raise ``Forbidden`` unless the token's role allows the act."""
        rules.demand(self.token.role, act)


class ApiRequest(HttpRequest):
    """A request that has passed ``BearerToken``."""

    auth: Caller


class BearerToken(HttpBearer):
    """A token made by `tenantline token create` or on the settings page."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Return who calls, or None where the token is unknown or revoked.

        Raises:
            TooSoon: the token asks too often.
        """
        known = staff.token_for(token.strip())
        if known is None:
            return None
        now = clock.now()
        pace.note_request(token=known, now=now)
        staff_actions.note_use(token=known, now=now)
        return Caller(known, staff.actor_for(known), facilities.scope_of(known), now)


def refused(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer 401, and say how to do better (RFC 6750)."""
    challenge = 'Bearer realm="Tenantline"'
    if request.headers.get("Authorization"):
        challenge += ', error="invalid_token"'
    return problems.of_status(401, headers={"WWW-Authenticate": challenge})
