"""Whom a run is for: tenants ticked in the list, all who match what it was narrowed to, or all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Q

from tenantline.consent import queries as consent
from tenantline.desk.choices import HELD, STATUSES
from tenantline.kernel.digits import whole_number
from tenantline.runs.actions import MOST_CHOSEN
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

    from tenantline.desk.access import Desk
    from tenantline.facilities.models import Facility
    from tenantline.tenants.models import Tenant

_MOST_TICKED: Final = 1_000  # as many fields as a form may have; a page of the list shows fifty
_STATUS_WORDS: Final = {**dict(STATUSES), HELD: "Held: needs a look"}


@dataclass(frozen=True)
class Chosen:
    """Tenants who were chosen; without any choice a run is for everybody at its facility.

    ``ticked`` are ids and names. ``counts`` say at which facility how many match, by its code.
    """

    ticked: dict[int, str] = field(default_factory=dict)
    some: bool = False
    match: bool = False
    words: str = ""
    status: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return how many match."""
        return sum(self.counts.values())

    @property
    def said(self) -> str:
        """Return what the list was narrowed to, in words; empty where it was not."""
        asked = [f"“{self.words}”"] if self.words else []
        asked += [_STATUS_WORDS.get(self.status, self.status)] if self.status else []
        return ", ".join(asked)


def read(desk: Desk, asked: QueryDict) -> Chosen:
    """Read a choice from an address or a form. Only tenants in scope are ever chosen (R10)."""
    words, status = asked.get("q", "").strip()[:200], asked.get("status", "")[:40]
    if asked.get("match"):
        counts = _counts(desk, words, status)
        return Chosen(some=True, match=True, words=words, status=status, counts=counts)
    said = asked.getlist("tenant")
    numbers = [pk for words in said if (pk := whole_number(words)) is not None]
    wanted = numbers[:_MOST_TICKED]
    found = tenants.listing(scope=desk.scope).filter(pk__in=wanted) if wanted else ()
    return Chosen(ticked={row.pk: row.name for row in found}, some=bool(said))


def ids(desk: Desk, chosen: Chosen, site: Facility) -> list[int] | None:
    """Return the tenants of a choice at a facility, None for everybody there.

    One more than a run may hold is enough to have it refused.
    """
    if not chosen.some:
        return None
    if not chosen.match:
        return list(chosen.ticked)
    rows = matching(desk, chosen.words, chosen.status).filter(facility=site).order_by("pk")
    return list(rows.values_list("pk", flat=True)[: MOST_CHOSEN + 1])


def matching(desk: Desk, words: str, status: str) -> QuerySet[Tenant]:
    """Return the tenants whom these words and this status find at this desk, by name."""
    rows = consent.with_status(tenants.listing(scope=desk.view, search=words), desk.now)
    if status == HELD:
        return rows.filter(Q(consent_held=True))
    if status:
        return rows.filter(Q(consent_status=status))
    return rows


def _counts(desk: Desk, words: str, status: str) -> dict[str, int]:
    rows = matching(desk, words, status).order_by().values_list("facility__code")
    return dict(rows.annotate(n=Count("pk")).order_by("facility__code"))
