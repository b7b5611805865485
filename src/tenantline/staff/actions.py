"""Writing staff accounts and API tokens. Who works where is in ``facilities``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.kernel.actor import Actor
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import BadInput, Conflict, Refused
from tenantline.staff import board
from tenantline.staff.models import Role, Staff, Token

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
_USE_IS_NOTED_EVERY = timedelta(minutes=1)
TOKEN_PREFIX = "tl_"  # noqa: S105 - how a token begins, not one


def add_staff(
    *, username: str, password: str, role: str, name: str = "", by: Actor, now: datetime
) -> Staff:
    """Add a staff member.

    Raises:
        BadInput: the username, role or password cannot be used.
        Conflict: the username is taken.
    """
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise BadInput(
            "A username has 2 to 60 letters, digits, dots, dashes or underscores.",
            field="username",
        )
    if Staff.objects.filter(username=username).exists():
        raise Conflict(f"There is already a staff member called {username}.")
    name = name.replace("\x00", "").strip()
    if len(name) > 120:
        raise BadInput("The name is longer than 120 characters.", field="name")
    staff = Staff(username=username, name=name, role=_role(role), created_at=now)
    set_password_checked(staff, password)
    with transaction.atomic():
        staff.save()
        audit.record(
            act="staff.added", by=by, now=now, subject=f"staff:{staff.pk}", username=username
        )
    return staff


def set_password_checked(staff: Staff, password: str) -> None:
    """Put a new password on the (unsaved) account, or raise ``BadInput`` with what is wrong."""
    try:
        validate_password(password, staff)
    except ValidationError as error:
        # Django's messages are two sentences each; the second says what to do.
        words = error.messages[0].rpartition(". ")[2]
        raise BadInput(words.replace("It must", "A password must", 1), field="password") from error
    staff.set_password(password)


def change_password(*, staff: Staff, password: str, by: Actor, now: datetime) -> None:
    """Replace a staff member's password; every session of theirs ends."""
    set_password_checked(staff, password)
    with transaction.atomic():
        staff.save(update_fields=["password"])
        audit.record(act="staff.password_changed", by=by, now=now, subject=f"staff:{staff.pk}")


def set_active(*, staff: Staff, active: bool, by: Actor, now: datetime) -> None:
    """Deactivate a staff member who leaves, or let one back in. Sessions end with the account.

    Raises:
        Refused: nobody can deactivate themselves, so that an owner always remains.
    """
    if not active:
        _refuse_oneself(staff, by)
    staff.is_active = active
    with transaction.atomic():
        staff.save(update_fields=["is_active"])
        act = "staff.reactivated" if active else "staff.deactivated"
        audit.record(act=act, by=by, now=now, subject=f"staff:{staff.pk}")


def set_role(*, staff: Staff, role: str, by: Actor, now: datetime) -> None:
    """Give a staff member another role.

    Raises:
        BadInput: there is no such role.
        Refused: nobody can change their own role, so that an owner always remains.
    """
    new = _role(role)
    if new == staff.role:
        return
    _refuse_oneself(staff, by)
    staff.role = new
    with transaction.atomic():
        staff.save(update_fields=["role"])
        audit.record(
            act="staff.role_changed", by=by, now=now, subject=f"staff:{staff.pk}", role=role
        )


def set_theme(*, staff: Staff, theme: str) -> None:
    """Keep whether this person wants light, dark or the system's choice."""
    if theme not in {"light", "dark", "system"}:
        raise BadInput("The theme is light, dark or system.", field="theme")
    staff.theme = theme
    staff.save(update_fields=["theme"])


def set_slash_key(*, staff: Staff, slash_key: str) -> None:
    """Keep whether the key / takes this person to the search.

    Who speaks to the computer, or types with a tremor, must be able to switch off keys that do
    something by themselves (WCAG 2.1.4).
    """
    if slash_key not in {"on", "off"}:
        raise BadInput("The key / is on or off.", field="slash_key")
    staff.slash_key = slash_key
    staff.save(update_fields=["slash_key"])


def set_widgets(*, staff: Staff, widgets: Sequence[str]) -> None:
    """Keep which widgets this person's home screen shows, in order.

    Raises:
        BadInput: there is no such widget.
    """
    staff.widgets = board.checked(widgets)
    staff.save(update_fields=["widgets"])


def create_token(*, name: str, role: str, by: Actor, now: datetime) -> tuple[Token, str]:
    """Make an API token; return it with its secret, which is not kept and shown once."""
    name = name.replace("\x00", "").strip()
    if not 1 <= len(name) <= 120:
        raise BadInput("A token needs a name of at most 120 characters.", field="name")
    secret = TOKEN_PREFIX + new_token(32)
    with transaction.atomic():
        token = Token.objects.create(
            name=name, role=_role(role), digest=digest(secret), created_at=now
        )
        audit.record(act="token.created", by=by, now=now, subject=f"token:{token.pk}", name=name)
    return token, secret


def revoke_token(*, token: Token, by: Actor, now: datetime) -> None:
    """End a token at once."""
    token.revoked_at = token.revoked_at or now
    with transaction.atomic():
        token.save(update_fields=["revoked_at"])
        audit.record(act="token.revoked", by=by, now=now, subject=f"token:{token.pk}")


def note_use(*, token: Token, now: datetime) -> None:
    """Keep when a token was last used, to the minute: a write per request would cost too much."""
    last = token.last_used_at
    if last is None or now - last >= _USE_IS_NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)


def _refuse_oneself(staff: Staff, by: Actor) -> None:
    if by.kind == "staff" and by.ref == str(staff.pk):
        raise Refused("own_account", "You cannot do this to your own account; ask another owner.")


def digest(secret: str) -> str:
    """Return what is kept of a token's secret (it is random, so a plain hash is enough)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError as error:
        raise BadInput("A role is owner, manager or clerk.", field="role") from error
