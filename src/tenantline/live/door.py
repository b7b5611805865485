"""Who may listen: the session cookie says who it is, the scope what they may hear (R10).

Nothing here writes: an open stream neither prolongs nor ends a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import connections
from django.http.cookie import parse_cookie
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string

from tenantline.facilities import queries as facilities
from tenantline.facilities.scope import Scope
from tenantline.staff import queries as staff

if TYPE_CHECKING:
    from tenantline.staff.models import Staff


@dataclass(frozen=True, slots=True)
class Listener:
    """A signed-in person who listens, and the facilities whose events they may hear."""

    staff_id: int
    scope: Scope


def admit(cookies: str) -> Listener | None:
    """Return who the request's cookies belong to now, or None: no session, ended, deactivated.

    Runs in a thread of its own and leaves no connection behind. Raises what the database raises.
    """
    try:
        member = _member(parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, ""))
        return Listener(member.pk, facilities.scope_of(member)) if member else None
    finally:
        hang_up()


def hang_up() -> None:
    """Close this thread's database connection."""
    connections.close_all()


def _member(session_key: str) -> Staff | None:
    if not session_key:
        return None
    session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(session_key).load()
    member = staff.active(str(session.get(SESSION_KEY, "")))
    if member is None:
        return None
    # A changed password changes the hash, and so ends sessions elsewhere.
    known = str(session.get(HASH_SESSION_KEY, ""))
    valid = [member.get_session_auth_hash(), *member.get_session_auth_fallback_hash()]
    return member if any(constant_time_compare(known, hashed) for hashed in valid) else None
