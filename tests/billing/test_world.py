"""Totals reconcile to the cent, in whatever order entries and reversals come."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenantline.billing import actions, queries
from tenantline.billing.actions import NewEntry
from tenantline.billing.models import Entry
from tenantline.kernel import clock
from tenantline.kernel.errors import Refused
from tenantline.tenants.models import Tenant
from tests import cast

pytestmark = pytest.mark.django_db
SIGNS = {"charge": 1, "payment": -1, "credit": -1}
moves = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(sorted(SIGNS)), st.integers(1, 50_000), st.integers(1, 28)),
        st.tuples(st.just("undo"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("stated"), st.integers(-50_000, 50_000), st.just(0)),
    ),
    max_size=12,
)


def carry_out(tenant, steps):
    """Do the steps; return the balance as a person with pencil and paper has it."""
    paper, undone = 0, set()
    who: dict[str, Any] = {"by": cast.TESTER, "now": clock.now()}
    for kind, number, day in steps:
        entries = list(Entry.objects.filter(tenant=tenant).order_by("pk"))
        if kind == "stated":
            actions.state_balance(tenant=tenant, cents=number, **who)
            paper = number
        elif kind != "undo":
            new = NewEntry(kind=kind, amount_cents=number, day=date(2026, 5, day))
            actions.record(tenant=tenant, new=new, **who)
            paper += SIGNS[kind] * number
        elif number < len(entries):
            try:
                actions.reverse(entry=entries[number], **who)
            except Refused:
                assert entries[number].kind == "reversal" or number in undone
            else:
                paper -= entries[number].effect_cents
                undone.add(number)
    return paper


@settings(max_examples=25, deadline=None)
@given(moves)
def test_totals_reconcile_to_the_cent(steps):
    tenant = cast.tenant(cast.facility(cast.mobile()[-8:]), "Dana")
    paper = carry_out(tenant, steps)
    whole = queries.period(tenant.pk, first=date(2026, 5, 1), last=date(2028, 1, 1))
    half = queries.period(tenant.pk, first=date(2026, 5, 14), last=date(2028, 1, 1))
    assert queries.balance_of(tenant.pk) == whole.closing_cents == half.closing_cents == paper
    assert Tenant.objects.get(pk=tenant.pk).balance_cents == paper
    assert sum(one.open_cents for one in queries.unpaid(tenant.pk)) == max(0, paper)
