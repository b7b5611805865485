"""Reading staff accounts and API tokens."""

from __future__ import annotations

from tenantline.kernel.actor import Actor
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import NotFound
from tenantline.staff import board
from tenantline.staff.actions import digest
from tenantline.staff.models import Staff, Token


def by_username(username: str) -> Staff | None:
    """Return the active staff member of this username, or None."""
    return Staff.objects.filter(username=username.strip().lower(), is_active=True).first()


def active(staff_id: str) -> Staff | None:
    """Return the active staff member with this id, or None."""
    pk = whole_number(staff_id)
    return Staff.objects.filter(pk=pk, is_active=True).first() if pk is not None else None


def everyone() -> list[Staff]:
    """Return all staff, active first, by username."""
    return list(Staff.objects.order_by("-is_active", "username"))


def tokens() -> list[Token]:
    """Return all tokens, newest first."""
    return list(Token.objects.order_by("-id"))


def token_for(secret: str) -> Token | None:
    """Return the live token with this secret, or None."""
    return Token.objects.filter(digest=digest(secret), revoked_at=None).first()


def actor_for(member: Staff | Token) -> Actor:
    """Return the actor that a staff member or a token acts as."""
    if isinstance(member, Staff):
        return Actor("staff", str(member.pk), member.username)
    return Actor("token", str(member.pk), member.name)


def widgets_of(staff: Staff) -> list[str]:
    """Return the widgets of this person's home screen, in order."""
    return board.kept(staff.widgets)


def get(staff_id: int) -> Staff:
    """Return a staff member, active or not, or raise ``NotFound``."""
    found = Staff.objects.filter(pk=staff_id).first()
    if found is None:
        raise NotFound("There is no such staff member.")
    return found
