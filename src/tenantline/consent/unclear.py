"""What staff are asked about a number, and their answers.

R3: an unclear text holds its number: does the person want no more texts, or was it just a message?
A sign that somebody else may have the phone parks it: is the number still the tenant's? Each
question stands as long as the hold, or the parking, that asks it. One click answers it; a START
or a STOP answers it as well.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import QuerySet

from tenantline.audit import actions as audit
from tenantline.consent import actions, ledger, parking, rules
from tenantline.consent.ledger import Evidence
from tenantline.consent.models import LedgerEvent
from tenantline.consent.parking import Sign
from tenantline.consent.projection import refresh
from tenantline.consent.revocation import Decision
from tenantline.consent.rules import Kind
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.tenants import actions as tenant_actions
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import NumberPeriod, Tenant

About = Literal["wish", "person"]
Answer = Literal["revoked", "message", "same", "not_theirs"]
ANSWERS: dict[About, tuple[Answer, ...]] = {
    "wish": ("revoked", "message"),
    "person": ("same", "not_theirs", "revoked"),
}
_ACTS: dict[Answer, str] = {
    "revoked": "consent.revoked",
    "message": "consent.unclear_was_message",
    "same": "consent.same_person",
    "not_theirs": "consent.not_theirs",
}
_DISOWNED = "Somebody who opened the opt-in form said that this is not their number."


@dataclass(frozen=True)
class Question:
    """What staff are asked: what somebody wishes, or which person has the phone.

    ``source`` is the text's MessageSid, or names what else made us ask; ``why`` says it in a
    sentence. ``words`` of a text are those that decided.
    """

    source: str
    words: str
    at: datetime
    about: About = "wish"
    why: str = ""

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Return what may be answered."""
        return ANSWERS[self.about]


def hear_unclear(
    *, number: str, source: str, at: datetime, text: str, decision: Decision, now: datetime
) -> None:
    """Hold a number, whoever holds it, until a person has read the text. Needs a transaction.

    Where the text says that somebody else has the phone, the number is parked.
    """
    why = f"a text was unclear: “{decision.words}”"
    if decision.wrong_person:
        sign = Sign(
            why=f"A text sounds like somebody else's: “{decision.words}”.",
            source=source,
            words=decision.words,
            pattern=decision.why,
            text=text,
        )
        parking.park(number=number, sign=sign, at=at, now=now)
        return
    ledger.lock()
    for period in tenants.holders(number):
        ledger.append(
            kind="held",
            at=at,
            evidence=Evidence(number=number, text=text),
            period=period,
            body={
                "why": why,
                "source": source,
                "words": decision.words,
                "pattern": decision.why,
            },
        )
        refresh(period.tenant, now=now)


def question(*, tenant: Tenant) -> Question | None:
    """Return what is asked about the tenant's number, None where nothing is."""
    return questions(tenant_ids=[tenant.pk]).get(tenant.pk)


def questions(*, tenant_ids: Collection[int]) -> dict[int, Question]:
    """Return what is asked about these tenants' numbers, by tenant; nothing where nothing is.

    However many they are, it takes the same few queries.
    """
    periods = tenants.current_periods(tenant_ids)
    facts, _ = ledger.facts_of_all(list(periods.values()))
    newest: dict[tuple[int | None, About], LedgerEvent] = {}
    for event in _askings(periods.values()):
        newest[event.period_id, "wish" if event.kind == "held" else "person"] = event
    found: dict[int, Question] = {}
    for tenant_id, period in periods.items():
        about = _about(rules.fold(facts[period.pk]))
        asked = _asked(newest.get((period.pk, about)), about) if about else None
        if asked is not None:
            found[tenant_id] = asked
    return found


