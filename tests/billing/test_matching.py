"""Which payment a return is about: all signs agree, or a person looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tenantline.billing import nacha
from tenantline.billing.matching import Candidate, judge
from tests.billing.returnfile import Back, written

DAY = date(2026, 11, 16)
DANA = Candidate(7, "", 1, "T-1", "Dana Whitfield", 12_900, DAY)
ANA = Candidate(8, "", 2, "T-2", "Ana Diaz", 12_900, DAY)
TRACED = Candidate(7, "71000300000001", 1, "T-1", "Dana Whitfield", 12_900, DAY)
BEFORE = Candidate(6, "", 1, "T-1", "Dana Whitfield", 12_900, date(2026, 10, 16))
OTHER = Candidate(6, "071000300000009", 1, "T-1", "Dana Whitfield", 12_900, DAY)


def back(**told):
    return nacha.read(written([Back(**told)])).returns[0]


@pytest.mark.parametrize(
    ("told", "near"),
    [
        ({}, [DANA]),
        ({"who": "7"}, [DANA]),
        ({"who": ""}, [TRACED]),
        ({"name": ""}, [DANA]),
        ({"name": "WHITFIELD"}, [DANA]),
        ({}, [BEFORE, DANA]),
        ({}, [replace(BEFORE, undone=True), DANA]),
        ({}, [OTHER, TRACED]),
    ],
)
def test_a_return_whose_signs_agree_finds_its_payment(told, near):
    assert judge(back(**told), near).payment_id == 7


@pytest.mark.parametrize(
    ("told", "near", "why"),
    [
        ({}, [], "on record"),
        ({"cents": 12_800}, [DANA], "amount"),
        ({"name": "DIAZ ANA"}, [DANA], "name"),
        ({"who": "T-2", "name": "DIAZ ANA"}, [TRACED, ANA], "another's"),
        ({"who": "T-2"}, [ANA], "name"),
        ({}, [DANA, DANA], "Several"),
        ({"transaction": "21"}, [DANA], "credit"),
        ({"code": "R61"}, [DANA], "no reason"),
        ({}, [replace(TRACED, undone=True), BEFORE], "already"),
        ({}, [BEFORE, replace(DANA, undone=True)], "already"),
        ({}, [OTHER], "another trace number"),
    ],
)
def test_what_does_not_agree_waits_for_a_person(told, near, why):
    found = judge(back(**told), near)
    assert found.payment_id == 0
    assert why in found.why_not
