"""What the web process tells the workers of its own hearing (R8)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tenantline.hooks.ear import Ear
from tenantline.intake.models import Listener
from tenantline.kernel import clock
from tests.support.installation import wait_for

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    made.start()
    wait_for(Listener.objects.exists)
    yield made
    made.close()


def test_a_lost_call_is_given_up_only_when_the_database_knows_of_it(ear):
    lost_at = clock.now()
    asyncio.run(ear.missed())
    assert Listener.objects.get().since >= lost_at


def test_before_its_first_beat_nobody_counts_on_it():
    asyncio.run(Ear().missed())
    assert not Listener.objects.exists()


def test_who_ends_in_order_leaves_no_beat_behind(ear):
    ear.close()
    assert not Listener.objects.exists()
