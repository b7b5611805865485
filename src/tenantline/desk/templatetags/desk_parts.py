"""What the desk's templates say often: times, money, numbers, statuses and form fields."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenantline.desk.audit_words import act_words, detail_words
from tenantline.desk.choices import MEDIA
from tenantline.kernel import money, phone

if TYPE_CHECKING:
    from tenantline.audit.models import Entry as AuditEntry
    from tenantline.consent.history import Entry
    from tenantline.desk.forms import Form

register = template.Library()

# Each status has an icon and a tone; the word comes from the row itself.
_STATUS_LOOKS = {
    "none": ("circle-dashed", "quiet", "No opt-in"),
    "form_sent": ("mail", "waiting", "Form sent"),
    "waiting_for_start": ("hourglass", "waiting", "Waiting for START"),
    "opted_in": ("circle-check", "good", "Opted in"),
    "opted_out": ("ban", "stop", "Opted out"),
    "number_changed": ("replace", "stop", "Number changed"),
}


_KINDS = {
    "form_issued": "Opt-in form sent by e-mail",
    "form_ended": "Opt-in form at the counter closed by staff",
    "form_submitted": "Opt-in form submitted",
    "form_disowned": "The reader of the form said: this is not my number",
    "started": "START was texted: opted in",
    "hold_ended": "A person looked; automatic texts go on",
    "parked": "All texts wait: somebody else may have the phone",
    "park_ended": "A person said that the number is still theirs; texts go on",
    "fell_silent": "No text either way for 18 months; automatic texts wait for START",
    "erased": "What stood beside earlier events was erased; the events stay",
    "tenancy_ended": "The last rental ended; statements and notices ended with it",
}
# By what happened, and whether the form was on the office's own device.
_AT_THE_COUNTER = {
    ("form_issued", False): "Opt-in form shown at the counter, as a code to scan",
    ("form_issued", True): "Opt-in form handed over at the counter, on the office's device",
    ("form_submitted", False): "Opt-in form submitted at the counter",
    ("form_submitted", True): "Opt-in form submitted at the counter, on the office's device",
}
_CLOSED = {
    "changed": "The number was changed; its consent ended",
    "removed": "The number was removed; its consent ended",
    "passed_on": "The number was passed on to another tenant; its consent ended",
    "not_theirs": "A person said that the number is not theirs; its consent ended",
}


@register.filter
def dollars(cents: int) -> str:
    """Write cents as money."""
    return money.format_cents(cents)


@register.filter
def plain_dollars(cents: int) -> str:
    """Write cents as a form field holds them: ``1234.50``."""
    return f"{cents // 100}.{cents % 100:02d}"


@register.filter
def national(number: str) -> str:
    """Write an E.164 number as people read it out."""
    return phone.national(phone.Number(number))


@register.simple_tag
def moment(at: datetime | None, zone: str) -> str:
    """Write an instant in full in a zone: ``Nov 22, 2026, 4:05 PM CST``."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    return _time_tag(at, f"{_day(local)}, {local.year}, {_clock(local)} {local.tzname()}")


@register.simple_tag
def moment_short(at: datetime | None, zone: str, now: datetime) -> str:
    """Write an instant as short as it stays clear; the full form is its title."""
    if at is None:
        return ""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    if local.date() == today:
        words = _clock(local)
    elif local.date() == today - timedelta(days=1):
        words = f"Yesterday {_clock(local)}"
    else:
        words = _day(local) if local.year == today.year else f"{_day(local)}, {local.year}"
    return _time_tag(at, words, f"{_day(local)}, {local.year}, {_clock(local)} {local.tzname()}")


@register.filter
def span(length: timedelta) -> str:
    """Write how long something lasts, roughly: ``40 s``, ``12 min``, ``3 h``."""
    seconds = int(length.total_seconds())
    if seconds < 90:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 5400 else f"{seconds // 3600} h"


