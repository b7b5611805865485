"""Writing consent: each act appends to the ledger and refreshes the kept fold, in one transaction.

Nobody here can opt a tenant in: only a submitted form followed by START from that phone does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from tenantline.audit import actions as audit
from tenantline.consent import forms, ledger, queries, rules
from tenantline.consent.ledger import Evidence
from tenantline.consent.models import OptInForm, Standing
from tenantline.consent.projection import refresh, refresh_holders
from tenantline.consent.services import Service
from tenantline.consent.wording import words_hash
from tenantline.intake.models import InboundCall
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput
from tenantline.kernel.phone import Number
from tenantline.tenants import actions as tenant_actions
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import NumberPeriod, NumberQuestion, Rental, Tenant

Medium = Literal["phone", "email", "counter", "letter", "other"]
MEDIA: tuple[Medium, ...] = get_args(Medium)


@dataclass(frozen=True)
class Started:
    """What a START did: the tenants with a service that it made active or brought back."""

    tenants: list[Tenant] = field(default_factory=list)

    @property
    def counted(self) -> bool:
        """Tell whether the START made anything active."""
        return bool(self.tenants)


def hear_start(*, call: InboundCall, facility_id: int, now: datetime) -> Started:
    """R2, R3, R12: work on a START to a line of this facility. Needs the caller's transaction.

    It activates every form that waits for it at this facility and restores what this handset
    had ended there, for whoever holds the number; it also ends a hold. One that changes nothing is
    kept as an event all the same: it shows when the phone was last its owner's, and that it came.
    """
    done = Started()
    ledger.lock()
    holders = tenants.holders(call.sender, facility_id=facility_id)
    if not holders:
        _keep_start(call, facility_id=facility_id)
    for period in holders:
        if not tenants.tenancy(period.tenant_id, now).renting:
            note_tenancy_end(tenant=period.tenant, now=now)  # R15: a form dies with the tenancy
        standing = rules.fold(ledger.facts_of(period))
        services = rules.started_services(standing, started_at=call.received_at)
        form = forms.submitted_for(period)
        if form is None or not services:
            services, form = frozenset(), None
        _keep_start(
            call,
            period=period,
            services=sorted(services),
            form=form,
            ended=rules.ended_by_start(standing, started_at=call.received_at),
        )
        refresh(period.tenant, now=now)
        if services:
            done.tenants.append(period.tenant)
    return done


def _keep_start(
    call: InboundCall,
    *,
    period: NumberPeriod | None = None,
    facility_id: int | None = None,
    services: Sequence[Service] = (),
    form: OptInForm | None = None,
    ended: Sequence[str] = (),
) -> None:
    ledger.append(
        kind="started",
        at=call.received_at,
        evidence=Evidence(number=call.sender, text=call.body),
        period=period,
        facility_id=facility_id,
        body={
            "services": list(services),
            "message_sid": call.message_sid,
            "form": form.pk if form else None,
            "wording": form.wording_id if form else None,
            "words_sha256": words_hash(form.wording.words) if form else None,
            "ended": list(ended),
        },
    )


def hear_stop(
    *,
    number: str,
    facility_id: int | None,
    source: str,
    at: datetime,
    text: str,
    now: datetime,
    words: str = "",
    pattern: str = "",
) -> None:
    """R3: work on a handset's STOP. Needs the caller's transaction.

    Ends every consent of the number at every facility, whoever shares it. ``source`` is the
    MessageSid, or what else told us (``21610`` with the SID it came for); ``words`` are those of
    the text that decided, ``pattern`` what they were recognised as.
    """
    ledger.append(
        kind="stopped",
        at=at,
        evidence=Evidence(number=number, text=text),
        facility_id=facility_id,
        body={"source": source, "words": words, "pattern": pattern},
    )
    refresh_holders(number, now=now)


def record_revocation(*, tenant: Tenant, medium: str, note: str, by: Actor, now: datetime) -> None:
    """R3: record that a tenant withdrew consent by phone, e-mail, letter or at the counter.

    Raises:
        BadInput: the medium is unknown, or there is no number to revoke for.
    """
    if medium not in MEDIA:
        raise BadInput(f"The medium must be one of {', '.join(MEDIA)}.", field="medium")
    if len(note) > 2000:
        raise BadInput("The note is longer than 2,000 characters.", field="note")
    period = tenants.current_period(tenant.pk)
    if period is None:
        raise BadInput("This tenant has no mobile number, so there is nothing to end.")
    with transaction.atomic():
        ledger.append(
            kind="revoked",
            at=now,
            evidence=Evidence(number=period.number, text=note),
            facility_id=tenant.facility_id,
            body={"medium": medium, "by": by.name, "by_kind": by.kind, "tenant": tenant.pk},
        )
        refresh_holders(period.number, now=now)
        audit.record(
            act="consent.revoked",
            by=by,
            now=now,
            facility_id=tenant.facility_id,
            subject=f"tenant:{tenant.pk}",
            medium=medium,
        )


def change_number(*, tenant: Tenant, number: Number | None, by: Actor, now: datetime) -> None:
    """R4: give a tenant another mobile number, or none. The old one's consent ends with it.

    The same number again changes nothing. Links to the form for the old number die.
    """
    with transaction.atomic():
        tenant = (
            Tenant.objects.select_for_update(of=("self",), no_key=True)
            .select_related("facility")
            .get(pk=tenant.pk)
        )
        period = tenants.current_period(tenant.pk)
        if (period.number if period else None) == number:
            return
        if period is not None:
            _close(period, because="changed" if number else "removed", by=by, now=now)
        if number is not None:
            tenant_actions.open_period(tenant=tenant, number=number, now=now)
        refresh(tenant, now=now)
        audit.record(
            act="tenant.number_changed",
            by=by,
            now=now,
            facility_id=tenant.facility_id,
            subject=f"tenant:{tenant.pk}",
        )


def answer_number_question(
    *, question: NumberQuestion, answer: str, by: Actor, now: datetime
) -> None:
    """R15: record whether two tenants share a number or it was passed on.

    Passed on closes the other tenant's period, and its consent.

    Raises:
        BadInput: the answer is neither ``shared`` nor ``passed_on``.
        Conflict: it has been answered before.
    """
    with transaction.atomic():
        tenant_actions.lock((question.tenant_id, question.other_id))
        tenant_actions.answer_question(question=question, answer=answer, by=by, now=now)
        if answer == "passed_on":
            period = tenants.current_period(question.other_id)
            if period is not None and period.number == question.number:
                _close(period, because="passed_on", by=by, now=now)
                refresh(question.other, now=now)
        refresh(question.tenant, now=now)


def move_out(*, tenant: Tenant, at: datetime, by: Actor, now: datetime, unit: str = "") -> None:
    """R15: end a tenant's rentals (or that of one unit); with the last, consent begins to end."""
    with transaction.atomic():
        tenant_actions.end_rentals(tenant=tenant, at=at, now=now, only_unit=unit or None)
        note_tenancy_end(tenant=tenant, now=now)
        audit.record(
            act="tenant.moved_out",
            by=by,
            now=now,
            facility_id=tenant.facility_id,
            subject=f"tenant:{tenant.pk}",
            unit=unit,
        )


