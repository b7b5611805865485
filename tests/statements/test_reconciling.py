"""Statements reconcile to the cent, whatever was recorded and reversed in whatever order."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenantline.billing import actions as billing
from tenantline.billing.actions import NewEntry
from tenantline.billing.models import Entry
from tenantline.kernel import clock
from tenantline.statements import content, gathering, phrases
from tests import cast
from tests.statements.sample import statement

MONTHS = ["2026-01", "2026-02", "2026-03", "2026-04"]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_what_one_month_closes_with_the_next_one_opens_with(seed):
    who, chance = cast.tenant(cast.site()), random.Random(seed)
    total = record_at_random(who, chance)
    opening = 0
    for period in MONTHS:
        [account] = gathering.accounts([who], period=period, now=clock.now())
        said = gathering.made(account, period=period, number=1, now=clock.now())
        assert said.opening_cents == opening
        effects = sum(line.effect_cents for line in said.lines)
        assert said.opening_cents + effects == said.closing_cents
        assert all(said.first <= line.day <= said.last for line in said.lines)
        opening = said.closing_cents
    assert opening == total


def record_at_random(who, chance) -> int:
    known: list[Entry] = []
    total = 0
    for _ in range(30):
        day = date(2026, 1, 1) + timedelta(days=chance.randrange(120))
        if known and chance.random() < 0.3:
            undone = known.pop(chance.randrange(len(known)))
            new = NewEntry(kind="reversal", reverses=undone.pk, day=day)
        else:
            kind = chance.choice(["charge", "payment", "credit"])
            new = NewEntry(kind=kind, amount_cents=chance.randrange(1, 10**7), day=day)
        entry = billing.record(tenant=who, new=new, by=cast.TESTER, now=clock.now()).entry
        known += [entry] if entry.kind != "reversal" else []
        total += entry.effect_cents
    return total


@settings(max_examples=60)
@given(st.integers(-(10**12), 10**12), st.lists(st.integers(-(10**9), 10**9), max_size=20))
def test_what_is_printed_adds_up_to_the_cent(opening, effects):
    base = statement().lines[0]
    lines = tuple(
        content.Line(base.day, "charge" if cents > 0 else "credit", "", cents) for cents in effects
    )
    closing = opening + sum(effects)
    said = statement(opening_cents=opening, lines=lines, closing_cents=closing)
    shown = printed_cents(said)
    assert shown[0] + shown[1] + shown[2] == shown[3]


def printed_cents(said):
    return [to_cents(amount) for _, amount in phrases.of(said)["summary"]]


def to_cents(words: str) -> int:
    digits = words.translate(str.maketrans("", "", "$,.\N{MINUS SIGN}"))
    return -int(digits) if words.startswith("\N{MINUS SIGN}") else int(digits)
