"""Writing facilities, units, lines and memberships."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from tenantline.audit import actions as audit
from tenantline.facilities import pace, rules
from tenantline.facilities.models import Facility, Line, Membership, Unit
from tenantline.feed import actions as feed
from tenantline.kernel import phone
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.kernel.many import insert
from tenantline.kernel.secrets import vault
from tenantline.staff.models import Role, Staff, Token

_NAME_LENGTH = 80  # it begins every automatic text
# How long the token before still verifies: until the new one has signed, and a little longer for
# calls on their way; at most so long.
OLD_TOKEN_AT_MOST: Final = timedelta(days=14)
OLD_TOKEN_AFTER_NEW: Final = timedelta(hours=1)


def add_facility(
    *, code: str, name: str, timezone: str, by: Actor, now: datetime, **details: Any
) -> Facility:
    """Add a facility. ``details`` are street, city, state, postal_code, phone, email.

    Raises:
        BadInput: the code, name, zone or phone cannot be used.
        Conflict: the code is taken.
    """
    code = rules.checked_code(code)
    if Facility.objects.filter(code__iexact=code).exists():
        raise Conflict(f"There is already a facility with the code {code}.", existing=code)
    facility = Facility(code=code, timezone=rules.checked_zone(timezone), created_at=now)
    _put_details(facility, {"name": name, **details})
    with transaction.atomic():
        facility.save()
        audit.record(
            act="facility.added",
            by=by,
            now=now,
            facility_id=facility.pk,
            subject=f"facility:{facility.pk}",
            code=code,
        )
    return facility


def change_facility(*, facility: Facility, by: Actor, now: datetime, **details: Any) -> Facility:
    """Change a facility's name, address, contact, zone, hours or days of chat after a move-out.

    R6: hours only narrow. R15: the days are changed by ``consent.tenancies.set_chat_days``.
    """
    if "timezone" in details:
        facility.timezone = rules.checked_zone(details["timezone"])
    _put_details(facility, details)
    rules.checked_window(facility.window_opens, facility.window_closes)
    with transaction.atomic():
        facility.save()
        audit.record(
            act="facility.changed",
            by=by,
            now=now,
            facility_id=facility.pk,
            subject=f"facility:{facility.pk}",
            fields=sorted(details),
        )
    return facility


_TEXT_FIELDS = {"street": 120, "city": 80, "state": 40, "postal_code": 12, "email": 254}
_OTHER_FIELDS: dict[str, type] = {
    "window_opens": time,
    "window_closes": time,
    "texts_on_sunday": bool,
}


_CHAT_DAYS = "chat_days_after_move_out"
_FIELDS = {"name", "phone", "timezone", _CHAT_DAYS, *_TEXT_FIELDS, *_OTHER_FIELDS}


def _put_details(facility: Facility, details: dict[str, Any]) -> None:
    for unknown in details.keys() - _FIELDS:
        raise BadInput(f"A facility has no {unknown[:40]}.", field=unknown[:40])
    if "name" in details:
        facility.name = _plain(details["name"])
        if not 1 <= len(facility.name) <= _NAME_LENGTH:
            raise BadInput("A facility needs a name of at most 80 characters.", field="name")
    if "phone" in details:
        facility.phone = phone.parse(details["phone"]) if details["phone"] else ""
    if details.get("email"):
        rules.checked_email(str(details["email"]))
    if _CHAT_DAYS in details:
        facility.chat_days_after_move_out = rules.checked_chat_days(details[_CHAT_DAYS])
    for name in details.keys() & _TEXT_FIELDS.keys():
        setattr(facility, name, _of_length(details[name], _TEXT_FIELDS[name], name))
    for name in details.keys() & _OTHER_FIELDS.keys():
        setattr(facility, name, _of_kind(details[name], _OTHER_FIELDS[name], name))


def _plain(value: Any) -> str:
    return " ".join(str(value or "").replace("\x00", "").split())


def _of_length(value: Any, limit: int, name: str) -> str:
    text = _plain(value)
    if len(text) > limit:
        raise BadInput(f"The {name} is longer than {limit} characters.", field=name)
    return text


def _of_kind(value: Any, kind: type, name: str) -> Any:
    if not isinstance(value, kind) or getattr(value, "tzinfo", None) is not None:
        raise BadInput(f"That is no {name.replace('_', ' ')}.", field=name)
    return value


def unit_named(*, facility: Facility, name: str) -> Unit:
    """Return the facility's unit of this name, adding it where it is new."""
    name = _plain(name)
    if not 1 <= len(name) <= 40:
        raise BadInput("A unit needs a name of at most 40 characters.", field="unit")
    unit, _ = Unit.objects.get_or_create(facility=facility, name=name)
    return unit


