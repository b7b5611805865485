"""A packet as the template prints it: every fact a text, in the order of the page."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from tenantline.evidence import words
from tenantline.evidence.packet import Check, Event, Form, Holder, Packet, Restore, Sent
from tenantline.kernel import phone
from tenantline.kernel.days import long_day
from tenantline.kernel.phone import Number

_LANGUAGES: Final = {"en": "English", "es": "Spanish"}
_BOXES: Final = ("chat", "statements", "notices")
_MEDIA: Final = {"email": "opened from a link in an e-mail", "counter": "filled in at the counter"}
_PURPOSES: Final = {
    "chat": "chat",
    "statement": "statement",
    "notice": "account notice",
    "confirmation": "confirmation of START",
    "help": "answer to HELP",
}
# What typst sets within a few hundred megabytes; consent.json holds more.
_MOST_TEXTS: Final = 1_000
_MOST_CHARACTERS: Final = 400_000
_LIMITS: Final = (
    "They show that no entry was changed, removed, inserted or put in another place since it was "
    "written, unless by somebody who has the installation's secret key.",
    "They are keyed: only somebody with that key can compute them. A court can have them checked "
    "by an expert who is given access to the installation or to a backup of it and its key.",
    "They do not show by themselves when an entry was written; its times are those of the "
    "operator's computer. START and STOP also stand in Twilio's own records under their "
    "MessageSid.",
    "Who held the phone that sent START is not known to any computer. The form was opened from "
    "a link sent to the e-mail address shown, or at the office's counter.",
    "The words of texts in section 4 stand in the operator's database and are not part of the "
    "chain; the clearance that let each leave is sealed by the same key. Twilio's records show "
    "what it carried.",
)


def printed(packet: Packet) -> dict[str, Any]:
    """Return all that the template asks for, as texts."""
    return {
        "title": f"Proof of consent for {packet.national}",
        "description": "What a consent ledger holds about one mobile number.",
        "national": packet.national,
        "made": words.moment(packet.made_at, packet.zone),
        "trouble": packet.check.trouble,
        "answers": _answers(packet),
        "summary": _summary(packet),
        "holders": [{"name": one.name, "rows": _held(one)} for one in packet.holders],
        "others": _others(packet.others),
        "events": [_event(one) for one in packet.events],
        "hidden": _hidden(packet.hidden),
        "restores": [_restored(one, packet.zone) for one in packet.restores],
        "forms": [_form(one) for one in packet.forms],
        "texts_said": _texts_said(packet),
        "texts_left_out": _left_out(packet),
        "texts": _texts(packet),
        "checking": _checking(packet),
        "head": packet.check.head,
        "limits": list(_LIMITS),
    }


def _answers(packet: Packet) -> list[str]:
    if not packet.holders:
        return [
            f"No tenant of this operator holds or held {packet.national}. The ledger keeps what "
            "came from that number."
        ]
    return [one.answer for one in packet.holders]


def _summary(packet: Packet) -> list[tuple[str, str]]:
    left = sum(1 for one in packet.texts if one.left) + packet.texts_left_out
    return [
        ("Number", f"{packet.national} ({packet.number})"),
        ("Held by", "; ".join(f"{one.name}, {one.site.name}" for one in packet.holders) or "—"),
        ("Today", "; ".join(one.status for one in packet.holders) or "—"),
        ("Ledger events", _count(len(packet.events), "event about this number")),
        ("Texts", f"{_count(left, 'text')} handed to the carrier"),
        ("Ledger", _checked(packet.check)),
        ("Covers", packet.covers),
        ("Made", f"{words.moment(packet.made_at, packet.zone)} ({_utc(packet.made_at)})"),
        ("Made by", f"{packet.made_by}, on {packet.installation}"),
    ]


def _checked(check: Check) -> str:
    if check.trouble:
        return check.trouble
    if not check.whole:
        return (
            f"The ledger, {check.events:,} events, is too long to be checked while this is made; "
            "each event below was checked by itself. Section 5 has the command that checks all."
        )
    return (
        f"The whole ledger, {check.events:,} events, was checked when this was made, and it "
        f"holds. {check.anchor}"
    )


def _held(one: Holder) -> list[tuple[str, str]]:
    rows = [
        ("Facility", ", ".join(part for part in (one.site.name, one.site.address) if part)),
        ("Held the number", f"since {words.moment(one.since, one.site.zone)}"),
        ("Consent today", one.status),
    ]
    if one.until is not None:
        rows[1] = ("Held the number", f"{rows[1][1]}, until {_until(one)}")
    if one.units:
        rows.insert(1, ("Units", ", ".join(one.units)))
    if one.external_id:
        rows.insert(0, ("Tenant's id", one.external_id))
    return rows


def _until(one: Holder) -> str:
    why = {
        "changed": "the number was changed",
        "removed": "the number was removed",
        "passed_on": "it had passed on to somebody else",
    }.get(one.because, "")
    moment = words.moment(one.until, one.site.zone) if one.until else ""
    return f"{moment} ({why})" if why else moment


def _event(one: Event) -> dict[str, Any]:
    return {
        "sequence": str(one.sequence),
        **_when(one.at, one.zone),
        "said": one.said,
        "where": " · ".join(part for part in (one.tenant, one.site) if part),
        "facts": [list(fact) for fact in one.facts],
        "gone": one.gone,
        "holds": one.holds,
        "hash": one.hash,
        "previous": one.previous,
        "beside": one.particulars_hash or "none",
    }


def _form(one: Form) -> dict[str, Any]:
    def said(name: str) -> str:
        return str(one.words.get(name, ""))

    boxes = [{"words": said(name), "ticked": name in one.ticked} for name in _BOXES]
    # Nobody can submit the form without the required box.
    boxes.append({"words": said("agree"), "ticked": True})
    disclosures = one.words.get("disclosures", ())
    return {
        "event": str(one.event),
        "local": words.moment(one.at, one.zone),
        "utc": _utc(one.at),
        "version": one.version,
        "language": _LANGUAGES.get(one.language, one.language),
        "medium": _MEDIA.get(one.medium, one.medium),
        "hold": _hold(one.words_hold),
        "number": one.number,
        "boxes": boxes,
        "disclosures": list(disclosures) if isinstance(disclosures, list) else [],
        "words_sha256": one.words_sha256 or "not kept",
        **{
            name: said(name)
            for name in (
                *("title", "number_label", "number_help", "choose"),
                *("button", "important", "last_step"),
            )
        },
    }


def _hold(words_hold: bool | None) -> str:
    if words_hold is None:
        return ""
    if words_hold:
        return "The words are those whose hash the event keeps."
    return "THE STORED WORDS ARE NOT THOSE WHOSE HASH THE EVENT KEEPS."


def _shown(packet: Packet) -> list[Sent]:
    """Return the newest texts, as many as can be set without much memory; the rest is data."""
    shown: list[Sent] = []
    room = _MOST_CHARACTERS
    for one in reversed(packet.texts[-_MOST_TEXTS:]):
        room -= len(one.body)
        if room < 0:
            break
        shown.append(one)
    return shown[::-1]


def _texts(packet: Packet) -> list[dict[str, Any]]:
    begun = {one.sequence: one for one in packet.events}
    groups = []
    rows = sorted(_shown(packet), key=lambda one: (one.event, one.at))
    for sequence, some in groupby(rows, key=lambda one: one.event):
        event = begun.get(sequence)
        since = f", {words.moment(event.at, event.zone)}" if event else ""
        heading = f"Under the consent of event {sequence}{since}"
        groups.append({"heading": heading, "rows": [_text(one) for one in some]})
    return groups


def _text(one: Sent) -> dict[str, Any]:
    what = _PURPOSES.get(one.purpose, one.purpose)
    line = f"from {phone.national(Number(one.line))}" if one.line else ""
    return {
        **_when(one.at, one.zone),
        "by": f"{what}, {one.by}",
        "body": one.body,
        "way": " · ".join(part for part in (line, one.message_sid) if part),
        "state": one.state,
        "facts": _fate(one),
        "sealed": one.sealed,
    }


def _fate(one: Sent) -> list[tuple[str, str]]:
    rows = [
        ("Handed over", _moment(one.sent_at, one.zone)),
        ("Delivered", _moment(one.delivered_at, one.zone)),
        ("Why", one.reason),
    ]
    return [(label, value) for label, value in rows if value]


def _texts_said(packet: Packet) -> str:
    if not packet.texts:
        return "No text was written to this number."
    left = sum(1 for one in packet.texts if one.left)
    kept = len(packet.texts) - left
    withheld = f" {_count(kept, 'text')} waited or were withheld and never left." if kept else ""
    return (
        f"{_count(left, 'text')} left for this number.{withheld} Each was let go by a clearance "
        "that names the event of the ledger it relied on; they stand in that order."
    )


def _checking(packet: Packet) -> list[str]:
    return [
        "Whoever has access to the installation can have the whole ledger checked, from its first "
        "event to its last, and at the same time whether the event at which it ended when this "
        "packet was made is still in it. A changed, missing, inserted or misplaced event is "
        "named. The command is:",
    ]


def _others(count: int) -> str:
    if not count:
        return ""
    return f"{_count(count, 'other holder')} of this number at facilities outside this packet."


def _restored(one: Restore, zone: str) -> str:
    return (
        f"The database was restored from a backup (event {one.event}): what was recorded between "
        f"{words.moment(one.made_at, zone)} and {words.moment(one.at, zone)} may be missing."
    )


def _hidden(count: int) -> str:
    if not count:
        return ""
    return f"{_count(count, 'more event')} at facilities outside this packet."


def _left_out(packet: Packet) -> str:
    attached = len(packet.texts) - len(_shown(packet))
    said = []
    if attached:
        said.append(f"{_count(attached, 'older text')} stand in consent.json, for their number.")
    if packet.texts_left_out:
        said.append(f"{_count(packet.texts_left_out, 'text')} before those are counted only.")
    return " ".join(said)


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {_plural(what)}"


def _plural(what: str) -> str:
    head, about, rest = what.partition(" about ")
    if about:
        return f"{head}s about {rest}"
    return f"{what}s"


def _moment(at: datetime | None, zone: str) -> str:
    return words.moment(at, zone) if at else ""


def _when(at: datetime, zone: str) -> dict[str, str]:
    return {
        "day": long_day(at, zone=zone),
        "clock": words.clock(at, zone),
        "utc": _utc(at),
    }


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