def answer(*, tenant: Tenant, source: str, said: str, by: Actor, now: datetime) -> None:
    """R3, R4: record what a person found, by one of the question's answers.

    What a text wished concerns whoever holds the number; whose number it is, this tenant alone.
    "Not theirs" closes the tenant's number period and its consent.

    Raises:
        BadInput: there is no such answer to this question.
        Conflict: the question is not open any more.
    """
    with transaction.atomic():
        tenant_actions.lock([tenant.pk])
        ledger.lock()
        period = tenants.current_period(tenant.pk)
        asked = question(tenant=tenant)
        if period is None or asked is None or asked.source != source:
            raise Conflict("This has been answered already.", code="answered")
        found = next((one for one in asked.answers if one == said), None)
        if found is None:
            raise BadInput("Answer with one of the buttons below the question.")
        _record(found, tenant, period, asked, by=by, now=now)
        audit.record(
            act=_ACTS[found],
            by=by,
            now=now,
            facility_id=tenant.facility_id,
            subject=f"tenant:{tenant.pk}",
            medium="text" if asked.words else "",
        )


def _record(
    found: Answer,
    tenant: Tenant,
    period: NumberPeriod,
    asked: Question,
    *,
    by: Actor,
    now: datetime,
) -> None:
    match found:
        case "not_theirs":
            actions.close_number(tenant=tenant, because="not_theirs", by=by, now=now)
        case "same":
            _end(period, "park_ended", asked.source, by=by, now=now)
            refresh(tenant, now=now)
        case "revoked":
            _revoke(tenant, period, asked, by=by, now=now)
            _end_for_all(period.number, asked.source, by=by, now=now)
        case "message":
            _end_for_all(period.number, asked.source, by=by, now=now)


def _revoke(
    tenant: Tenant, period: NumberPeriod, asked: Question, *, by: Actor, now: datetime
) -> None:
    event = _asking(period, asked.about)
    particulars = event.particulars if event is not None else None
    ledger.append(
        kind="revoked",
        at=now,
        evidence=Evidence(number=period.number, text=particulars.text if particulars else ""),
        facility_id=tenant.facility_id,
        body={
            "medium": "text" if asked.words else "other",
            "by": by.name,
            "by_kind": by.kind,
            "tenant": tenant.pk,
            "source": asked.source,
        },
    )


def _end_for_all(number: str, source: str, *, by: Actor, now: datetime) -> None:
    """End what this source asked, for whoever holds the number."""
    for holder in tenants.holders(number):
        standing = rules.fold(ledger.facts_of(holder))
        if standing.parked and _source(_asking(holder, "person")) == source:
            _end(holder, "park_ended", source, by=by, now=now)
        if standing.held and _source(_asking(holder, "wish")) == source:
            _end(holder, "hold_ended", source, by=by, now=now)
        refresh(holder.tenant, now=now)


def _end(period: NumberPeriod, kind: Kind, source: str, *, by: Actor, now: datetime) -> None:
    evidence = Evidence(number=period.number)
    body = {"by": by.name, "by_kind": by.kind, "source": source}
    ledger.append(kind=kind, at=now, evidence=evidence, period=period, body=body)


def _about(standing: rules.Standing) -> About | None:
    """Return what is asked now: whose phone it is before what a text wished.

    Who has opted out is asked nothing: no text can leave.
    """
    if standing.status == "opted_out":
        return None
    if standing.parked:
        return "person"
    return "wish" if standing.held else None


def _asked(event: LedgerEvent | None, about: About) -> Question | None:
    source = _source(event)
    if event is None or not source:
        return None
    body = _body(event)
    why = _DISOWNED if event.kind == "form_disowned" else str(body.get("why", ""))
    return Question(source, str(body.get("words", "")), event.at, about, why)


def _asking(period: NumberPeriod, about: About) -> LedgerEvent | None:
    """Return the newest event that held the number, or that parked it."""
    kinds = ("parked", "form_disowned") if about == "person" else ("held",)
    return _askings([period]).filter(kind__in=kinds).last()


def _askings(periods: Iterable[NumberPeriod]) -> QuerySet[LedgerEvent]:
    """Return what held or parked these numbers, oldest first."""
    # Joined, because what stood beside an event may have been erased.
    rows = LedgerEvent.objects.select_related("particulars").order_by("sequence")
    kinds = ("held", "parked", "form_disowned")
    return rows.filter(period_id__in=[period.pk for period in periods], kind__in=kinds)


def _source(event: LedgerEvent | None) -> str:
    if event is None:
        return ""
    body = _body(event)
    return f"form:{body['form']}" if event.kind == "form_disowned" else str(body.get("source", ""))


def _body(event: LedgerEvent) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event.body)
    return found
