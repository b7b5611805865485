"""A run's statements add up to the ledger, to the cent, whatever stands in the accounts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenantline.billing import actions as billing
from tenantline.billing.actions import NewEntry
from tenantline.kernel import clock
from tenantline.runs import queries
from tenantline.statements.models import Statement
from tenantline.statements.queries import content_of
from tests import cast
from tests.runs.batches import issued, statements

pytestmark = pytest.mark.django_db
# What happened, how much of it, how many days ago; "undo" reverses the entry of that place.
moves = st.tuples(
    st.sampled_from(["charge", "payment", "credit", "undo"]),
    st.integers(1, 10**7),
    st.integers(0, 80),
)
accounts = st.lists(st.lists(moves, max_size=5), min_size=1, max_size=4)


def carried_out(tenant, steps) -> int:
    """Record an account; return its balance as somebody with pencil and paper has it."""
    today, paper = clock.now().date() - timedelta(days=1), 0
    standing: list[int] = []
    for kind, cents, ago in steps:
        day = max(today - timedelta(days=ago), date(today.year - 1, 1, 1))
        if kind != "undo":
            new = NewEntry(kind=kind, amount_cents=cents, day=day)
        elif standing:
            new = NewEntry(kind="reversal", reverses=standing.pop(cents % len(standing)), day=day)
        else:
            continue
        entry = billing.record(tenant=tenant, new=new, by=cast.TESTER, now=clock.now()).entry
        standing += [entry.pk] if kind != "undo" else []
        paper += entry.effect_cents
    return paper


@settings(max_examples=12, deadline=None)
@given(accounts)
def test_what_a_run_has_issued_is_what_the_ledger_says(several):
    site = cast.facility(cast.mobile()[-8:])
    balances = {}
    for steps in several:
        who = cast.tenant(site)
        balances[who.pk] = carried_out(who, steps)
    run = issued(statements(site, method="print"))
    found = {one.tenant_id: one for one in Statement.objects.filter(facility=site)}
    assert sum(one.closing_cents for one in found.values()) == sum(balances.values())
    for pk, one in found.items():
        said = content_of(one)
        effects = sum(line.effect_cents for line in said.lines)
        assert said.opening_cents + effects == said.closing_cents == balances[pk]
    assert all(balances[pk] == 0 for pk in balances.keys() - found.keys())
    counted = queries.figures(run)
    assert (counted.total, counted.states.get("issued", 0)) == (len(balances), len(found))
