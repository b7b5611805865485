"""The fold of the ledger against the same rules written a second time (``naive``)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenantline.consent import rules
from tenantline.consent.rules import Fact, Kind
from tests.consent import naive
from tests.consent.naive import Act

BEGAN = datetime(2026, 3, 2, 12, tzinfo=UTC)
KINDS: tuple[Kind, ...] = (
    "form_issued",
    "form_submitted",
    "form_submitted",
    "started",
    "started",
    "started",
    "stopped",
    "revoked",
    "held",
    "hold_ended",
    "parked",
    "park_ended",
    "fell_silent",
    "form_disowned",
    "tenancy_ended",
    "number_closed",
)
GAPS = [timedelta(seconds=1), timedelta(hours=5), timedelta(days=13), timedelta(days=31)]
services = st.frozensets(st.sampled_from(naive.SERVICES), min_size=1)
step = st.tuples(
    st.sampled_from(KINDS),
    st.sampled_from(GAPS),
    services,
    st.sampled_from([timedelta(), timedelta(), timedelta(seconds=2), timedelta(days=14)]),
)


def acted(steps) -> list[Act]:
    """A history in ledger order; the last figure is how long a text lay before it was read."""
    acts, now = [], BEGAN
    for kind, gap, wanted, lay in steps:
        now += gap
        came = now - lay if kind in {"started", "held", "parked"} else now
        until = now + timedelta(days=60) if kind == "tenancy_ended" else None
        said = wanted if kind == "form_submitted" else frozenset()
        acts.append(Act(kind, came, said, until))
    return acts


def folded(acts: list[Act]) -> rules.Standing:
    """What the product makes of it: each START writes what the rules say it is worth."""
    facts: list[Fact] = []
    for ref, act in enumerate(acts, start=1):
        said = act.services
        if act.kind == "started":
            said = rules.started_services(rules.fold(facts), started_at=act.at)
        facts.append(Fact(ref, act.kind, act.at, said, act.until))
    return rules.fold(facts)


histories = st.lists(step, max_size=9).map(acted)
later = st.sampled_from([timedelta(), timedelta(days=1), timedelta(days=59), timedelta(days=70)])


def now_after(acts: list[Act], wait: timedelta) -> datetime:
    return max([BEGAN, *(act.at for act in acts)]) + wait


@settings(max_examples=400, deadline=None)
@given(histories, later)
def test_the_fold_says_what_the_naive_reading_says(acts, wait):
    standing, now = folded(acts), now_after(acts, wait)
    active = {service for service in naive.SERVICES if standing.covers(service, now)}
    assert active == {s for s in naive.SERVICES if naive.is_active(acts, s, now)}
    flags = (standing.held, standing.parked, standing.silent)
    assert flags == (naive.is_held(acts), naive.is_parked(acts), naive.is_noted_silent(acts))


@settings(max_examples=60, deadline=None)
@given(histories, later)
def test_nothing_is_active_without_a_submitted_form_and_a_later_start(acts, wait):
    standing, now = folded(acts), now_after(acts, wait)
    for service in standing.active:
        asked = [a.at for a in acts if a.kind == "form_submitted" and service in a.services]
        starts = [act.at for act in acts if act.kind == "started"]
        assert any(start > at for at in asked for start in starts)
    assert rules.status_at(standing, now) != "opted_in" or standing.active


@settings(max_examples=60, deadline=None)
@given(histories, st.sampled_from(["stopped", "revoked", "number_closed"]))
def test_after_an_ending_nothing_is_active(acts, kind):
    now = now_after(acts, timedelta(seconds=1))
    standing = folded([*acts, Act(kind, now)])
    assert standing.active == {}
    assert rules.status_at(standing, now) in {"opted_out", "number_changed"}


@settings(max_examples=60, deadline=None)
@given(histories, st.integers(0, 100))
@example([Act("form_submitted", BEGAN, frozenset({"chat"}))], 5)
def test_a_start_that_a_stop_overtook_gives_nothing(acts, earlier):
    stopped_at = now_after(acts, timedelta(seconds=1))
    overtaken = Act("started", stopped_at - timedelta(seconds=1 + earlier))
    standing = folded([*acts, Act("stopped", stopped_at), overtaken])
    assert standing.active == {}


@settings(max_examples=60, deadline=None)
@given(histories)
def test_after_a_revocation_only_a_new_form_counts(acts):
    now = now_after(acts, timedelta(seconds=1))
    revoked = [*acts, Act("revoked", now), Act("started", now + timedelta(minutes=1))]
    assert folded(revoked).active == {}


@settings(max_examples=60, deadline=None)
@given(histories, services)
def test_a_form_never_begins_a_service_and_ends_those_left_unticked(acts, wanted):
    now = now_after(acts, timedelta(seconds=1))
    before = {s for s in naive.SERVICES if folded(acts).covers(s, now)}
    standing = folded([*acts, Act("form_submitted", now, wanted)])
    assert {s for s in naive.SERVICES if standing.covers(s, now)} == before & wanted


@settings(max_examples=60, deadline=None)
@given(histories, later)
def test_every_active_service_rests_on_a_start(acts, wait):
    standing = folded(acts)
    assert {acts[ref - 1].kind for ref in standing.active.values()} <= {"started"}


@settings(max_examples=60, deadline=None)
@given(histories, later)
def test_the_status_is_opted_in_exactly_while_a_service_is_active(acts, wait):
    standing, now = folded(acts), now_after(acts, wait)
    covered = any(standing.covers(service, now) for service in naive.SERVICES)
    assert (rules.status_at(standing, now) == "opted_in") == covered


def test_a_form_after_the_chat_has_run_out_is_seen_to_wait():
    everything = frozenset(naive.SERVICES)
    acts = [
        Act("form_submitted", BEGAN, everything),
        Act("started", BEGAN + timedelta(minutes=1)),
        Act("tenancy_ended", BEGAN + timedelta(days=1), until=BEGAN + timedelta(days=61)),
        Act("form_issued", BEGAN + timedelta(days=90)),
    ]
    assert rules.status_at(folded(acts), BEGAN + timedelta(days=90)) == "form_sent"
    acts.append(Act("form_submitted", BEGAN + timedelta(days=91), everything))
    assert rules.status_at(folded(acts), BEGAN + timedelta(days=92)) == "waiting_for_start"


def test_a_disowned_form_is_no_longer_shown_as_sent():
    acts = [Act("form_issued", BEGAN), Act("form_disowned", BEGAN + timedelta(days=1))]
    assert rules.status_at(folded(acts), BEGAN + timedelta(days=2)) == "none"


def test_a_form_of_a_new_rental_is_seen_to_wait_when_the_old_chat_has_run_out():
    everything = frozenset(naive.SERVICES)
    acts = [
        Act("form_submitted", BEGAN, everything),
        Act("started", BEGAN + timedelta(minutes=1)),
        Act("tenancy_ended", BEGAN + timedelta(days=1), until=BEGAN + timedelta(days=61)),
        Act("form_issued", BEGAN + timedelta(days=50)),
        Act("form_submitted", BEGAN + timedelta(days=51), everything),
    ]
    standing = folded(acts)
    seen = [rules.status_at(standing, BEGAN + timedelta(days=day)) for day in (52, 62, 82)]
    assert seen == ["opted_in", "waiting_for_start", "none"]
