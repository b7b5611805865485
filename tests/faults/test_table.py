"""Rounds take turns; their table takes the place of the one before, and adds up."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tests.faults.checker import Count
from tests.faults.many import SEVERAL_IN_A_DECK, Row, dealt
from tests.faults.rounds import told_of
from tests.faults.table import BEGIN, END, written

pytestmark = pytest.mark.once

DOCUMENT = f"Before.\n\n{BEGIN}\n\nan old table\n\n{END}\n\nAfter.\n"


def table() -> str:
    row = asdict(Row(rounds=3, count=Count(texts=7, twice=1)))
    results = {"sqlite": {"killed": row}, "postgres": {"killed": row, "away": row}}
    return written(DOCUMENT, results, "make faults ROUNDS=6", "a machine")


def test_it_stands_between_what_was_there():
    assert table().startswith("Before.\n")
    assert table().endswith("After.\n")
    assert "an old table" not in table()
    assert "`make faults ROUNDS=6`" in table()


def test_a_fault_that_one_database_cannot_have_has_no_rounds_there():
    assert "| away | 0 | 3 | 7 |" in table()


def test_both_databases_add_up():
    assert "| killed | 3 | 3 | 14 | 0 | 0 | 0 | 0 | 2 |" in table()
    assert "| **all** | 3 | 6 | 21 | 0 | 0 | 0 | 0 | 3 |" in table()


def test_in_one_turn_every_fault_comes_once_alone():
    faults = told_of("sqlite")
    rounds = [dealt(faults, seed) for seed in range(7, 7 + len(faults) + SEVERAL_IN_A_DECK)]
    alone = [told[0].name for told in rounds if len(told) == 1]
    assert sorted(alone) == sorted(fault.name for fault in faults)
    assert sum(len(told) > 1 for told in rounds) == SEVERAL_IN_A_DECK
