"""When storing goes before working, and how callers share one piece of work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tenantline.hooks.rush import LATELY, MANY, Rush
from tenantline.hooks.together import Together
from tenantline.hooks.writer import Writer
from tenantline.intake.models import InboundCall
from tests import cast
from tests.hooks.test_hooks import asked, sms


def test_many_texts_at_once_are_a_rush_until_a_moment_later():
    now = [100.0]
    rush = Rush(lambda: now[0])
    rush.note(MANY - 1)
    assert not rush.is_on()
    rush.note(1)
    assert rush.is_on()
    now[0] += LATELY * 1.01
    assert not rush.is_on()


def test_texts_that_come_one_after_the_other_are_no_rush():
    now = [100.0]
    rush = Rush(lambda: now[0])
    for _ in range(10 * MANY):
        rush.note(1)
        assert not rush.is_on()
        now[0] += LATELY / (MANY - 1)


def results_of(given: Sequence[int]) -> list[object]:
    """Have numbers doubled together; of 3 comes an error, of 13 one for its whole group."""

    def work(group: Sequence[int]) -> list[int | Exception]:
        if 13 in group:
            raise OSError("the database is away")
        return [ValueError("3") if one == 3 else 2 * one for one in group]

    async def run() -> list[object]:
        together = Together[int, int]("test", work)
        try:
            waiting = [together.do(one) for one in given]
            return list(await asyncio.gather(*waiting, return_exceptions=True))
        finally:
            await asyncio.to_thread(together.close, 10)

    return asyncio.run(run())


@pytest.mark.once
@pytest.mark.usefixtures("fresh_database")
def test_each_caller_gets_what_came_of_its_own():
    found = results_of(range(10))
    assert found[:3] == [0, 2, 4]
    assert isinstance(found[3], ValueError)


@pytest.mark.once
@pytest.mark.usefixtures("fresh_database")
def test_what_fails_as_a_whole_fails_for_each_of_its_group():
    found = results_of([13])
    assert isinstance(found[0], OSError)


@pytest.mark.usefixtures("fresh_database")
def test_what_came_in_a_rush_is_worked_on_when_the_process_ends():
    where = cast.site()
    calls = [asked(sms(where)) for _ in range(3 * MANY)]

    async def run() -> None:
        writer = Writer()
        await asyncio.gather(*(writer.take(one) for one in calls))
        await asyncio.to_thread(writer.close)

    asyncio.run(run())
    assert InboundCall.objects.filter(worked_at=None).count() == 0
    assert InboundCall.objects.count() == 3 * MANY