def units_named(*, facility: Facility, names: Iterable[str]) -> dict[str, int]:
    """Return the ids of the facility's units of these names, adding new ones, in one go."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if not 1 <= len(name) <= 40 or name != " ".join(name.split()):
            raise BadInput("A unit needs a name of at most 40 characters.", field="unit")
    rows = Unit.objects.filter(facility=facility, name__in=wanted).values_list("name", "pk")
    found = dict(rows)
    new = [name for name in wanted if name not in found]
    if not new:
        return found
    try:
        with transaction.atomic():
            ids = insert(Unit, ("facility_id", "name"), [(facility.pk, name) for name in new])
            return found | dict(zip(new, ids, strict=True))
    except IntegrityError:  # somebody added one of them meanwhile
        units = [Unit(facility=facility, name=name) for name in new]
        Unit.objects.bulk_create(units, ignore_conflicts=True)
        return dict(rows.all())


@dataclass(frozen=True)
class LineDetails:
    """What is known of a line when it is connected. ``auth_token`` is sealed before it is kept."""

    number: str
    carrier: str
    account_sid: str
    auth_token: str = field(repr=False)
    messaging_service_sid: str = ""
    number_sid: str = ""
    previous_addresses: dict[str, Any] = field(default_factory=dict)


def connect_line(*, facility: Facility, details: LineDetails, by: Actor, now: datetime) -> Line:
    """Make this number the facility's sending line; the one before is still heard.

    Connecting the same number again refreshes its credentials; what was found before us stays
    as it was first seen.

    Raises:
        Conflict: the number belongs to another facility.
    """
    with transaction.atomic():
        line = Line.objects.select_for_update().filter(number=details.number).first()
        if line is not None and line.facility_id != facility.pk:
            raise Conflict(
                f"{phone.national(phone.Number(details.number))} is already connected to another "
                "facility; a line belongs to exactly one."
            )
        if line is None:
            usual = pace.usual(details.number)
            line = Line(number=details.number, facility=facility, segments_per_second=usual)
        Line.objects.filter(facility=facility, sending=True).exclude(pk=line.pk).update(
            sending=False
        )
        _put_credentials(line, details, now)
        if line.pk is None or line.disconnected_at is not None:
            # Connected anew with another token it stays the line it was: what came is still ours.
            line.connected_at = now
        line.disconnected_at = None
        line.sending = True
        if line.paused_at is not None:
            line.paused_at, line.paused_reason, line.resumed_at = None, "", now
        line.save()
        _tell_line("line.connected", line, by, now)
        _share_token(line, details, by, now)
    return line


def _share_token(line: Line, details: LineDetails, by: Actor, now: datetime) -> None:
    """Give a changed token to the other lines of its account too: theirs ends with it."""
    others = Line.objects.select_for_update().filter(
        account_sid=line.account_sid, carrier=line.carrier
    )
    for other in others.exclude(pk=line.pk):
        if vault().open(other.auth_token_sealed) != details.auth_token:
            _put_token(other, details, now)
            other.save()
            _tell_line("line.token_changed", other, by, now)


def _put_credentials(line: Line, details: LineDetails, now: datetime) -> None:
    _put_token(line, details, now)
    line.carrier = details.carrier
    line.account_sid = details.account_sid
    line.messaging_service_sid = details.messaging_service_sid
    line.number_sid = details.number_sid
    # What was found first counts: the second time it may be our own address.
    line.previous_addresses = {**details.previous_addresses, **line.previous_addresses}


def _put_token(line: Line, details: LineDetails, now: datetime) -> None:
    """Take a line's token; the one before goes on verifying what the same account signs."""
    if line.auth_token_sealed:
        old = vault().open(line.auth_token_sealed)
        if old == details.auth_token:
            return
        same_account = line.account_sid == details.account_sid
        line.previous_token_sealed = line.auth_token_sealed if same_account else ""
        line.previous_token_until = now + OLD_TOKEN_AT_MOST if same_account else None
    line.auth_token_sealed = vault().seal(details.auth_token)


