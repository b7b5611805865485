"""Wrong person: somebody else may have a number by now, so every text to it waits.

A text says so ("wrong number", "who is this?"), the carrier does (30005, 30006), or the number is
known to be deactivated. All purposes are parked, chat too, for everyone who holds the number at
any facility. Each tenant's staff say for that tenant whether the number is still theirs
(``consent.unclear`` asks); START from the phone answers as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tenantline.consent import ledger, rules
from tenantline.consent.ledger import Evidence
from tenantline.consent.models import Standing
from tenantline.consent.projection import refresh
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import NumberPeriod


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What makes us doubt whose phone it is.

    ``why`` is one sentence for staff. ``source`` is a MessageSid, or the carrier's code and the
    SID it came for. ``words`` of a text are those that decided, ``pattern`` what they were
    recognised as, ``text`` is all of it. ``until``: it happened before this instant, so whoever
    has shown since that the number is theirs is not concerned.
    """

    why: str
    source: str
    words: str = ""
    pattern: str = ""
    text: str = ""
    until: datetime | None = None


def agreed_numbers() -> dict[str, datetime]:
    """Return the numbers that somebody with active consent holds, and since when the oldest has."""
    rows = Standing.objects.filter(status="opted_in", parked=False, period__ended_at=None)
    pairs = rows.order_by("-since").values_list("period__number", "since")
    return {number: since for number, since in pairs if since is not None}


def park(*, number: str, sign: Sign, at: datetime, now: datetime) -> int:
    """Park a number for all who hold it, anywhere, until a person has looked.

    Returns for how many. Where it is parked already, only another text is news.
    """
    parked = 0
    with transaction.atomic():
        ledger.lock()
        for period in tenants.holders(number):
            if not _is_news(sign, period):
                continue
            ledger.append(
                kind="parked",
                at=at,
                evidence=Evidence(number=number, text=sign.text),
                period=period,
                body={
                    "why": sign.why,
                    "source": sign.source,
                    "words": sign.words,
                    "pattern": sign.pattern,
                },
            )
            refresh(period.tenant, now=now)
            parked += 1
    return parked


def _is_news(sign: Sign, period: NumberPeriod) -> bool:
    """Tell whether a sign gives a reason to park that was not there, or was not answered since."""
    if sign.text:
        return True
    facts = ledger.facts_of(period)
    if rules.fold(facts).parked:
        return False
    if sign.until is None:
        return True
    until = sign.until
    return all(fact.at < until for fact in facts if fact.kind in ("started", "park_ended"))