@register.simple_tag
def day(at: datetime | None, zone: str) -> str:
    """Write a day in a zone: ``Nov 22, 2026``."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    return _time_tag(at, f"{_day(local)}, {local.year}")


@register.inclusion_tag("desk/parts/status.html")
def status_badge(status: str) -> dict[str, str]:
    """Show a consent status as icon and word."""
    icon, tone, words = _STATUS_LOOKS[status]
    return {"icon": icon, "tone": tone, "words": words}


@register.inclusion_tag("desk/parts/field.html")
def field(form: Form, name: str, label: str, **look: Any) -> dict[str, Any]:
    """Show a text field: label above, help below, the error beside it.

    ``look`` may hold type, help, autocomplete, inputmode, maxlength, required, autofocus, rows.
    """
    shown = {"type": "text", **look}
    return {"name": name, "label": label, "look": shown, **_state(form, name)}


@register.inclusion_tag("desk/parts/select.html")
def select(
    form: Form, name: str, label: str, choices: list[tuple[str, str]], **look: Any
) -> dict[str, Any]:
    """Show a list to choose one of ``choices`` (value, words) from."""
    return {"name": name, "label": label, "choices": choices, "look": look, **_state(form, name)}


@register.inclusion_tag("desk/parts/check.html")
def check(form: Form, name: str, label: str, value: str = "on", **look: Any) -> dict[str, Any]:
    """Show a box to tick. Boxes of one name each have their own ``value``."""
    state = _state(form, name)
    ticked = value in form.list_of(name)
    ident = f"id_{name}_{value}" if value != "on" else f"id_{name}"
    return {"name": name, "label": label, "value": value, "ticked": ticked, "look": look} | {
        **state,
        "id": ident,
    }


def _state(form: Form, name: str) -> dict[str, Any]:
    return {"value": form.value_of(name), "error": form.error_of(name), "id": f"id_{name}"}


def _time_tag(at: datetime, words: str, title: str = "") -> SafeString:
    machine = at.isoformat(timespec="seconds")
    if title and title != words:
        return format_html('<time datetime="{}" title="{}">{}</time>', machine, title, words)
    return format_html('<time datetime="{}">{}</time>', machine, words)


def _day(local: datetime) -> str:
    return f"{local:%b} {local.day}"


def _clock(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M} {local:%p}"


@register.simple_tag
def status_words(status: str) -> str:
    """Return a consent status in words."""
    return _STATUS_LOOKS[status][2]


@register.simple_tag
def event_words(entry: Entry) -> str:
    """Return what a consent event was, in words."""
    match entry.kind:
        case "revoked":
            how = dict(MEDIA).get(entry.medium, entry.medium).lower()
            unclear = entry.medium == "text"
            return f"Revocation recorded: {'a text that was unclear' if unclear else how}"
        case "number_closed":
            return _CLOSED.get(entry.because, "The number was closed; its consent ended")
        case "parked" if entry.because:
            return f"All texts wait for a person. {entry.because}"
        case "held":
            return f"Automatic texts held: {entry.because}" if entry.because else "Held"
        case "stopped":
            return f"{_how_stopped(entry)}: every consent of the number ended"
        case "started" if not entry.services:
            return f"START was texted; {'a hold ended' if entry.ended else 'it changed nothing'}"
        case "form_issued" | "form_submitted" if entry.medium == "counter":
            return _AT_THE_COUNTER[entry.kind, entry.handed_over]
    return _KINDS.get(entry.kind, entry.kind)


def _how_stopped(entry: Entry) -> str:
    if ":" in entry.message_sid:  # Twilio's 21610, and the text it was said of
        return "The carrier says that the phone has opted out"
    return "A text asked for no more texts" if entry.decided else "STOP was texted"


@register.filter
def masked(sid: str) -> str:
    """Show an identifier of the carrier by its ends only."""
    return f"{sid[:4]}…{sid[-4:]}" if len(sid) > 12 else sid


@register.simple_tag
def audit_line(entry: AuditEntry, name: str) -> str:
    """Write what an audit entry tells; ``name`` is that of the tenant it is about, if in scope."""
    kind, _, ref = entry.subject.partition(":")
    detail = detail_words(entry)
    about: str = f"{kind} {ref}" if ref else ""
    if name:
        about = format_html('<a href="{}">{}</a>', reverse("desk:tenant", args=[ref]), name)
    return format_html(
        '{} <span class="muted small">{}{}{}</span>',
        act_words(entry.act),
        about,
        " · " if about and detail else "",
        detail,
    )
