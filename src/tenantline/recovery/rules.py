"""R7, after a restore: what a backup cannot know, and what may leave meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tenantline.kernel.errors import BadInput

READ_BACK_WITHIN: Final = timedelta(minutes=15)  # after which an owner may go on without a line


@dataclass(frozen=True, slots=True)
class Unknowable:
    """Something that may have happened since the backup and that nothing can read back.

    ``act`` says what the owner does about it before confirming.
    """

    key: str
    what: str
    act: str


UNKNOWABLE: Final = (
    Unknowable(
        "revocations",
        "Revocations that staff were told of by phone, by e-mail, by letter or at the counter",
        "Record each of them again on the tenant's page. Ask everybody who works at a facility.",
    ),
    Unknowable(
        "forms",
        "Opt-in forms that tenants submitted, and “This is not my number”",
        "Nobody may be texted on a form that is lost: issue a new one to each of these tenants.",
    ),
    Unknowable(
        "numbers",
        "Changed mobile numbers, and numbers that were passed on to somebody else",
        "Change them again, so that nothing goes to a number that is no longer the tenant's.",
    ),
    Unknowable(
        "tenancies",
        "Tenants who moved in or out, and tenants who were added or imported",
        "Record the moves again; import the tenants again.",
    ),
    Unknowable(
        "access",
        "Staff who left, roles and passwords that were changed, API tokens that were revoked",
        "Deactivate and revoke again. Everybody has to sign in anew after a restore.",
    ),
    Unknowable(
        "lines",
        "Lines that were connected, replaced or paused, and texting hours that were narrowed",
        "Connect, pause and narrow again; what came in on a line we do not know is not read back.",
    ),
)


def checked_confirmation(ticked: Collection[str]) -> list[str]:
    """Return the keys that were confirmed, or raise ``BadInput`` where one is missing."""
    missing = [item for item in UNKNOWABLE if item.key not in ticked]
    if missing:
        left = "one" if len(missing) == 1 else str(len(missing))
        raise BadInput(
            f"Go through the whole list first: {left} of {len(UNKNOWABLE)} not ticked yet. "
            "Automatic texts stay held until then.",
            field=missing[0].key,
        )
    return [item.key for item in UNKNOWABLE]


def unread_lines(
    line_ids: Collection[int],
    readings: Mapping[int, datetime],
    *,
    since: datetime,
    left_out: Collection[int],
) -> list[int]:
    """R7: return the lines whose inbound list has not been read to its end since the restore.

    ``readings`` are the beginnings of the last complete readings by line.
    """
    return [
        line_id
        for line_id in line_ids
        if line_id not in left_out and (line_id not in readings or readings[line_id] < since)
    ]
