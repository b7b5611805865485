"""The packet's sentences: what an event was, and what there is to say of one tenant's consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from tenantline.kernel.days import long_day

SERVICES: Final = {
    "chat": "two-way texting with the office",
    "statements": "statements",
    "notices": "account notices",
}
STATES: Final = {
    "none": "No consent",
    "form_sent": "Form sent, not submitted",
    "waiting_for_start": "Form submitted, START not received",
    "opted_in": "Consent active",
    "opted_out": "Opted out",
    "number_changed": "Number given up",
}
_MEDIA: Final = {
    "phone": "by phone",
    "email": "by e-mail",
    "counter": "at the counter",
    "letter": "by letter",
    "text": "in a text that a person read",
    "other": "in another way",
}
_SAID: Final = {
    "form_issued": "The opt-in form was sent by e-mail.",
    "started": "START was received from this phone. It changed nothing.",
    "held": "Automatic texts were held until a person had looked.",
    "form_ended": "Staff closed the opt-in form at the counter.",
    "form_disowned": "Whoever opened the form said: this is not my number. No consent followed.",
    "hold_ended": "A person looked at it; automatic texts went on.",
    "parked": "Somebody else may have this phone: all texts waited for a person.",
    "park_ended": "A person found that the phone is still the tenant's; texts went on.",
    "fell_silent": "There had been no text either way for 18 months: automatic texts waited.",
    "tenancy_ended": "The last rental ended; consent for statements and notices ended with it.",
    "erased": "The row beside earlier events of this number was erased. The events stay.",
}
_STOPPED: Final = {
    "keyword": "STOP was received from this phone",
    "words": "A text from this phone withdrew consent",
    "carrier": "The carrier said that this phone had opted out",
}
_WHEN_STOPPED: Final = {
    "keyword": "when STOP was received",
    "words": "when a text from this phone withdrew it",
    "carrier": "when the carrier said that this phone had opted out",
}
_CLOSED: Final = {
    "changed": "The tenant's number was changed; consent for this number ended.",
    "removed": "The number was removed from the tenant; its consent ended.",
    "passed_on": "The number had passed on to somebody else; this tenant's consent ended.",
    "not_theirs": "A person found that the number is not this tenant's; its consent ended.",
}


@dataclass(frozen=True, slots=True)
class Spell:
    """That consent was active: it began with a form and START, and ended or did not."""

    services: tuple[str, ...]
    began: datetime
    formed: datetime | None
    ended: datetime | None
    ended_by: str


def moment(at: datetime, zone: str) -> str:
    """Return an instant to the second with its zone, as ``March 3, 2026 at 2:02:11 PM CST``."""
    return f"{long_day(at, zone=zone)} at {clock(at, zone)}"


def clock(at: datetime, zone: str) -> str:
    """Return an instant's time of day in a zone, as ``2:02:11 PM CST``."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.hour % 12 or 12}:{local:%M:%S %p %Z}"


def services(names: Iterable[str]) -> str:
    """Return services in words, as ``statements and account notices``."""
    said = [SERVICES.get(name, name) for name in SERVICES if name in set(names)]
    if len(said) < 2:
        return "".join(said)
    return f"{', '.join(said[:-1])} and {said[-1]}"


def event(kind: str, body: Mapping[str, Any]) -> str:
    """Return what an event was, in a sentence."""
    chosen = services(body.get("services", ()))
    medium = str(body.get("medium", ""))
    match kind:
        case "form_issued" if medium == "counter":
            said = "The opt-in form was shown at the counter."
        case "form_submitted":
            said = f"The opt-in form was submitted. Ticked: {chosen}; and the required agreement."
        case "started" if chosen:
            said = f"START was received from this phone. Consent for {chosen} became active."
        case "started" if body.get("ended"):
            said = "START was received from this phone. It ended a hold and activated nothing."
        case "stopped":
            how = _STOPPED[_heard_by(body)]
            said = f"{how}: every consent of this number ended, at every facility."
        case "revoked":
            how = _MEDIA.get(medium, "in another way")
            said = f"Staff recorded that consent was withdrawn {how}: every consent ended."
        case "number_closed":
            said = _CLOSED.get(str(body.get("because", "")), "Consent for this number ended.")
        case _:
            said = _SAID.get(kind, f"{kind.replace('_', ' ').capitalize()}.")
    return said


def _heard_by(body: Mapping[str, Any]) -> str:
    """Return how a phone's own revocation was learned of: carrier (21610), words, or keyword."""
    if ":" in str(body.get("source", "")):
        return "carrier"
    return "words" if body.get("words") and body.get("pattern") != "keyword" else "keyword"


def ending(kind: str, body: Mapping[str, Any]) -> str:
    """Return how an event ended a consent, to follow "ended on …"."""
    match kind:
        case "stopped":
            return _WHEN_STOPPED[_heard_by(body)]
        case "revoked":
            how = _MEDIA.get(str(body.get("medium", "")), "in another way")
            return f"when staff recorded that it was withdrawn {how}"
        case "number_closed":
            return "when the number was given up or passed on"
        case "tenancy_ended":
            return "with the tenancy"
        case "form_submitted":
            return "when a newer form left it out"
    return "then"


def answer(
    *, name: str, site: str, number: str, zone: str, spells: Sequence[Spell], status: str
) -> str:
    """Return the sentences that answer: did this person consent, when, and until when?"""
    if not spells:
        return f"{name} has no consent on record for {number} at {site}. {_short(status)}".strip()
    return " ".join(
        _spell(one, who=name if place == 0 else "Later the same tenant", site=site, zone=zone)
        for place, one in enumerate(spells)
    )


def _spell(one: Spell, *, who: str, site: str, zone: str) -> str:
    began = moment(one.began, zone)
    about = services(one.services)
    if one.formed is not None:
        start = (
            f"On {moment(one.formed, zone)}, {_who(who)} agreed on the opt-in form of {site} to "
            f"receive texts for {about}; START was received from this phone on {began}."
        )
    else:
        start = f"On {began}, START from this phone brought back consent for {about} at {site}."
    if one.ended is None:
        return f"{start} That consent is active."
    return f"{start} That consent ended on {moment(one.ended, zone)}, {one.ended_by}."


def _who(who: str) -> str:
    return who[0].lower() + who[1:] if who.startswith("Later") else who


def _short(status: str) -> str:
    match status:
        case "form_sent":
            return "An opt-in form was issued and has not been submitted."
        case "waiting_for_start":
            return "An opt-in form was submitted; START has not been received since."
    return ""
