"""The statement page's door: a link, then surname and unit, then the statement (R13).

Nothing is shown before both answers are right. Looking changes nothing; five wrong answers lock
the link until staff send a new one. Limits count by link, not by address: whoever guesses can
change addresses, and a whole family may share one.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from tenantline.consent import erasure
from tenantline.feed import actions as feed
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import NotFound
from tenantline.kernel.phone import Number
from tenantline.kernel.secrets import vault
from tenantline.statements import content, rules
from tenantline.statements.content import Content
from tenantline.statements.issuing import digest
from tenantline.statements.models import Link
from tenantline.statements.rules import Dead

_LONGEST_ANSWER = 200
_PURPOSE = "statement-visit"


class LinkDead(NotFound):
    """The link is known and opens nothing; ``why`` says what to tell the person.

    The page may name the facility, which the text named too, and nothing else.
    """

    code = "link_dead"

    def __init__(self, why: Dead, link: Link) -> None:
        super().__init__("This link no longer works; ask the office for a new one.")
        self.why = why
        self.facility = link.statement.facility
        self.language = link.statement.tenant.language


@dataclass(frozen=True, slots=True)
class Door:
    """A link that works: what its page may show before anything was answered."""

    link: Link
    language: str

    @property
    def tries_left(self) -> int:
        """Return how many wrong answers it still takes."""
        return rules.MOST_WRONG - self.link.wrong


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer led to: ``visit`` opens the statement for a while, None: it was wrong.

    ``missing``: one of the two was left empty, which counts as no answer.
    """

    door: Door
    visit: str | None
    missing: bool = False


def knock(token: str, *, now: datetime) -> Door:
    """Return the door behind a link. Changes nothing.

    Raises:
        NotFound: there is no such link.
        LinkDead: it expired, was replaced or locked, or its number has changed.
    """
    return _door(_by_token(token), now)


def answer(*, token: str, surname: str, unit: str, now: datetime) -> Answered:
    """Judge surname and unit. A right answer counts as opened; the fifth wrong one locks.

    Raises:
        NotFound, LinkDead: as ``knock``; LinkDead also for the wrong answer that locks it.
    """
    with transaction.atomic():
        door = _door(_by_token(token, lock=True), now)
        if not rules.is_answered(surname=surname, unit=unit):
            return Answered(door, None, missing=True)
        said = content.from_json(door.link.statement.content)
        right = rules.may_open(
            name=said.tenant.name,
            units=said.units,
            surname=surname[:_LONGEST_ANSWER],
            unit=unit[:_LONGEST_ANSWER],
        )
        if right:
            _opened(door.link, now)
            return Answered(door, _visit(door.link, now))
        locked = _count_wrong(door.link, now)
    if locked:
        raise LinkDead("locked", door.link)
    return Answered(_door(_by_token(token), now), None)


def inside(token: str, *, visit: str, now: datetime) -> Content | None:
    """Return the statement for whoever answered rightly a while ago; None: ask. Changes nothing.

    Raises:
        NotFound, LinkDead: as ``knock``; an open visit ends with its link.
    """
    door = _door(_by_token(token), now)
    if not _is_visit(door.link, visit, now):
        return None
    return content.from_json(door.link.statement.content)


def _by_token(token: str, *, lock: bool = False) -> Link:
    rows = Link.objects.select_related("period", "statement__facility", "statement__tenant")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(digest=digest(token[:_LONGEST_ANSWER])).first()
    if found is None:
        raise NotFound("There is no such link.")
    return found


def _door(link: Link, now: datetime) -> Door:
    why = _why_dead(link, now)
    if why is not None:
        raise LinkDead(why, link)
    return Door(link, link.statement.tenant.language)


def _why_dead(link: Link, now: datetime) -> Dead | None:
    if link.dead_at is not None:
        return "newer"
    if link.period.ended_at is not None:
        return "number_changed"
    if erasure.erased_since(number=Number(link.period.number), since=link.issued_at):
        return "erased"
    if link.locked_at is not None:
        return "locked"
    return "expired" if now >= link.expires_at else None


def _opened(link: Link, now: datetime) -> None:
    Link.objects.filter(pk=link.pk).update(
        opened_at=link.opened_at or now,
        last_opened_at=now,
        opened_times=F("opened_times") + 1,
    )
    _tell(link, now)


def _count_wrong(link: Link, now: datetime) -> bool:
    """Count a wrong answer under the link's lock; return whether it was one too many."""
    locked = link.wrong + 1 >= rules.MOST_WRONG
    link.wrong += 1
    link.locked_at = now if locked else None
    link.save(update_fields=["wrong", "locked_at"])
    if locked:
        _tell(link, now)
    return locked


def _tell(link: Link, now: datetime) -> None:
    statement = link.statement
    feed.tell(facility_id=statement.facility_id, topic="tenant", ref=statement.tenant_id, now=now)


def _visit(link: Link, now: datetime) -> str:
    until = int((now + rules.VISIT_LASTS).timestamp())
    return f"{until}.{vault().mac(_PURPOSE, _signed(link, until)).hex()}"


def _is_visit(link: Link, visit: str, now: datetime) -> bool:
    lasts, _, mac = visit.partition(".")
    until = whole_number(lasts, most=11)
    if until is None or now.timestamp() >= until:
        return False
    given = mac.encode()
    macs = vault().macs(_PURPOSE, _signed(link, until))
    return any(hmac.compare_digest(given, one.hex().encode()) for one in macs)


def _signed(link: Link, until: int) -> bytes:
    return f"{link.pk}:{link.digest}:{until}".encode()