def note_tenancy_end(*, tenant: Tenant, now: datetime) -> None:
    """R15: put the end of a tenancy that is over into the ledger, where it changes what stands.

    Needs a transaction. Links to the form die with the tenancy: a new rental needs a new form.
    """
    ledger.lock()
    period = tenants.current_period(tenant.pk)
    ending = queries.ending_of(tenant, now)
    if ending and period is not None:
        OptInForm.objects.filter(tenant=tenant, dead_at=None).update(
            dead_at=now, dead_because="moved_out"
        )
        _end_tenancy(period, ending, now)
    refresh(tenant, now=now)


def _end_tenancy(period: NumberPeriod, ending: list[rules.Fact], now: datetime) -> None:
    facts = ledger.facts_of(period)
    after = rules.fold([*facts, *ending])
    if after == rules.fold(facts):
        return
    ledger.append(
        kind="tenancy_ended",
        at=now,
        evidence=Evidence(number=period.number),
        period=period,
        body={"until": after.chat_ends_at.isoformat() if after.chat_ends_at else None},
    )


def move_in(*, tenant: Tenant, unit: str, by: Actor, now: datetime) -> Rental:
    """R15: begin a rental. What an earlier tenancy agreed to ends first, for good."""
    with transaction.atomic():
        if not tenants.tenancy(tenant.pk, now).renting:
            note_tenancy_end(tenant=tenant, now=now)
        return tenant_actions.move_in(tenant=tenant, unit=unit, by=by, now=now)


def sweep_tenancies(*, now: datetime, limit: int = 200) -> int:
    """R15: note the ends of tenancies that ended by date; return how many there were."""
    ended = Rental.objects.filter(tenant=OuterRef("tenant"), ended_at__lte=now)
    running = Rental.objects.filter(tenant=OuterRef("tenant")).exclude(ended_at__lte=now)
    unnoted = Standing.objects.filter(
        Q(statements=True)
        | Q(notices=True)
        | Q(chat=True, lapses_at=None)
        | Q(status__in=("form_sent", "waiting_for_start"))
    )
    rows = unnoted.filter(Exists(ended), ~Exists(running)).select_related("tenant__facility")
    over = [row.tenant for row in rows[:limit]]
    for tenant in over:
        with transaction.atomic():
            note_tenancy_end(tenant=tenant, now=now)
    return len(over)


def close_number(*, tenant: Tenant, because: str, by: Actor, now: datetime) -> None:
    """R4: say that the tenant's mobile number is not theirs any more. Needs a transaction.

    Its consent ends with it, and what waits for the number is withheld.
    """
    tenant_actions.lock([tenant.pk])
    period = tenants.current_period(tenant.pk)
    if period is not None:
        _close(period, because=because, by=by, now=now)
        refresh(tenant, now=now)


def _close(period: NumberPeriod, *, because: str, by: Actor, now: datetime) -> None:
    if ledger.facts_of(period):
        ledger.append(
            kind="number_closed",
            at=now,
            evidence=Evidence(number=period.number),
            period=period,
            body={"because": because, "by": by.name},
        )
    OptInForm.objects.filter(period=period, dead_at=None).update(
        dead_at=now, dead_because="number_changed"
    )
    tenant_actions.close_period(period=period, because=because, now=now)
