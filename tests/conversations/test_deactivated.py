"""A number on the carriers' daily list is parked, unless it was shown to be theirs since."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import connections

from tenantline.carrier import deactivations, sandbox
from tenantline.carrier.media import Fetcher
from tenantline.carrier.models import DailyList
from tenantline.carrier.types import Account
from tenantline.consent import queries, unclear
from tenantline.consent.models import LedgerEvent
from tenantline.conversations import deactivated
from tenantline.conversations.deactivated import Looked
from tenantline.facilities.models import Facility, Line
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.tenants.models import Tenant
from tests import cast
from tests.support import twilio_spec
from tests.support.media_host import MediaHost, hosting
from tests.support.twilio_server import Reply
from tests.support.twilio_standin import TwilioStandin, running

pytestmark = pytest.mark.usefixtures("fresh_database")


@dataclass
class Desk:
    """A facility whose line is at a stand-in for Twilio, which keeps its lists elsewhere."""

    site: Facility
    twilio: TwilioStandin
    store: MediaHost

    def opted_in(self, *, days_ago: float) -> Tenant:
        return cast.opted_in(self.site, now=clock.now() - timedelta(days=days_ago))

    def lists(self, *who: Tenant, day: date, reply: Reply | None = None) -> None:
        """Let the day's list name these tenants' numbers, and somebody else's."""
        numbers = [cast.mobile_of(one).removeprefix("+") for one in who]
        body = "\n".join(["12125550100", *numbers, ""]).encode()
        self.store.at[f"/{day}.txt"] = reply or Reply(200, body)
        self.twilio.deactivations[str(day)] = f"{self.store.url}/{day}.txt"

    def read(self, *, at_once: bool = False) -> Looked:
        """Read what is due, as the worker does."""

        async def run() -> Looked:
            async with Fetcher(self.twilio.url, largest=1024 * 1024) as fetcher:
                done = await deactivated.read_due(fetcher, at_once=at_once)
            await asyncio.get_running_loop().run_in_executor(None, connections.close_all)
            return done

        return asyncio.run(run())

    @property
    def asked(self) -> list[str]:
        """The days that Twilio was asked for."""
        return [path[-10:] for _, path in self.twilio.requests if "/v1/Deactivations" in path]


@pytest.fixture
def desk() -> Iterator[Desk]:
    twilio_spec.require()
    with running() as twilio, hosting() as store:
        site = cast.facility()
        cast.line(site, account=twilio.account_sid, token=twilio.token)
        yield Desk(site, twilio, store)


def newest(back: int = 0) -> date:
    """The newest day whose list is out, or one before it."""
    [*_, last] = deactivations.days(Account("AC", ""), clock.now())
    return last - timedelta(days=back)


def is_parked(who: Tenant) -> bool:
    return queries.of(tenant=who, scope=EVERYWHERE, now=clock.now()).parked


def test_an_opted_in_number_on_the_list_is_parked_and_nobody_elses(desk):
    who, other = desk.opted_in(days_ago=30), desk.opted_in(days_ago=30)
    desk.lists(who, day=newest())
    looked = desk.read()
    assert (looked.lists, looked.parked) == (1, 1)
    assert (is_parked(who), is_parked(other)) == (True, False)
    # The stand-in asked for our credentials; whoever keeps the file gets none.
    assert desk.store.asked == [(f"/{newest()}.txt", "")]


def test_the_ledger_says_by_which_list_and_staff_are_told_in_plain_words(desk):
    who = desk.opted_in(days_ago=30)
    desk.lists(who, day=newest())
    desk.read()
    event = LedgerEvent.objects.get(kind="parked")
    assert json.loads(event.body)["source"] == f"deactivated:{newest()}"
    asked = unclear.question(tenant=who)
    assert asked is not None
    assert f"given up on {newest():%B} {newest().day}" in asked.why


def test_lists_of_missed_days_are_read_up_to_a_week_back_and_each_once(desk):
    desk.opted_in(days_ago=30)
    for back in range(9):
        desk.lists(day=newest(back))
    assert desk.read().lists == 7
    assert desk.asked == [str(newest(back)) for back in reversed(range(7))]
    assert (desk.read().lists, len(desk.asked)) == (0, 7)


def test_no_list_is_asked_for_that_is_older_than_every_consent(desk):
    desk.opted_in(days_ago=0)
    assert desk.read() == Looked()
    assert desk.asked == []


def test_a_number_that_said_start_after_the_day_is_theirs(desk):
    who, old = desk.opted_in(days_ago=30), desk.opted_in(days_ago=30)
    cast.receive(cast.mobile_of(who), desk.site, "STOP")
    cast.receive(cast.mobile_of(who), desk.site, "START")
    desk.lists(who, old, day=newest(2))
    desk.read()
    assert (is_parked(who), is_parked(old)) == (False, True)


@pytest.mark.parametrize(
    ("body", "back", "parked"), [("START", 2, False), ("Hi", 2, True), ("START", 0, True)]
)
def test_a_start_that_changed_nothing_shows_as_well_whose_number_it_is(desk, body, back, parked):
    who = desk.opted_in(days_ago=30)
    there = cast.site("THERE")
    shares = cast.opted_in(there, number=cast.mobile_of(who), now=clock.now() - timedelta(days=30))
    cast.receive(cast.mobile_of(who), desk.site, body, now=clock.now() - timedelta(days=1.5))
    desk.lists(who, day=newest(back))
    desk.read()
    assert (is_parked(who), is_parked(shares)) == (parked, True)


def test_what_a_person_has_confirmed_another_accounts_list_does_not_ask_again(desk):
    who = desk.opted_in(days_ago=30)
    desk.lists(who, day=newest())
    desk.read()
    asked = unclear.question(tenant=who)
    assert asked is not None
    unclear.answer(tenant=who, source=asked.source, said="same", by=cast.TESTER, now=clock.now())
    DailyList.objects.all().delete()
    assert desk.read().lists == 1
    assert not is_parked(who)


def test_a_list_that_cannot_be_read_is_asked_for_again_later(desk):
    who = desk.opted_in(days_ago=30)
    desk.lists(who, day=newest(6), reply=Reply(503, b""))
    assert desk.read().problem.startswith(f"{newest(6)}: ")
    desk.lists(who, day=newest(6))
    assert (desk.read().lists, is_parked(who)) == (0, False)
    DailyList.objects.update(tried_at=clock.now() - timedelta(hours=1))
    assert (desk.read().lists, is_parked(who)) == (1, True)


def test_in_the_demo_a_phone_that_is_given_up_is_parked_at_the_next_look(desk):
    Line.objects.update(carrier="sandbox")
    who = desk.opted_in(days_ago=1)
    desk.read()
    sandbox.give_up(cast.mobile_of(who), at=clock.now())
    assert desk.read() == Looked(lists=1, parked=1)
    assert is_parked(who)