def retire_old_tokens(*, account_sid: str, now: datetime) -> int:
    """Let the tokens before end soon: Twilio signs with the new one now. Returns of how many."""
    soon = now + OLD_TOKEN_AFTER_NEW
    lines = Line.objects.filter(account_sid=account_sid, previous_token_until__gt=soon)
    return lines.update(previous_token_until=soon)


def disconnect_line(*, line: Line, by: Actor, now: datetime, put_back: bool = False) -> None:
    """Stop sending by a line. Its credentials stay: a STOP to it is still verified.

    ``put_back``: the addresses found before us stand at the carrier again, so they are forgotten.
    """
    with transaction.atomic():
        line.sending, line.disconnected_at = False, line.disconnected_at or now
        line.previous_addresses = {} if put_back else line.previous_addresses
        line.save(update_fields=["sending", "disconnected_at", "previous_addresses"])
        _tell_line("line.disconnected", line, by, now)


def pause_line(*, line: Line, reason: str, by: Actor, now: datetime) -> None:
    """Let nothing leave by a line until somebody resumes it."""
    with transaction.atomic():
        line.paused_at, line.paused_reason = now, reason[:300]
        line.save(update_fields=["paused_at", "paused_reason"])
        _tell_line("line.paused", line, by, now)


def resume_line(*, line: Line, by: Actor, now: datetime) -> None:
    """Let texts leave by a paused line again."""
    with transaction.atomic():
        line.paused_at, line.paused_reason, line.resumed_at = None, "", now
        line.save(update_fields=["paused_at", "paused_reason", "resumed_at"])
        _tell_line("line.resumed", line, by, now)


def answer_help(*, line: Line, answers: bool, by: Actor, now: datetime) -> None:
    """R16: say whether we answer HELP that comes to a line, where its carrier does not."""
    if line.answers_help == answers:
        return
    with transaction.atomic():
        line.answers_help = answers
        line.save(update_fields=["answers_help"])
        _tell_line("line.help_answered" if answers else "line.help_left", line, by, now)


def _tell_line(act: str, line: Line, by: Actor, now: datetime) -> None:
    audit.record(
        act=act,
        by=by,
        now=now,
        facility_id=line.facility_id,
        subject=f"line:{line.pk}",
        number=line.number,
    )
    feed.tell(facility_id=line.facility_id, topic="line", ref=line.pk, now=now)


def grant(
    *, member: Staff | Token, facilities: Sequence[Facility], by: Actor, now: datetime
) -> None:
    """R10: say where a person or token works, in place of what was said before.

    Raises:
        BadInput: no facility is named; only an owner may be named at none (and has all).
    """
    if not facilities and member.role != Role.OWNER:
        raise BadInput("Name at least one facility.", field="facility")
    kind = "staff" if isinstance(member, Staff) else "token"
    with transaction.atomic():
        Membership.objects.filter(**{kind: member}).delete()
        Membership.objects.bulk_create(
            Membership(facility=facility, **{kind: member}) for facility in facilities
        )
        audit.record(
            act=f"{kind}.granted",
            by=by,
            now=now,
            subject=f"{kind}:{member.pk}",
            facilities=[facility.code for facility in facilities],
        )
