"""Who everybody in the measured installation is, and in what the others differ from the example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Self

from tenantline.bench.twins import Noticed, Twin
from tenantline.consent.forms import digest
from tenantline.kernel import phone
from tenantline.kernel.phone import Number
from tenantline.outbox import wordings

if TYPE_CHECKING:
    from tenantline.facilities.models import Line
    from tenantline.tenants.models import Tenant


@dataclass(frozen=True)
class Site:
    """What the nth facility and its line are called."""

    code: str
    name: str
    line: Number

    @classmethod
    def nth(cls, nth: int) -> Self:
        """Return the names of the nth, from 0."""
        return cls(f"F{nth:03}", f"Bench {nth:03}", Number(f"+1512555{1000 + nth}"))


@dataclass(frozen=True)
class Person:
    """What the nth tenant is called, in words that occur nowhere else."""

    name: str
    unit: str
    email: str
    number: Number

    @classmethod
    def nth(cls, nth: int) -> Self:
        """Return the names of the nth, from 0."""
        number = Number(f"+1737556{nth:04}")
        return cls(f"Tenant {nth:04}", f"U{nth:04}", f"t{nth:04}@example.com", number)


@dataclass(frozen=True)
class OptIn:
    """A tenant's way in: where, who, by what START and by what link to the form."""

    nth: int
    line: Line
    message_sid: str
    token: str

    def words(self) -> list[str]:
        """Return all that is told of it in words, in an order that is always the same."""
        where, who = Site.nth(self.nth), Person.nth(self.nth)
        folded = [who.name.lower(), who.unit.lower()]  # as tenants are searched for
        line = [where.line, phone.national(where.line), where.name]
        return [*line, *astuple(who), *folded, self.message_sid, self.token, digest(self.token)]


def sites(example: int, others: Sequence[int]) -> list[Twin]:
    """Return twins of the example's facility and line."""
    said = astuple(Site.nth(example))
    return [Twin({}, dict(zip(said, astuple(Site.nth(nth)), strict=True))) for nth in others]


def people(example: OptIn, others: Sequence[OptIn]) -> list[Twin]:
    """Return twins of the example's tenant, at facilities and lines that there are."""
    said = example.words()
    twins = []
    for other in others:
        place = {
            ("facilities.facility", example.line.facility_id): other.line.facility_id,
            ("facilities.line", example.line.pk): other.line.pk,
        }
        twins.append(Twin(dict(place), dict(zip(said, other.words(), strict=True))))
    return twins


def texts(example: Noticed, wanted: Sequence[tuple[Tenant, str]]) -> list[Twin]:
    """Return twins of the example's text, to these tenants in these words.

    They have been texted before, if only the answer to START: what their newest clearance rests
    on, the new one rests on too.
    """
    given, text = example.one("consent.clearance"), example.one("outbox.text")
    message = example.one("conversations.message")
    newest = {row.tenant_id: row for row in type(given).objects.order_by("pk")}
    threads = type(message.conversation).objects.values_list("facility_id", "number", "pk")
    thread_of = {(facility_id, number): pk for facility_id, number, pk in threads}
    twins = []
    for who, body in wanted:
        own = newest[who.pk]
        wording = wordings.of(body, names=[who.name, own.number])
        ids = {
            ("tenants.tenant", given.tenant_id): who.pk,
            ("tenants.numberperiod", given.period_id): own.period_id,
            ("facilities.facility", given.facility_id): own.facility_id,
            ("consent.ledgerevent", given.event_id): own.event_id,
            ("conversations.conversation", message.conversation_id): thread_of[
                own.facility_id, own.number
            ],
        }
        said = [given.number, text.body, text.wording, text.wording_key]
        words = [own.number, body, wording.stored(), wording.key]
        twins.append(Twin(dict(ids), dict(zip(said, words, strict=True))))
    return twins
