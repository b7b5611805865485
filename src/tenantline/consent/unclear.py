"""R3: an unclear text holds its number, and a person says what was meant.

The question stands as long as the hold that the text made is the last one. Staff answer it with
one click: either the person wants no more texts (a revocation that staff record), or it was just
a message (the hold ends). A START or a STOP answers it as well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.consent import ledger, rules
from tenantline.consent.ledger import Evidence
from tenantline.consent.models import LedgerEvent
from tenantline.consent.projection import refresh
from tenantline.consent.revocation import Decision
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import NumberPeriod, Tenant

Answer = Literal["revoked", "message"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)


@dataclass(frozen=True)
class Question:
    """What staff are asked: ``source`` is the text's MessageSid, ``words`` those that decided."""

    source: str
    words: str
    at: datetime


def hear_unclear(
    *, number: str, source: str, at: datetime, text: str, decision: Decision, now: datetime
) -> None:
    """Hold a number, whoever holds it, until a person has read the text. Needs a transaction."""
    ledger.lock()
    for period in tenants.holders(number):
        ledger.append(
            kind="held",
            at=at,
            evidence=Evidence(number=number, text=text),
            period=period,
            body={
                "why": f"a text was unclear: “{decision.words}”",
                "source": source,
                "words": decision.words,
                "pattern": decision.why,
                "wrong_person": decision.wrong_person,
            },
        )
        refresh(period.tenant, now=now)


def question(*, tenant: Tenant) -> Question | None:
    """Return what is asked about the last text of the tenant's number, None where nothing is."""
    period = tenants.current_period(tenant.pk)
    return _question(period) if period else None


def answer(*, tenant: Tenant, source: str, said: str, by: Actor, now: datetime) -> None:
    """R3: record what a person found the text ``source`` to mean, for whoever holds the number.

    Raises:
        BadInput: the answer is neither ``revoked`` nor ``message``.
        Conflict: the question is not open any more.
    """
    if said not in ANSWERS:
        raise BadInput("Say whether they want no more texts, or it was just a message.")
    with transaction.atomic():
        ledger.lock()
        period = tenants.current_period(tenant.pk)
        asked = _question(period) if period else None
        if period is None or asked is None or asked.source != source:
            raise Conflict("This has been answered already.", code="answered")
        if said == "revoked":
            _revoke(tenant, period, source, by=by, now=now)
        for holder in tenants.holders(period.number):
            if _is_held_by(holder, source):
                _end(holder, by=by, now=now)
            refresh(holder.tenant, now=now)
        audit.record(
            act="consent.revoked" if said == "revoked" else "consent.unclear_was_message",
            by=by,
            now=now,
            facility_id=tenant.facility_id,
            subject=f"tenant:{tenant.pk}",
            medium="text",
        )


def _revoke(tenant: Tenant, period: NumberPeriod, source: str, *, by: Actor, now: datetime) -> None:
    ledger.append(
        kind="revoked",
        at=now,
        evidence=Evidence(number=period.number, text=_text_of(period, source)),
        facility_id=tenant.facility_id,
        body={
            "medium": "text",
            "by": by.name,
            "by_kind": by.kind,
            "tenant": tenant.pk,
            "source": source,
        },
    )


def _end(period: NumberPeriod, *, by: Actor, now: datetime) -> None:
    evidence = Evidence(number=period.number)
    body = {"by": by.name}
    ledger.append(kind="hold_ended", at=now, evidence=evidence, period=period, body=body)


def _question(period: NumberPeriod) -> Question | None:
    """Return the question of the hold that stands, if a text made it and nobody opted out since."""
    standing = rules.fold(ledger.facts_of(period))
    event = _last_hold(period) if standing.held and standing.status != "opted_out" else None
    body = _body(event) if event else {}
    if event is None or not body.get("source"):
        return None
    return Question(str(body["source"]), str(body.get("words", "")), event.at)


def _is_held_by(period: NumberPeriod, source: str) -> bool:
    event = _last_hold(period)
    return event is not None and _body(event).get("source") == source


def _last_hold(period: NumberPeriod) -> LedgerEvent | None:
    rows = LedgerEvent.objects.filter(
        period_id=period.pk, kind__in=("held", "form_disowned", "hold_ended")
    )
    last = rows.order_by("-sequence").first()
    return last if last is not None and last.kind == "held" else None


def _text_of(period: NumberPeriod, source: str) -> str:
    event = _last_hold(period)
    return event.particulars.text if event is not None and event.particulars is not None else ""


def _body(event: LedgerEvent) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event.body)
    return found
