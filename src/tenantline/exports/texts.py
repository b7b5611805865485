"""Texts as a file: everything that came to or left facilities' lines between two days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q

from tenantline.conversations import queries as conversations
from tenantline.conversations.models import Message
from tenantline.exports.sheet import moment, written
from tenantline.exports.slices import by_time
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import Scope
from tenantline.kernel import phone
from tenantline.kernel.errors import BadInput
from tenantline.outbox.models import State, Text

_HEADER: Final = (
    *("id", "facility", "time", "direction", "from", "to", "tenant", "tenant id", "purpose"),
    *("status", "sent by", "text", "pictures", "segments", "sent at", "delivered at"),
    *("error code", "error", "withheld because"),
)
_EARLIEST, _LATEST = date(1990, 1, 1), date(2199, 12, 31)


def texts(
    *, scope: Scope, facilities: Sequence[Facility], first: date, last: date
) -> Iterator[bytes]:
    """Return a file of these facilities' texts from the first day to the last, both included.

    A day is one at each facility: from midnight to midnight in its zone.

    Raises:
        BadInput: the last day comes before the first, or a day is not of our time.
    """
    for day, field in ((first, "from"), (last, "to")):
        if not _EARLIEST <= day <= _LATEST:
            raise BadInput("There can be no texts of that day.", field=field)
    if last < first:
        raise BadInput("The last day comes before the first.", field="to")
    spans = [(site.pk, *_span(site, first, last)) for site in facilities]
    rows = conversations.at_facilities(scope=scope)
    at_sites = Q(pk__in=[])
    for site, begins, ends in spans:
        at_sites |= Q(conversation__facility_id=site, at__gte=begins, at__lt=ends)
    if spans:  # for the index on time, which cannot look into the parts
        begins, ends = min(span[1] for span in spans), max(span[2] for span in spans)
        rows = rows.filter(at__gte=begins, at__lt=ends)
    slices = by_time(rows.filter(at_sites))
    return written(_HEADER, ([_row(message) for message in found] for found in slices))


def _span(site: Facility, first: date, last: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(site.timezone)
    begins = datetime.combine(first, time.min, zone)
    ends = datetime.combine(last + timedelta(days=1), time.min, zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def _row(message: Message) -> list[str]:
    site = message.conversation.facility
    holders = sorted(message.tenants.all(), key=lambda tenant: tenant.pk)
    number = phone.national(phone.Number(message.conversation.number))
    ours = _our_number(message)
    out = message.direction == "out"
    return [
        str(message.pk),
        site.code,
        moment(message.at, site.timezone),
        message.direction,
        ours if out else number,
        number if out else ours,
        "; ".join(tenant.name for tenant in holders),
        "; ".join(str(tenant.pk) for tenant in holders),
        *_course(message, message.text, site.timezone),
    ]


def _our_number(message: Message) -> str:
    line = message.text.line if message.text else None
    number = message.call.recipient if message.call else line.number if line else ""
    return phone.national(phone.Number(number)) if number else ""


def _course(message: Message, text: Text | None, zone: str) -> list[str]:
    """Return the cells from purpose on."""
    said = [message.body, str(len(message.media))]
    if text is None:
        return ["chat", "Received", "", *said, "", "", "", "", "", ""]
    return [
        text.clearance.purpose,
        State(text.state).label,
        text.author_name,
        *said,
        str(text.segments),
        moment(text.sent_at, zone),
        moment(text.delivered_at, zone),
        text.error_code,
        text.error_words,
        text.reason if text.state == State.WITHHELD else "",
    ]
