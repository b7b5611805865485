"""A town on a database acts at random; at every claim a record kept by hand says yes as well."""

from __future__ import annotations

import os
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tenantline.consent import ledger, queries, rules
from tenantline.consent.models import Erasure, LedgerEvent, Standing
from tenantline.facilities.models import Line
from tenantline.facilities.scope import EVERYWHERE
from tenantline.tenants.models import Tenant
from tests.consent import naive
from tests.consent.fate import LINES, FatefulWorld
from tests.consent.town import CARRIERS, MEANINGS
from tests.consent.world import World

whom = st.integers(0, 2)
wished = st.frozensets(st.sampled_from(naive.SERVICES), min_size=1)
WORDS = ["START", "START", *MEANINGS]
SPANS = [
    *(timedelta(seconds=5), timedelta(minutes=40), timedelta(hours=7), timedelta(days=12)),
    *(timedelta(days=31), timedelta(days=61), timedelta(days=280), naive.EIGHTEEN_MONTHS),
]


class Town(RuleBasedStateMachine):
    """Each example lives in a transaction of its own that is rolled back."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.world = FatefulWorld()
        self.seen = 0

    def teardown(self) -> None:
        try:
            assert_chain_is_whole()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    @initialize(services=st.lists(wished, min_size=3, max_size=3))
    def all_have_opted_in(self, services):
        for n, wish in enumerate(services):
            self.opts_in(n, wish, False)
        self.world.dispatch()

    def someone(self, n: int):
        World.figures["steps"] += 1
        self.world.passes(timedelta(seconds=3))
        return self.world.people[n]

    @rule(n=whom, services=wished, at_the_counter=st.booleans())
    def opts_in(self, n, services, at_the_counter):
        """Form and START in one go, so that there is consent to lose."""
        person = self.someone(n)
        self.world.issue(person, at_the_counter=at_the_counter)
        self.world.submit(person, services)
        if person.number is not None:
            self.world.passes(timedelta(seconds=3))
            self.world.text_in(person.number, person.row.facility, "START", work=True)

    @rule(n=whom, services=wished)
    def submits(self, n, services):
        self.world.submit(self.someone(n), services)

    @rule(n=whom, at_the_counter=st.booleans())
    def is_given_the_form(self, n, at_the_counter):
        self.world.issue(self.someone(n), at_the_counter=at_the_counter)

    @rule(n=whom)
    def disowns(self, n):
        self.world.disown(self.someone(n))

    @rule(n=whom, by_import=st.booleans())
    def withdraws_otherwise(self, n, by_import):
        self.world.revoke(self.someone(n), by_import=by_import)

    @rule(n=whom, number=st.sampled_from([0, 1, 2, None]))
    def changes_number(self, n, number):
        wanted = None if number is None else self.world.numbers[number]
        self.world.change_number(self.someone(n), wanted)

    @rule(answer=st.sampled_from(["shared", "passed_on"]))
    def staff_answer_shared_or_passed_on(self, answer):
        self.someone(0)
        self.world.answer(answer)

    @rule(n=whom, nth=st.integers(0, 2))
    def staff_answer_what_is_asked(self, n, nth):
        self.world.answer_about(self.someone(n), nth)

    @rule(n=whom, later=st.sampled_from([timedelta(), timedelta(), timedelta(days=5)]))
    def moves_out(self, n, later):
        self.world.move_out(self.someone(n), later)

    @rule(n=whom)
    def moves_in(self, n):
        self.world.move_in(self.someone(n))

    @rule(n=whom)
    def stands_on_a_list(self, n):
        self.someone(0)
        self.world.is_listed(self.world.numbers[n])

    @rule(what=st.sampled_from(LINES), there=st.integers(0, 1))
    def line_changes(self, what, there):
        self.someone(0)
        self.world.line_is(what, self.world.sites[there])

    @rule()
    def is_backed_up(self):
        self.someone(0)
        self.world.is_backed_up()

    @precondition(lambda self: self.world.backup)
    @rule()
    def is_restored(self):
        self.someone(0)
        self.world.is_restored()
        self.seen = 0

    @precondition(lambda self: self.world.unconfirmed)
    @rule()
    def owner_confirms(self):
        self.someone(0)
        self.world.owner_confirms()

    @rule(n=whom)
    def is_forgotten(self, n):
        self.someone(0)
        self.world.erase(self.world.numbers[n])

    @rule(
        n=whom,
        there=st.integers(0, 1),
        body=st.sampled_from(WORDS),
        work=st.sampled_from("yyn"),
        by_an_old_line=st.booleans(),
    )
    def texts(self, n, there, body, work, by_an_old_line):
        self.someone(0)
        number, site = self.world.numbers[n], self.world.sites[there]
        old = Line.objects.filter(facility=site).earliest("id") if by_an_old_line else None
        self.world.text_in(number, site, body, work=work == "y", to=old)

    @rule(last_first=st.booleans())
    def what_lay_is_read(self, last_first):
        self.someone(0)
        for call in sorted(self.world.unread, key=lambda c: c.at, reverse=last_first):
            self.world.read(call)

    @rule(n=whom, purpose=st.sampled_from(naive.PURPOSES))
    def staff_write(self, n, purpose):
        self.world.write(self.someone(n), purpose)

    @rule(n=whom, purpose=st.sampled_from(naive.PURPOSES), carrier=st.sampled_from(CARRIERS))
    def staff_write_and_it_leaves(self, n, purpose, carrier):
        self.world.write(self.someone(n), purpose)
        self.world.dispatch(carrier)

    @rule(carrier=st.sampled_from(CARRIERS))
    def worker_sends(self, carrier):
        self.someone(0)
        self.world.dispatch(carrier)

    @rule(nth=st.integers(0, 5), code=st.sampled_from([21610, 30005, 30006, 30003]))
    def carrier_calls_back(self, nth, code):
        self.someone(0)
        self.world.calls_back(nth, code)

    @rule()
    def worker_keeps_house(self):
        self.someone(0)
        self.world.keep_house()
        for person in self.world.people:
            shown = queries.of(tenant=person.row, scope=EVERYWHERE, now=self.world.now)
            if any(call.sender == person.number for call in self.world.unread):
                continue
            if self.world.is_silent(person):
                assert shown.silent

    @rule(span=st.sampled_from(SPANS), carrier=st.sampled_from(CARRIERS))
    def time_passes(self, span, carrier):
        self.world.passes(span)
        self.world.dispatch(carrier)

    @invariant()
    def record_lists_and_screens_agree(self):
        rows = Tenant.objects.select_related("facility").order_by("id")
        listed = queries.with_status(rows, self.world.now)
        for person, who in zip(self.world.people, listed, strict=True):
            shown = queries.of(tenant=who, scope=EVERYWHERE, now=self.world.now)
            for service in naive.SERVICES:
                active = naive.is_active(person.history, service, self.world.now)
                assert shown.services[service] == active
            assert (shown.status == "opted_in") == any(shown.services.values())
            assert shown.parked == naive.is_parked(person.history)
            held = naive.is_held(person.history)
            assert shown.held == (held or shown.parked or shown.silent)
            assert not (shown.silent and shown.status == "opted_in") or self.world.is_silent(person)
            if not self.world.lists_lag:
                assert who.consent_status == shown.status  # type: ignore[attr-defined]
                assert bool(who.consent_held) == shown.held  # type: ignore[attr-defined]

    @invariant()
    def the_kept_fold_is_the_ledgers(self):
        for row in Standing.objects.exclude(period=None).select_related("period"):
            assert row.period is not None
            standing = rules.fold(ledger.facts_of(row.period))
            assert (row.held, row.parked) == (standing.waits, standing.parked)
            assert (row.statements, row.notices) == (
                "statements" in standing.active,
                "notices" in standing.active,
            )

    @invariant()
    def every_new_event_follows_the_last(self):
        rows = LedgerEvent.objects.order_by("sequence").values_list("previous", "hash")
        links = [(ledger.GENESIS, ledger.GENESIS), *rows]
        assert all(before[1] == after[0] for before, after in pairwise(links))
        assert len(links) >= self.seen
        self.seen = len(links)


def assert_chain_is_whole() -> None:
    erased = set(Erasure.objects.values_list("particulars_id", flat=True))
    for event in LedgerEvent.objects.select_related("particulars"):
        ledger.to_fact(event)
        if event.particulars_id is None or event.particulars_id in erased:
            continue
        assert event.particulars is not None
        assert event.particulars_hash == ledger.particulars_hash(event.particulars)


def let_it_run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Town,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_a_town_for_a_while():
    let_it_run(examples=4, steps=14)


@pytest.mark.once
@pytest.mark.django_db
def test_a_town_whose_lines_are_gone_goes_on():
    town, chat = Town(), frozenset(["chat"])
    town.all_have_opted_in(services=[chat] * 3)
    for there in range(2):
        town.line_changes(what="disconnected", there=there)
    for n in range(3):
        town.opts_in(n=n, services=chat, at_the_counter=True)
        town.changes_number(n=n, number=n)
        town.opts_in(n=n, services=chat, at_the_counter=False)
    town.line_changes(what="exchanged", there=1)
    for n in range(3):
        town.opts_in(n=n, services=chat, at_the_counter=False)
    town.time_passes(carrier="takes it", span=timedelta(days=1))
    town.record_lists_and_screens_agree()
    town.teardown()


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.django_db
def test_a_town_for_long():
    """``WORLD_EXAMPLES=200 pytest -s -m slow`` lets it run for longer and says what happened."""
    World.figures.clear()
    let_it_run(examples=int(os.environ.get("WORLD_EXAMPLES", "3")), steps=40)
    print(dict(World.figures))  # noqa: T201 - shown to who asks for it (-s)
