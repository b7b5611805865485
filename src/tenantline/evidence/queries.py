"""Gathering a proof packet's facts: who, what was shown and ticked, what followed (R11, R10)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from tenantline.consent import chain, ledger
from tenantline.consent.anchor import Anchor
from tenantline.consent.ledger import LedgerBroken
from tenantline.consent.models import LedgerEvent
from tenantline.evidence import events as told
from tenantline.evidence import people
from tenantline.evidence.packet import Check, Packet, Restore, Sent
from tenantline.facilities.scope import EVERYWHERE, Scope
from tenantline.kernel import phone
from tenantline.kernel.errors import NotFound
from tenantline.kernel.phone import Number
from tenantline.outbox.models import Text
from tenantline.tenants.models import NumberPeriod

MOST_TEXTS: Final = 5_000
# A ledger that is longer is not walked while somebody waits for a page: some ten seconds.
LONGEST_WALK: Final = 150_000
_ABOUT_EVERYBODY: Final = frozenset({"stopped", "revoked"})
_NOT_SENT: Final = frozenset({"withheld", "queued"})


def gather(
    *, number: Number, scope: Scope, made_by: str, now: datetime, walk: int | None = LONGEST_WALK
) -> Packet:
    """Return everything that is known about a number's consent, as far as ``scope`` may see it.

    Checks the whole ledger as well, if it has at most ``walk`` events (None: however many). Of
    what other facilities know, a STOP or a revocation is told without names, and the rest is a
    count.

    Raises:
        NotFound: nobody in scope holds or held the number, and the ledger says nothing about it.
    """
    periods = _periods(number)
    events = list(_events(number))
    mine = [one for one in periods if scope.covers(one.tenant.facility_id)]
    seen = [one for one in events if _is_told(one, scope)]
    if not mine and (scope != EVERYWHERE or not seen):
        raise NotFound("Nothing is known here about this number.")
    zone = mine[-1].tenant.facility.timezone if mine else _zone_of(seen)
    rows = _texts(number, scope)
    count = rows.count()
    facilities = {one.tenant.facility.name for one in mine}
    return Packet(
        number=number,
        national=phone.national(number),
        made_at=now,
        made_by=made_by,
        covers="all facilities" if scope == EVERYWHERE else ", ".join(sorted(facilities)),
        zone=zone,
        hidden=len(events) - len(seen),
        others=len(periods) - len(mine),
        holders=tuple(people.holder(one, now) for one in mine),
        forms=told.forms(seen, number),
        events=told.events(seen, scope, zone),
        texts=tuple(_sent(row) for row in _newest(rows, MOST_TEXTS)),
        texts_left_out=max(0, count - MOST_TEXTS),
        check=check(walk=walk),
        restores=tuple(_restores()),
        installation=settings.PUBLIC_URL or "",
    )


def numbers_of(*, tenant_id: int) -> list[NumberPeriod]:
    """Return a tenant's number periods, newest first, one for each number."""
    rows = NumberPeriod.objects.filter(tenant_id=tenant_id).order_by("-started_at", "-id")
    return list({row.number: row for row in reversed(rows)}.values())[::-1]


def period_of(*, tenant_id: int, period_id: int) -> NumberPeriod:
    """Return one of a tenant's number periods, or raise ``NotFound``."""
    found = NumberPeriod.objects.filter(tenant_id=tenant_id, pk=period_id).first()
    if found is None:
        raise NotFound("The tenant never held this number.")
    return found


def check(*, walk: int | None) -> Check:
    """Return what a check of the whole ledger finds now; what does not hold is a sentence."""
    last = LedgerEvent.objects.order_by("-sequence").first()
    head = last.hash if last else ledger.GENESIS
    count = last.sequence if last else 0
    known = Check(whole=True, events=count, head=head, trouble="", anchor="")
    if walk is not None and count > walk:
        return replace(known, whole=False)
    try:
        found = chain.verify_all()
    except LedgerBroken as broken:
        return replace(known, trouble=broken.sentence)
    return Check(
        whole=True,
        events=found.chain.events,
        head=found.chain.last_hash,
        trouble="",
        anchor=anchored(found.anchor),
    )


def anchored(found: Anchor) -> str:
    """Return in a sentence what is noted of the chain's end outside the database."""
    if found.first is None or found.last is None:
        return (
            "Nothing of the chain's end is noted on this machine, so events cut off at the end "
            "would not show."
        )
    return (
        f"Its end is noted outside the database: {found.marks:,} times, first at event "
        f"{found.first.sequence:,}, last at event {found.last.sequence:,}."
    )


def _restores() -> Iterable[Restore]:
    for row in LedgerEvent.objects.filter(kind="restored").order_by("sequence"):
        made_at = datetime.fromisoformat(json.loads(row.body)["made_at"])
        yield Restore(event=row.sequence, made_at=made_at, at=row.at)


def _periods(number: Number) -> list[NumberPeriod]:
    rows = NumberPeriod.objects.filter(number=number).select_related("tenant__facility")
    return list(rows.order_by("started_at", "id"))


def _events(number: Number) -> QuerySet[LedgerEvent]:
    rows = LedgerEvent.objects.filter(number_key=ledger.number_key(number)).order_by("sequence")
    return rows.select_related("particulars", "facility", "tenant")


def _is_told(event: LedgerEvent, scope: Scope) -> bool:
    if event.facility_id is None or scope.covers(event.facility_id):
        return True
    return event.kind in _ABOUT_EVERYBODY


def _zone_of(events: Iterable[LedgerEvent]) -> str:
    return next((one.facility.timezone for one in events if one.facility), "UTC")


def _texts(number: Number, scope: Scope) -> QuerySet[Text]:
    rows = Text.objects.filter(clearance__number=number)
    return scope.narrow(rows).select_related(
        "clearance__event", "clearance__tenant", "facility", "line"
    )


def _newest(rows: QuerySet[Text], limit: int) -> Sequence[Text]:
    return list(rows.order_by("-created_at", "-id")[:limit])[::-1]


def _sent(row: Text) -> Sent:
    clearance = row.clearance
    return Sent(
        at=row.created_at,
        zone=row.facility.timezone,
        site=row.facility.name,
        tenant=clearance.tenant.name,
        purpose=clearance.purpose,
        by="automatic" if row.author_kind == "system" else row.author_name,
        body=row.body,
        state=row.get_state_display(),
        left=row.state not in _NOT_SENT,
        sent_at=row.sent_at,
        delivered_at=row.delivered_at,
        reason=row.reason or row.error_words,
        message_sid=row.carrier_sid or "",
        line=row.line.number if row.line else "",
        event=clearance.event.sequence,
        clearance=clearance.pk,
        cleared_at=clearance.cleared_at,
        sealed=ledger.bears_its_seal(clearance),
    )
