"""What a file says of rented units, held against the rentals on record. Pure.

A file never takes a recorded end of a rental back: whoever recorded it knew more than a list that
may be older. A rental begins anew only where the file's move-in lies after that end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tenantline.imports.rows import Stay
from tenantline.tenants.bulk import NewRental

if TYPE_CHECKING:
    from tenantline.tenants.models import Rental


@dataclass
class Rented:
    """What has to be recorded: rentals that are new, units whose rental ends and when.

    An ending without a unit (empty) ends all of the tenant's rentals.
    """

    new: list[NewRental] = field(default_factory=list)
    endings: list[tuple[str, datetime]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def compared(
    stays: Iterable[Stay], on_record: Sequence[Rental], *, zone: ZoneInfo, now: datetime
) -> Rented:
    """Return what the file's stays change of the rentals on record. Days begin at midnight."""
    rented = Rented()
    for stay in stays:
        since, until = _instant(stay.since, zone), _instant(stay.until, zone)
        if stay.unit:
            same = [r for r in on_record if r.unit is not None and r.unit.name == stay.unit]
            _unit(rented, stay.unit, same, since, until, now)
        elif until is not None:
            _tenancy(rented, on_record, since, until, now)
    return rented


def _unit(
    rented: Rented,
    unit: str,
    same: Sequence[Rental],
    since: datetime | None,
    until: datetime | None,
    now: datetime,
) -> None:
    running = [r for r in same if r.ended_at is None or r.ended_at > now]
    if running:
        if until is not None and all(r.ended_at != until for r in running):
            rented.endings.append((unit, until))
        return
    last = max((r.ended_at for r in same if r.ended_at is not None), default=None)
    if last is None or (since is not None and since >= last):
        rented.new.append(NewRental(unit, _begin(since, until, now), until))
    elif until is None:
        rented.remarks.append(
            f"unit {unit} stays moved out, as recorded here for {last.date().isoformat()}"
        )


def _tenancy(
    rented: Rented,
    on_record: Sequence[Rental],
    since: datetime | None,
    until: datetime,
    now: datetime,
) -> None:
    running = [r for r in on_record if r.ended_at is None or r.ended_at > now]
    if running and any(r.ended_at != until for r in running):
        rented.endings.append(("", until))
    elif not on_record:
        rented.new.append(NewRental("", _begin(since, until, now), until))


def _begin(since: datetime | None, until: datetime | None, now: datetime) -> datetime:
    if since is not None:
        return since
    return min(now, until) if until is not None else now


@lru_cache(maxsize=4096)
def _instant(day: date | None, zone: ZoneInfo) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
