"""The ledger's events about a number, with all that they keep, and the forms that were shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from tenantline.consent import ledger
from tenantline.consent.models import LedgerEvent, Wording
from tenantline.consent.wording import filled, words_hash
from tenantline.evidence import words
from tenantline.evidence.packet import Event, Form
from tenantline.facilities.scope import Scope
from tenantline.kernel import phone
from tenantline.kernel.phone import Number

# In the order in which they are shown.
_LABELS: Final = {
    "medium": "How",
    "version": "Version of the words",
    "language": "Language",
    "facility": "Facility as shown",
    "line": "Facility's number",
    "until": "Until",
    "issued_by": "Form issued by",
    "by": "Recorded by",
    "message_sid": "Twilio MessageSid",
    "source": "Source",
    "because": "Why",
    "why": "Why",
    "words": "Words that decided",
    "pattern": "Recognised as",
    "backup": "Backup",
    "made_at": "Made at",
    "token": "SHA-256 of the link's token",
}
_LANGUAGES: Final = {"en": "English", "es": "Spanish"}
_MEDIA: Final = {
    "email": "by e-mail",
    "counter": "at the counter",
    "phone": "by phone",
    "letter": "by letter",
    "text": "in a text",
    "other": "in another way",
}
_FROM_THE_PHONE: Final = frozenset({"started", "stopped", "held", "parked"})


def events(rows: Sequence[LedgerEvent], scope: Scope, zone: str) -> tuple[Event, ...]:
    """Return the events, oldest first; those of facilities out of scope without who and words.

    ``zone`` is for those that belong to no facility.
    """
    erased = _erased_by(rows)
    return tuple(_event(row, scope, zone, erased.get(row.sequence)) for row in rows)


def forms(rows: Sequence[LedgerEvent], number: Number) -> tuple[Form, ...]:
    """Return every submitted form among the events, with its words as they were shown."""
    stored = {row.pk: row for row in Wording.objects.filter(kind="form")}
    return tuple(_form(row, number, stored) for row in rows if row.kind == "form_submitted")


def _event(row: LedgerEvent, scope: Scope, zone: str, erased: LedgerEvent | None) -> Event:
    body: dict[str, Any] = json.loads(row.body)
    inside = row.facility_id is None or scope.covers(row.facility_id)
    site = row.facility
    own_zone = site.timezone if site and inside else zone
    return Event(
        sequence=row.sequence,
        kind=row.kind,
        at=row.at,
        zone=own_zone,
        site="" if site is None else (site.name if inside else "another facility"),
        tenant=row.tenant.name if row.tenant and inside else "",
        said=words.event(row.kind, body),
        facts=tuple(_facts(row, body, own_zone)) if inside else (),
        gone=_gone(row, erased, own_zone),
        body=row.body if inside else "",
        particulars_hash=row.particulars_hash,
        previous=row.previous,
        hash=row.hash,
        holds=_holds(row),
    )


def _facts(row: LedgerEvent, body: dict[str, Any], zone: str) -> list[tuple[str, str]]:
    found = [
        (_label(row.kind, name), _value(name, body, zone)) for name in _LABELS if body.get(name)
    ]
    beside = row.particulars
    if beside is None:
        return found
    if beside.ip:
        found.append(("IP address", beside.ip))
    if beside.user_agent:
        found.append(("Browser", beside.user_agent))
    if beside.text:
        found.append((_text_label(row.kind, body), beside.text))
    return found


def _label(kind: str, name: str) -> str:
    if name == "source" and kind in _FROM_THE_PHONE:
        return "Twilio MessageSid"
    return "Issued by" if (name, kind) == ("by", "form_issued") else _LABELS[name]


def _value(name: str, body: dict[str, Any], zone: str) -> str:
    value = str(body[name])
    match name:
        case "medium":
            device = ", on the office's own device" if body.get("handed_over") else ""
            return _MEDIA.get(value, value) + device
        case "language":
            return _LANGUAGES.get(value, value)
        case "line":
            return phone.national(Number(value))
        case "until" | "made_at":
            return words.moment(datetime.fromisoformat(value), zone)
    return value


def _text_label(kind: str, body: dict[str, Any]) -> str:
    if kind == "form_issued":
        return "Sent to"
    if kind == "revoked" and body.get("medium") != "text":
        return "Note"
    return "The text"


def _gone(row: LedgerEvent, erased: LedgerEvent | None, zone: str) -> str:
    if row.particulars is not None or not row.particulars_hash:
        return ""
    if erased is None:
        return "The row with number, IP address, browser and words is missing."
    body = json.loads(erased.body)
    return (
        f"Number, IP address, browser and words erased on {words.moment(erased.at, zone)} by "
        f"{body.get('by', '')} (event {erased.sequence}: {body.get('why', '')})."
    )


def _erased_by(rows: Sequence[LedgerEvent]) -> dict[int, LedgerEvent]:
    found: dict[int, LedgerEvent] = {}
    for row in rows:
        if row.kind == "erased":
            for sequence in json.loads(row.body).get("events", ()):
                found.setdefault(int(sequence), row)
    return found


def _holds(row: LedgerEvent) -> bool:
    if not ledger.bears_its_hash(row):
        return False
    beside = row.particulars
    return beside is None or ledger.is_unaltered(beside, row.particulars_hash)


def _form(row: LedgerEvent, number: Number, stored: dict[int, Wording]) -> Form:
    body: dict[str, Any] = json.loads(row.body)
    wording = stored.get(int(body.get("wording") or 0))
    line = str(body.get("line", ""))
    shown = filled(
        wording.words if wording else {},
        facility=str(body.get("facility", "")),
        line=phone.national(Number(line)) if line else "",
    )
    noted = str(body.get("words_sha256", ""))
    return Form(
        event=row.sequence,
        at=row.at,
        zone=row.facility.timezone if row.facility else "UTC",
        version=str(body.get("version", "")),
        language=str(body.get("language", "")),
        medium=str(body.get("medium", "")),
        number=phone.national(number),
        ticked=tuple(body.get("services", ())),
        words=shown,
        words_sha256=noted,
        words_hold=words_hash(wording.words) == noted if wording and noted else None,
    )
