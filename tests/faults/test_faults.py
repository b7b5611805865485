"""The short form: true processes that die, stand still and lose their database (R7, R8, R9).

``make faults`` plays many more rounds; docs/reliability.md holds what came of them.
"""

from __future__ import annotations

import os

import pytest

from tests.faults.rounds import play, told_of

pytestmark = pytest.mark.process

SHORT = told_of(os.environ["TENANTLINE_TEST_DATABASE"], short=True)


def test_nothing_is_lost_sent_twice_or_sent_after_a_stop(world):
    """One fault upon the other, and one rest at the end, which is what takes time."""
    assert play(world, *SHORT).complaints == []
