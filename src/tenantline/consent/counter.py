"""Opt-in at the counter: the same form, its link shown as a code or handed over on a device (R13).

A link given at the counter is short enough to type, lives half an hour and is bound to the tenant,
the number period and this one session. Staff start and end a session; only the tenant, with a
button, says that the form is open, and only START from that very phone opts in.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.consent import forms, ledger, rules
from tenantline.consent.ledger import Evidence
from tenantline.consent.models import OptInForm
from tenantline.consent.projection import refresh
from tenantline.feed import actions as feed
from tenantline.kernel.actor import Actor
from tenantline.tenants.models import Tenant

# No vowels, so that no words come out, and nothing that looks like something else (0 O, 1 I L).
ALPHABET: Final = "23456789bcdfghjkmnpqrstvwxyz"
_LENGTH = 8

State = Literal["none", "shown", "opened", "submitted", "done", "over"]


@dataclass(frozen=True)
class Issued:
    """A form that was just issued, and the code in its address."""

    form: OptInForm
    code: str


@dataclass(frozen=True)
class Session:
    """Where a tenant's opt-in at the counter stands. ``form`` is None where there was none.

    ``none``: no form at the counter, or an e-mailed one came after it. ``shown``, ``opened``: the
    link lives and nothing was submitted. ``submitted``: START is awaited. ``done``: nothing is
    awaited any more. ``over``: the link died before anything was submitted; ``why`` says of what.
    """

    state: State
    form: OptInForm | None = None
    why: str = ""


def issue(*, tenant: Tenant, by: Actor, now: datetime, handed_over: bool = False) -> Issued:
    """R13: start a session for one tenant; links issued before, of either kind, die.

    ``handed_over``: on the office's own device. What the same staff member handed over before and
    nobody submitted ends then: the device is in one pair of hands.

    Raises:
        Refused: something is missing (``forms.obstacle_to_any`` says what).
    """
    refused = forms.obstacle_to_any(tenant, now)
    if refused is not None:
        raise refused
    code = _new_code()
    with transaction.atomic():
        if handed_over:
            _take_back(by, now)
        form, _ = forms.create(
            tenant=tenant,
            token=code,
            until=now + rules.COUNTER_WAITS,
            by=by,
            now=now,
            medium="counter",
            handed_over=handed_over,
        )
        refresh(tenant, now=now)
    return Issued(form, code)


def open_form(*, code: str, now: datetime) -> None:
    """Note that the tenant chose to open the form, and tell the desk. Only the first time counts.

    Raises:
        NotFound, FormGone: as ``forms.peek``.
    """
    with transaction.atomic():
        form = forms.peek(code, now=now).form
        noted = OptInForm.objects.filter(pk=form.pk, opened_at=None).update(opened_at=now)
        if noted:
            facility_id = form.tenant.facility_id
            feed.tell(facility_id=facility_id, topic="consent", ref=form.tenant_id, now=now)


def end(*, tenant: Tenant, by: Actor, now: datetime) -> bool:
    """R13: end the tenant's session; its link dies. Return whether there was one.

    A form that was submitted already still waits for START.
    """
    with transaction.atomic():
        rows = OptInForm.objects.select_for_update(of=("self",)).select_related("tenant", "period")
        form = rows.filter(tenant=tenant, medium="counter", dead_at=None).first()
        if form is None:
            return False
        _end(form, by, now)
        return True


def session(*, tenant: Tenant, waits: bool, now: datetime) -> Session:
    """Return where the tenant's newest form stands, if it was given at the counter.

    ``waits``: the tenant's consent waits for START (``consent.queries.of``).
    """
    form = OptInForm.objects.filter(tenant=tenant).order_by("-id").first()
    if form is None or form.medium != "counter":
        return Session("none")
    if form.submitted_at is not None and form.dead_because in ("", "ended"):
        return Session("submitted" if waits else "done", form)
    if form.dead_at is not None:
        return Session("over", form, form.dead_because)
    if now >= form.expires_at:
        return Session("over", form, "expired")
    return Session("opened" if form.opened_at else "shown", form)


def read_code(typed: str) -> str:
    """Return a code as it is kept, from what somebody typed: any case, with hyphens or blanks."""
    return "".join(character for character in typed.lower() if character.isalnum())[:64]


def is_code(token: str) -> bool:
    """Tell whether a link's token may be a code: short, for people; all others are unguessable."""
    return len(token) == _LENGTH and set(token) <= set(ALPHABET)


def for_reading(code: str) -> str:
    """Return a code as people read it out: in two halves."""
    return f"{code[:4]}-{code[4:]}"


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))


def _take_back(by: Actor, now: datetime) -> None:
    rows = OptInForm.objects.select_for_update(of=("self",)).select_related("tenant", "period")
    mine = rows.filter(issued_by=by.name, handed_over=True, dead_at=None, submitted_at=None)
    for form in mine.filter(expires_at__gt=now).order_by("id"):
        _end(form, by, now)


def _end(form: OptInForm, by: Actor, now: datetime) -> None:
    form.dead_at, form.dead_because = now, "ended"
    form.save(update_fields=["dead_at", "dead_because"])
    if form.submitted_at is None and now < form.expires_at:
        ledger.append(
            kind="form_ended",
            at=now,
            evidence=Evidence(number=form.period.number),
            period=form.period,
            body={"form": form.pk, "medium": form.medium, "by": by.name},
        )
        audit.record(
            act="consent.form_ended",
            by=by,
            now=now,
            facility_id=form.tenant.facility_id,
            subject=f"tenant:{form.tenant_id}",
        )
    refresh(form.tenant, now=now)
