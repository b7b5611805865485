"""R11: a person's wish to be forgotten, against the proof that they were asked (ADR 19).

What goes is what stands beside the ledger's events: the number in plain, IP address, browser, the
words of texts and notes. What stays are the events: when which boxes were ticked, which START came,
and the keyed hash of the number, by which whoever names it again finds them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, QuerySet

from tenantline.audit import actions as audit
from tenantline.consent import ledger, rules
from tenantline.consent.ledger import Evidence
from tenantline.consent.models import Clearance, Erasure, LedgerEvent, Particulars
from tenantline.consent.projection import refresh_holders
from tenantline.facilities.scope import Scope
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict, Forbidden, NotFound, Refused
from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants

# Claims over a text can be brought for four years; consent, revocations and sends are to be kept
# for five.
KEPT_FOR: Final = timedelta(days=5 * 365 + 2)
_LIVE: Final = frozenset({"opted_in", "waiting_for_start", "form_sent"})
_LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: beside how many events, and by which event of the ledger."""

    events: int
    sequence: int


def erase(
    *, number: Number, why: str, early: bool, scope: Scope, by: Actor, now: datetime
) -> Erased:
    """Erase what stands beside a number's events, and say so in the ledger for good.

    ``why`` stays in the ledger, so it must not name the person. ``early``: although a claim may
    still be brought.

    Raises:
        BadInput: no reason is given, or it is too long.
        NotFound: the ledger has nothing about this number.
        Forbidden: it has something at a facility that is not in ``scope``.
        Refused: consent is active, waits for START or is asked for; or it is too early.
        Conflict: all of it has been erased already.
    """
    why = " ".join(why.split())
    if not why or len(why) > _LONGEST_REASON:
        raise BadInput("Give a reason of at most 300 characters, without a name.", field="why")
    with transaction.atomic():
        ledger.lock()
        events = LedgerEvent.objects.filter(number_key=ledger.number_key(number)).order_by()
        if not events.exists():
            raise NotFound("The consent ledger has nothing about this number.")
        if any(site and not scope.covers(site) for site in _sites(events)):
            raise Forbidden(
                "Other facilities have events about this number; an owner of all has to do it."
            )
        _demand_ended(number, now)
        if not early:
            _demand_old(number, now)
        rows = dict(events.exclude(particulars=None).values_list("sequence", "particulars_id"))
        there = set(Particulars.objects.filter(pk__in=rows.values()).values_list("pk", flat=True))
        beside = {at: pk for at, pk in sorted(rows.items()) if pk is not None and pk in there}
        if not beside:
            raise Conflict("What stood beside this number's events was erased already.")
        return _erase(number, beside, why, by, now)


def erased_since(*, number: Number, since: datetime) -> bool:
    """Tell whether what stood beside a number's events was erased after ``since``."""
    rows = LedgerEvent.objects.filter(kind="erased", number_key=ledger.number_key(number))
    return rows.filter(at__gte=since).exists()


def _erase(number: Number, beside: dict[int, int], why: str, by: Actor, now: datetime) -> Erased:
    event = ledger.append(
        kind="erased",
        at=now,
        evidence=Evidence(number=number, kept=False),
        body={"events": list(beside), "why": why, "by": by.name, "by_kind": by.kind},
    )
    Erasure.objects.bulk_create(Erasure(particulars_id=pk, event=event) for pk in beside.values())
    Particulars.objects.filter(pk__in=beside.values()).delete()
    audit.record(
        act="consent.erased", by=by, now=now, subject=f"event:{event.sequence}", events=len(beside)
    )
    refresh_holders(number, now=now)
    return Erased(len(beside), event.sequence)


def _sites(events: QuerySet[LedgerEvent]) -> set[int | None]:
    return set(events.values_list("facility_id", flat=True))


def _demand_ended(number: Number, now: datetime) -> None:
    for period in tenants.holders(number):
        if rules.status_at(rules.fold(ledger.facts_of(period)), now) in _LIVE:
            raise Refused(
                "consent_active",
                "Consent for this number is active or asked for; record a revocation first.",
            )


def _demand_old(number: Number, now: datetime) -> None:
    events = LedgerEvent.objects.filter(number_key=ledger.number_key(number))
    last = events.exclude(kind="erased").order_by().aggregate(at=Max("at"))["at"]
    cleared = Clearance.objects.filter(number=number).aggregate(at=Max("cleared_at"))["at"]
    newest = max(at for at in (last, cleared, now - KEPT_FOR) if at is not None)
    if newest > now - KEPT_FOR:
        raise Refused(
            "too_early",
            f"The last event or text is of {newest:%Y-%m-%d}; claims can be brought for four "
            "years, so the proof is kept for five. An owner can say expressly that it goes now.",
        )
