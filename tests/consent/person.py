"""What the record of the small town (``world``) knows of one tenant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tenantline.facilities.models import Line
from tenantline.kernel.phone import Number
from tenantline.tenants.models import Tenant
from tests.consent.naive import Act


@dataclass
class Person:
    """What the record knows of one tenant. ``left`` is when texts left to the current number."""

    row: Tenant
    number: Number | None
    history: list[Act] = field(default_factory=list)
    link: str = ""
    link_until: datetime | None = None
    moved_out: datetime | None = None
    leaves: datetime | None = None
    left: list[datetime] = field(default_factory=list)


def has_line(person: Person) -> bool:
    """Tell whether the tenant's facility has a line."""
    return Line.objects.filter(facility=person.row.facility, sending=True).exists()
