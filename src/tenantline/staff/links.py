"""One-time links by which a person chooses a password: an owner makes one, the person uses it.

A link works once (choosing a password ends it) and for as long as Django's
``PASSWORD_RESET_TIMEOUT`` (three days). It is not kept; a newer link does not end an older one,
but the first use of either ends both.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import NotFound
from tenantline.staff import actions
from tenantline.staff.models import Staff


def make(*, staff: Staff, by: Actor, now: datetime) -> str:
    """Return the token of a new one-time link for this person."""
    with transaction.atomic():
        audit.record(act="staff.link_made", by=by, now=now, subject=f"staff:{staff.pk}")
    return default_token_generator.make_token(staff)


def member_for(*, staff_id: int, token: str) -> Staff:
    """Return the active person a link belongs to; raise ``NotFound`` if it no longer works."""
    found = Staff.objects.filter(pk=staff_id, is_active=True).first()
    if found is None or not default_token_generator.check_token(found, token):
        raise NotFound("This link has been used or is too old; ask an owner for a new one.")
    return found


def choose_password(*, staff_id: int, token: str, password: str, by: Actor, now: datetime) -> Staff:
    """Put the chosen password in place; the link and every session of the person end.

    Raises:
        NotFound: the link no longer works.
        BadInput: the password cannot be used.
    """
    with transaction.atomic():
        staff = member_for(staff_id=staff_id, token=token)
        actions.change_password(staff=staff, password=password, by=by, now=now)
    return staff
