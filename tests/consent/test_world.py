"""A town on a database acts at random; at every claim a record kept by hand says yes as well."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tenantline.consent import ledger, queries, rules
from tenantline.consent.models import LedgerEvent, Standing
from tenantline.facilities.scope import EVERYWHERE
from tenantline.tenants.models import Tenant
from tests.consent import naive
from tests.consent.world import World

whom = st.integers(0, 2)
WORDS = ["START", "START", "STOP", "Please STOP", "YES", "hello", "stop by the office"]
SPANS = [timedelta(seconds=5), timedelta(hours=7), timedelta(days=12), timedelta(days=31)]


class Town(RuleBasedStateMachine):
    """Each example lives in a transaction of its own that is rolled back."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.world = World()
        self.seen = 0

    def teardown(self) -> None:
        try:
            assert_chain_is_whole()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def someone(self, n: int):
        self.world.passes(timedelta(seconds=3))
        return self.world.people[n]

    @rule(n=whom, services=st.frozensets(st.sampled_from(naive.SERVICES), min_size=1))
    def opts_in(self, n, services):
        person = self.someone(n)
        self.world.issue(person)
        self.world.submit(person, services)
        if person.number is not None:
            self.world.passes(timedelta(seconds=3))
            self.world.text_in(person.number, person.row.facility, "START", work=True)

    @rule(n=whom, services=st.frozensets(st.sampled_from(naive.SERVICES), min_size=1))
    def submits(self, n, services):
        self.world.submit(self.someone(n), services)

    @rule(n=whom)
    def is_sent_the_form(self, n):
        self.world.issue(self.someone(n))

    @rule(n=whom)
    def disowns(self, n):
        self.world.disown(self.someone(n))

    @rule(n=whom)
    def withdraws_at_the_counter(self, n):
        self.world.revoke(self.someone(n))

    @rule(n=whom, number=st.sampled_from([0, 1, 2, None]))
    def changes_number(self, n, number):
        wanted = None if number is None else self.world.numbers[number]
        self.world.change_number(self.someone(n), wanted)

    @rule(answer=st.sampled_from(["shared", "passed_on"]))
    def staff_answer(self, answer):
        self.someone(0)
        self.world.answer(answer)

    @rule(n=whom, comes_back=st.booleans())
    def moves(self, n, comes_back):
        person = self.someone(n)
        self.world.move_in(person) if comes_back else self.world.move_out(person)

    @rule(n=whom, there=st.integers(0, 1), body=st.sampled_from(WORDS), work=st.sampled_from("yyn"))
    def texts(self, n, there, body, work):
        self.someone(0)
        number, site = self.world.numbers[n], self.world.sites[there]
        self.world.text_in(number, site, body, work=work == "y")

    @rule(last_first=st.booleans())
    def what_lay_is_read(self, last_first):
        self.someone(0)
        for call in sorted(self.world.unread, key=lambda c: c.at, reverse=last_first):
            self.world.read(call)

    @rule(n=whom, purpose=st.sampled_from(["chat", "chat", "statement", "notice"]))
    def staff_write(self, n, purpose):
        self.world.write(self.someone(n), purpose)

    @rule()
    def worker_sends(self):
        self.someone(0)
        self.world.dispatch()

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span):
        self.world.passes(span)
        self.world.dispatch()

    @invariant()
    def record_lists_and_screens_agree(self):
        rows = Tenant.objects.select_related("facility").order_by("id")
        listed = queries.with_status(rows, self.world.now)
        for person, who in zip(self.world.people, listed, strict=True):
            shown = queries.of(tenant=who, scope=EVERYWHERE, now=self.world.now)
            assert who.consent_status == shown.status  # type: ignore[attr-defined]
            assert bool(who.consent_held) == shown.held  # type: ignore[attr-defined]
            left = person.moved_out
            over = left is not None and self.world.now >= left + timedelta(days=60)
            for service in naive.SERVICES:
                active = naive.is_active(person.history, service, self.world.now)
                assert shown.services[service] == (active and not over)
            assert (shown.status == "opted_in") == any(shown.services.values())
            assert shown.held == naive.is_held(person.history)

    @invariant()
    def the_kept_fold_is_the_ledgers(self):
        for row in Standing.objects.exclude(period=None).select_related("period"):
            assert row.period is not None
            standing = rules.fold(ledger.facts_of(row.period))
            assert row.held == standing.held
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
    for event in LedgerEvent.objects.select_related("particulars"):
        ledger.to_fact(event)
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
    let_it_run(examples=8, steps=16)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_town_for_long():
    let_it_run(examples=16, steps=40)
