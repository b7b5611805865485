"""When an automation acts: days, moments, what is out of date, at most once for each cause."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenantline.automations import rules
from tenantline.automations.rules import Clock, Fact
from tenantline.kernel.errors import BadInput

AUSTIN = ZoneInfo("America/Chicago")
DUE = date(2026, 3, 10)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def at(day: date, hour: int = 12, *, zone: ZoneInfo = AUSTIN) -> Clock:
    return Clock(datetime.combine(day, time(hour), zone), zone, time(9))


def before(days: int, *, known_on: date = date(2026, 2, 1)) -> Fact:
    return rules.on_day_before("due:1", "charge:1", 1, day=DUE, days=days, known_on=known_on)


def late(days: int) -> Fact:
    return rules.on_day_after("due:1", "charge:1", 1, day=DUE, days=days)


def paid(moment: datetime, day: date) -> Fact:
    return rules.at_moment("payment:1", "payment:1", 1, at=moment, day=day)


def verdict(fact: Fact, clock: Clock, since: datetime = LONG_AGO) -> str:
    return rules.judge(fact, since=since, clock=clock)


@pytest.mark.parametrize(
    ("day", "hour", "said"),
    [(6, 12, "early"), (7, 8, "early"), (7, 9, "due"), (10, 23, "due"), (11, 0, "out_of_date")],
)
def test_a_reminder_is_due_from_its_day_at_opening_until_the_charge_is(day, hour, said):
    assert verdict(before(3), at(date(2026, 3, day), hour)) == said


@pytest.mark.parametrize(
    ("day", "said"), [(14, "early"), (15, "due"), (18, "due"), (19, "out_of_date")]
)
def test_a_late_notice_is_out_of_date_after_three_days(day, said):
    assert verdict(late(5), at(date(2026, 3, day))) == said


def test_a_charge_recorded_late_is_still_reminded_of():
    clock = at(DUE - timedelta(days=1))
    assert verdict(before(5, known_on=clock.today), clock, since=clock.now) == "due"


def test_what_was_there_before_it_was_switched_on_is_left_alone():
    clock = at(date(2026, 3, 16))
    assert verdict(late(5), clock, since=clock.now) == "before"
    moment = clock.now - timedelta(minutes=5)
    assert verdict(paid(moment, clock.today), clock, since=clock.now) == "before"
    assert verdict(paid(clock.now, clock.today), clock, since=clock.now) == "due"


def test_a_history_that_is_taken_in_is_out_of_date_from_the_start():
    clock = at(DUE)
    assert verdict(paid(clock.now, DUE - timedelta(days=4)), clock) == "out_of_date"


def test_days_are_those_of_the_facility():
    honolulu = ZoneInfo("Pacific/Honolulu")
    moment = datetime(2026, 3, 7, 15, tzinfo=UTC)  # 9:00 in Austin, 5:00 in Honolulu
    assert verdict(before(3), Clock(moment, AUSTIN, time(9))) == "due"
    assert verdict(before(3), Clock(moment, honolulu, time(9))) == "early"


@pytest.mark.parametrize("days", [-1, 61])
def test_a_number_of_days_has_its_bounds(days):
    with pytest.raises(BadInput, match="0 to 60"):
        rules.checked("charge_due", days)


def test_when_it_acts_is_said_in_words():
    assert rules.words("charge_due", 1) == "1 day before a charge is due"
    assert rules.words("charge_late", 5) == "When a charge is 5 days late"
    assert rules.words("autopay_draws", 0) == "On the day AutoPay draws"


SOME_DAYS = st.integers(0, 40).map(lambda n: date(2026, 3, 1) + timedelta(days=n))
FACTS = st.lists(
    st.builds(
        lambda n, day, days, how: (
            rules.on_day_after(f"due:{n}", "", n, day=day, days=days)
            if how
            else rules.on_day_before(f"due:{n}", "", n, day=day, days=days, known_on=day)
        ),
        st.integers(0, 5),
        SOME_DAYS,
        st.integers(1, 9),
        st.booleans(),
    ),
    max_size=12,
)
SCANS = st.lists(
    st.tuples(SOME_DAYS, st.integers(0, 23), st.integers(0, 12), st.randoms()), max_size=20
)


@settings(max_examples=60)
@given(FACTS, SCANS)
def test_a_cause_is_dealt_with_at_most_once_in_whatever_order_scans_come(facts, scans):
    kept: dict[str, Fact] = {}
    for day, hour, lived, order in scans:  # a worker dies after it has kept so many
        order.shuffle(facts)
        clock = at(day, hour)
        found = list(rules.to_deal_with(facts, known=kept, since=LONG_AGO, clock=clock))
        assert len({fact.key for fact in found}) == len(found)
        for fact in found[:lived]:
            assert fact.key not in kept
            assert fact.day <= clock.today
            kept[fact.key] = fact
