"""The short form: true processes that die, stand still and lose their database (R7, R8, R9).

``make faults`` plays many more rounds; docs/reliability.md holds what came of them.
"""

from __future__ import annotations

import os

import pytest

from tests.faults.faults import FAULTS
from tests.faults.rounds import play, told_of

pytestmark = pytest.mark.process

ENGINE = os.environ["TENANTLINE_TEST_DATABASE"]


@pytest.mark.parametrize("name", [fault.name for fault in told_of(ENGINE, short=True)])
def test_nothing_is_lost_or_sent_twice(world, name):
    count, complaints = play(world, FAULTS[name])
    assert complaints == []
    assert count.is_clean
