"""What an account says, without a database."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantline.billing import rules
from tenantline.billing.rules import Charge
from tenantline.kernel.errors import BadInput

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
RENTS = [Charge(MAY, 1, 100), Charge(JUNE, 2, 100), Charge(JULY, 3, 100)]


@pytest.mark.parametrize(
    ("balance", "oldest"),
    [(300, MAY), (201, MAY), (200, JUNE), (1, JULY), (0, None), (-50, None)],
)
def test_payments_pay_the_oldest_due_charge_first(balance, oldest):
    assert rules.oldest_due(RENTS, balance) == oldest


def test_a_charge_that_is_partly_paid_is_open_for_the_rest():
    assert [(u.charge.entry_id, u.open_cents) for u in rules.unpaid(RENTS, 130)] == [
        (2, 30),
        (3, 100),
    ]


def paid_in_order(charges, paid_cents):
    """Pay the oldest charge first, cent by cent as a person would explain it."""
    left, still = paid_cents, []
    for charge in sorted(charges, key=lambda one: (one.due_on, one.entry_id)):
        paid = min(left, charge.amount_cents)
        left -= paid
        if paid < charge.amount_cents:
            still.append((charge, charge.amount_cents - paid))
    return still


charges = st.lists(st.tuples(st.dates(MAY, JULY), st.integers(1, 500)), max_size=8).map(
    lambda rows: [Charge(day, place, cents) for place, (day, cents) in enumerate(rows)]
)


@given(charges, st.integers(0, 2000))
def test_what_is_unpaid_is_what_paying_the_oldest_first_leaves(owed, paid_cents):
    balance = sum(one.amount_cents for one in owed) - paid_cents
    found = [(one.charge, one.open_cents) for one in rules.unpaid(owed, balance)]
    assert found == paid_in_order(owed, paid_cents)


@pytest.mark.parametrize("cents", [0, -1, True, 1.5, "12", None, 10**13 + 1])
def test_an_amount_is_a_positive_whole_number_of_cents(cents):
    with pytest.raises(BadInput):
        rules.checked_amount(cents)


@pytest.mark.parametrize("day", [date(2028, 11, 29), date(1969, 1, 1), "2026-01-01", None])
def test_a_day_that_must_be_a_slip_of_the_pen_is_refused(day):
    with pytest.raises(BadInput):
        rules.checked_day(day, today=date(2026, 11, 22))


@pytest.mark.parametrize(("kind", "effect"), [("charge", 7), ("payment", -7), ("credit", -7)])
def test_the_kind_gives_an_entry_its_sign_and_a_reversal_undoes_it(kind, effect):
    assert rules.effect(kind, 7) == effect
    assert rules.effect("reversal", 7, reversed_effect=effect) == -effect
