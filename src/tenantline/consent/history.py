"""A tenant's consent as people read it: what happened when, and what each service rests on.

For screens. Nothing here decides: the gate and the rules do. What happened at a facility outside
the reader's scope is told without names and notes (R10).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenantline.consent import ledger, rules
from tenantline.consent.models import LedgerEvent, Wording
from tenantline.consent.services import SERVICES, Service
from tenantline.consent.wording import filled
from tenantline.facilities.scope import Scope
from tenantline.kernel import phone
from tenantline.kernel.errors import NotFound
from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant


@dataclass(frozen=True)
class Entry:
    """One event. ``number`` is E.164; ``words`` tells that the wording shown can be read in full.

    ``by`` names the staff member, empty where it was the tenant alone; ``note`` is what staff
    wrote or the tenant texted, ``decided`` its words that made it a revocation, where that was not
    STOP itself; ``ended`` names what a START ended of held, parked and silent; ``elsewhere`` marks
    an event of a facility outside the reader's scope.
    """

    event_id: int
    sequence: int
    kind: str
    at: datetime
    number: str
    services: tuple[str, ...] = ()
    by: str = ""
    medium: str = ""
    note: str = ""
    version: str = ""
    language: str = ""
    message_sid: str = ""
    because: str = ""
    ip: str = ""
    user_agent: str = ""
    handed_over: bool = False
    decided: str = ""
    ended: tuple[str, ...] = ()
    words: bool = False
    elsewhere: bool = False


@dataclass(frozen=True)
class ServiceState:
    """Where one service stands: active, waiting or none, since when, by which event."""

    service: Service
    state: str
    since: datetime | None = None
    until: datetime | None = None
    event_id: int | None = None


@dataclass(frozen=True)
class Words:
    """The words of a form as one tenant was shown them, in full."""

    version: str
    language: str
    shown_at: datetime
    title: str
    lines: list[tuple[str, str | list[str]]]


def entries(*, tenant: Tenant, scope: Scope) -> list[Entry]:
    """Return every event about a tenant's numbers, newest first."""
    return [_entry(event, scope) for event in ledger.events_of(tenant.pk)[::-1]]


def services(*, tenant: Tenant, now: datetime) -> list[ServiceState]:
    """Return where each service of the tenant's current number stands, in the form's order."""
    period = tenants.current_period(tenant.pk)
    standing = rules.fold(ledger.facts_of(period)) if period else rules.Standing()
    began = _times(standing.active.values())
    return [_service_state(service, standing, began, now) for service in SERVICES]


def words_shown(*, tenant: Tenant, event_id: int) -> Words:
    """Return the wording that a submitted form of this tenant showed, with its names filled in.

    Raises:
        NotFound: there is no such event, or it showed no words.
    """
    event = LedgerEvent.objects.filter(pk=event_id, tenant=tenant, kind="form_submitted").first()
    body = _body(event) if event else {}
    wording = Wording.objects.filter(pk=body.get("wording") or 0).first()
    if event is None or wording is None:
        raise NotFound("There is no such wording.")
    shown = filled(
        wording.words, facility=str(body.get("facility", "")), line=_as_shown(body.get("line", ""))
    )
    lines = [
        (name, value if isinstance(value, list) else str(value))
        for name, value in shown.items()
        if name != "title"
    ]
    return Words(wording.version, wording.language, event.at, str(shown.get("title", "")), lines)


def _as_shown(line: str) -> str:
    """Return a line's number as the form's page writes it."""
    return phone.national(Number(line)) if line else ""


def _service_state(
    service: Service, standing: rules.Standing, began: Mapping[int, datetime], now: datetime
) -> ServiceState:
    if standing.covers(service, now):
        ref = standing.active[service]
        until = standing.chat_ends_at if service == "chat" else None
        return ServiceState(service, "active", began.get(ref), until, ref)
    submitted = standing.waiting_since
    if service in standing.waiting and submitted and now < rules.waits_until(submitted):
        return ServiceState(service, "waiting", submitted, rules.waits_until(submitted))
    return ServiceState(service, "none")


def _times(refs: Any) -> dict[int, datetime]:
    rows = LedgerEvent.objects.filter(pk__in=set(refs))
    return dict(rows.values_list("pk", "at"))


def _entry(event: LedgerEvent, scope: Scope) -> Entry:
    body = _body(event)
    particulars = event.particulars
    elsewhere = event.facility_id is not None and not scope.covers(event.facility_id)
    return Entry(
        event_id=event.pk,
        sequence=event.sequence,
        kind=event.kind,
        at=event.at,
        number=particulars.number if particulars else "",
        services=tuple(body.get("services", ())),
        by="" if elsewhere else str(body.get("by") or _counter_staff(body)),
        medium=str(body.get("medium", "")),
        note="" if elsewhere or particulars is None else _note(event.kind, particulars.text),
        version=str(body.get("version", "")),
        language=str(body.get("language", "")),
        message_sid=str(body.get("message_sid") or _sid(body.get("source"))),
        because=str(body.get("because") or body.get("why") or ""),
        ip="" if elsewhere or particulars is None else particulars.ip,
        user_agent="" if elsewhere or particulars is None else particulars.user_agent,
        handed_over=bool(body.get("handed_over")),
        decided=_decided(body) if event.kind == "stopped" else "",
        ended=tuple(body.get("ended", ())),
        words=event.kind == "form_submitted",
        elsewhere=elsewhere,
    )


def _counter_staff(body: Mapping[str, Any]) -> str:
    """Return who gave a form out at the counter, where the tenant submitted it."""
    return str(body.get("issued_by", "")) if body.get("medium") == "counter" else ""


def _decided(body: Mapping[str, Any]) -> str:
    """Return the words of a text that decided, where it was not the bare keyword."""
    return "" if body.get("pattern") == "keyword" else str(body.get("words", ""))


def _note(kind: str, text: str) -> str:
    return "" if kind == "held" else text


def _sid(source: Any) -> str:
    return str(source) if source else ""


def _body(event: LedgerEvent) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event.body)
    return found
