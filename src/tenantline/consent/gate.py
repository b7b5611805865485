"""The gate: who may say yes to a text (R1-R4, R12, R15, and R8's unread calls).

Asked when a text is written and again, by the same function, in the transaction that claims it
for sending, for all texts of a claim together. It believes only ledger events that bear the
chain's hash; what has left, the outbox tells it (``Left``). Only ``outbox`` may import this
module, and ``Cleared`` is made nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tenantline.consent import clearances, ledger, rules, silence
from tenantline.consent.cleared import Cleared, Refusal
from tenantline.consent.models import Clearance, LedgerEvent
from tenantline.consent.services import COVERED_BY, Purpose
from tenantline.consent.silence import Left
from tenantline.intake import queries as intake
from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import NumberPeriod, Tenant
from tenantline.tenants.rules import Tenancy

_AUTOMATIC: frozenset[Purpose] = frozenset({"statement", "notice"})
_REPLIES: frozenset[Purpose] = frozenset({"confirmation", "help"})
_WHY_NOT = {
    "none": ("no_consent", "This tenant has not opted in to texts. Send the SMS opt-in form."),
    "form_sent": ("no_consent", "The opt-in form was sent, but it has not been submitted yet."),
    "waiting_for_start": (
        "no_consent",
        "The opt-in form was submitted, but START has not come from this phone yet.",
    ),
    "opted_out": ("opted_out", "This number has opted out of texts. Only its owner can undo that."),
    "number_changed": (
        "number_changed",
        "The mobile number has changed; the tenant must opt in again with the new one.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Yes:
    period: NumberPeriod
    event_id: int


@dataclass(frozen=True, slots=True)
class _Records:
    """All that the gate asks for about some tenants, fetched together. By tenant or number."""

    periods: Mapping[int, NumberPeriod]
    unread: Collection[str]
    standings: Mapping[int, rules.Standing | ledger.LedgerBroken]  # by number period
    changed: Collection[int]  # number periods whose tenant gave up another one (R4)
    silent: Collection[int]  # number periods
    tenancies: Mapping[int, Tenancy]


def clear(*, tenant: Tenant, purpose: Purpose, left: Left, now: datetime) -> Cleared | Refusal:
    """Ask whether this tenant may be texted for this purpose now, and record a yes.

    Needs the caller's transaction: the clearance and the text stand or fall together. R16's
    replies are asked for while a call is worked on, so the unread ones that came after it do not
    refuse them here; they do when the text is to leave.
    """
    records = _records([tenant], left, now, reading=purpose in _REPLIES)
    answer = _ask(tenant, purpose, records, now)
    if isinstance(answer, Refusal):
        return answer
    clearance = Clearance(
        tenant=tenant,
        period=answer.period,
        facility_id=tenant.facility_id,
        number=answer.period.number,
        purpose=purpose,
        event_id=answer.event_id,
        wording_id=_wording_of(answer.event_id),
        cleared_at=now,
    )
    clearances.keep(clearance)
    return _cleared(clearance)


def ask_again(
    *, clearance_ids: Collection[int], left: Left, now: datetime
) -> dict[int, Cleared | Refusal]:
    """Ask again for texts that were cleared before, just before they leave; answers by clearance.

    An answer is about the tenant's *current* number period; a clearance for another is refused,
    however it came into the table.
    """
    rows = Clearance.objects.select_related("tenant__facility", "period")
    clearances = list(rows.filter(pk__in=clearance_ids))
    records = _records([row.tenant for row in clearances], left, now)
    return {row.pk: _answer(row, records, now) for row in clearances}


def refusals(
    *, asked: Collection[Tenant], purpose: Purpose, left: Left, now: datetime
) -> dict[int, Refusal]:
    """Say which of these tenants may not be texted now, and why, for a preview; by tenant id.

    Nothing is recorded and nothing may leave by it: whoever writes is asked for a clearance.
    """
    records = _records(asked, left, now, reading=True)
    answers = {tenant.pk: _ask(tenant, purpose, records, now) for tenant in asked}
    return {pk: answer for pk, answer in answers.items() if isinstance(answer, Refusal)}


def _answer(clearance: Clearance, records: _Records, now: datetime) -> Cleared | Refusal:
    purpose = _purpose(clearance.purpose)
    if purpose is None:
        return Refusal("no_consent", "The text has no purpose that anybody can agree to.")
    answer = _ask(clearance.tenant, purpose, records, now)
    if isinstance(answer, Refusal):
        return answer
    same = (
        answer.period.pk == clearance.period_id
        and answer.period.number == clearance.number
        and clearance.tenant.facility_id == clearance.facility_id
    )
    if not same:
        return Refusal("number_changed", "The text was written for a number that has changed.")
    return _cleared(clearance)


def _records(
    asked: Iterable[Tenant], left: Left, now: datetime, *, reading: bool = False
) -> _Records:
    """Fetch what the gate asks for; ``reading`` leaves out what has come in and is being read."""
    tenant_ids = {tenant.pk for tenant in asked}
    periods = tenants.current_periods(tenant_ids)
    numbers = {period.number for period in periods.values()}
    standings, changed = _standings(list(periods.values()))
    whole = {pk: one for pk, one in standings.items() if isinstance(one, rules.Standing)}
    return _Records(
        periods=periods,
        unread=() if reading else intake.unread_among(numbers),
        standings=standings,
        changed=changed,
        silent=silence.silent_among(whole, left=left, now=now),
        tenancies=tenants.tenancies(tenant_ids, now),
    )


def _standings(
    periods: Sequence[NumberPeriod],
) -> tuple[dict[int, rules.Standing | ledger.LedgerBroken], set[int]]:
    """Fold each period's facts, and say which follow another number that was given up (R4).

    One record that does not verify stops nobody else's texts.
    """
    try:
        facts, closed = ledger.facts_of_all(periods)
    except ledger.LedgerBroken as broken:
        if len(periods) == 1:
            return {periods[0].pk: broken}, set()
        return _standings_alone(periods)
    changed = {one.pk for one in periods if closed[one.tenant_id] - {one.pk}}
    return {pk: rules.fold(own) for pk, own in facts.items()}, changed


def _standings_alone(
    periods: Sequence[NumberPeriod],
) -> tuple[dict[int, rules.Standing | ledger.LedgerBroken], set[int]]:
    standings: dict[int, rules.Standing | ledger.LedgerBroken] = {}
    changed: set[int] = set()
    for period in periods:
        own, after = _standings([period])
        standings |= own
        changed |= after
    return standings, changed


def _ask(tenant: Tenant, purpose: Purpose, records: _Records, now: datetime) -> _Yes | Refusal:
    period = records.periods.get(tenant.pk)
    if period is None:
        return Refusal("no_consent", "This tenant has no mobile number on file.")
    if period.number in records.unread:
        return Refusal("unread_inbound", "A text from this number has come in and is being read.")
    standing = records.standings[period.pk]
    if isinstance(standing, ledger.LedgerBroken):
        return Refusal(standing.code, "The consent record does not verify; no text may leave.")
    tenancy = records.tenancies[tenant.pk]
    refusal = (
        _tenancy_refusal(tenant, purpose, tenancy, now)
        or _consent_refusal(standing, purpose, now, changed=period.pk in records.changed)
        or _hold_refusal(standing, purpose, silent=period.pk in records.silent)
    )
    if refusal is not None:
        return refusal
    covering = (s for s in COVERED_BY[purpose] if standing.covers(s, now))
    return _Yes(period, standing.active[next(covering)])


def _tenancy_refusal(
    tenant: Tenant, purpose: Purpose, tenancy: Tenancy, now: datetime
) -> Refusal | None:
    """R15: without a rental only chat goes on, and only for a while."""
    if tenancy.renting or tenancy.ended_at is None:
        return None
    if purpose in _AUTOMATIC:
        return Refusal("moved_out", "The tenant has moved out; statements and notices have ended.")
    days = (now - tenancy.ended_at).days
    if days >= tenant.facility.chat_days_after_move_out:
        return Refusal("moved_out", "The tenant moved out too long ago to be texted.")
    return None


def _consent_refusal(
    standing: rules.Standing, purpose: Purpose, now: datetime, *, changed: bool
) -> Refusal | None:
    if any(standing.covers(service, now) for service in COVERED_BY[purpose]):
        return None
    status = rules.status_at(standing, now)
    if status == "opted_in":
        return Refusal("service_not_agreed", f"The tenant has not agreed to {_NAMES[purpose]}.")
    if standing.since is None and changed:
        status = "number_changed"
    return Refusal(*_WHY_NOT[status])


def _hold_refusal(standing: rules.Standing, purpose: Purpose, *, silent: bool) -> Refusal | None:
    """R3, R15: what waits, for a person or for START, and is neither refused for good nor sent.

    A silence that nobody has noted yet keeps a person's text as well: it would break the silence
    before it stands in the ledger. The next sweep notes it.
    """
    if standing.parked:
        return Refusal(
            "held",
            "Somebody else may have this phone by now. Texts wait until a person has said whether "
            "it is still the tenant's.",
        )
    if silent or (standing.silent and purpose != "chat"):
        return Refusal(
            "held",
            "There has been no text either way for 18 months; automatic texts wait until the "
            "tenant texts START.",
        )
    if standing.held and purpose != "chat":
        return Refusal("held", "Automatic texts wait until a person has looked at this number.")
    return None


_NAMES: dict[Purpose, str] = {
    "chat": "chat by text",
    "statement": "statements by text",
    "notice": "account notices by text",
    "confirmation": "texts",
    "help": "texts",
}


def _wording_of(event_id: int) -> int:
    """Return the wording that was agreed to, as the relied-on START recorded it."""
    body = json.loads(LedgerEvent.objects.get(pk=event_id).body)
    return int(body["wording"])


def _purpose(value: str) -> Purpose | None:
    return next((purpose for purpose in COVERED_BY if purpose == value), None)


def _cleared(clearance: Clearance) -> Cleared:
    return Cleared(
        clearance_id=clearance.pk,
        tenant_id=clearance.tenant_id,
        facility_id=clearance.facility_id,
        number=Number(clearance.number),
        purpose=clearance.purpose,
    )
