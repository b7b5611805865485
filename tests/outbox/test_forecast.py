"""When the last text of a batch will have left: pace, hours, the carriers' day."""

from datetime import UTC, datetime, time, timedelta

import pytest

from tenantline.outbox.forecast import Pace, last_of, leaving
from tenantline.outbox.models import Text
from tenantline.outbox.pacing import Day, reset_after
from tenantline.outbox.quiet_hours import Hours
from tests import cast

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # Monday noon in Chicago
CLOSES = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
OPENS = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def pace(now=NOON, **how):
    hours = Hours(
        opens=time(8),
        closes=time(20),
        on_sunday=how.pop("on_sunday", True),
        zones=frozenset({"America/Chicago"}),
    )
    day = Day(how.pop("used", 0), how.pop("limit", None), reset_after(now))
    return Pace(**{"a_second": 1.0, "day": day, "hours": hours, "ahead": 0, "free_at": now, **how})


def last(segments, now=NOON, **how):
    return leaving(segments=segments, pace=pace(now, **how), now=now)


@pytest.mark.parametrize(
    ("segments", "how", "at"),
    [
        (0, {}, NOON),
        (60, {}, NOON + timedelta(minutes=1)),
        (60, {"ahead": 60, "a_second": 2.0}, NOON + timedelta(minutes=1)),
        (60, {"free_at": NOON + timedelta(hours=1)}, NOON + timedelta(hours=1, minutes=1)),
        (8 * 3600, {}, CLOSES),
        (8 * 3600 + 60, {}, OPENS + timedelta(minutes=1)),
        # 900 of 1,000 are for machines; Los Angeles' day ends at 2 am in Chicago.
        (960, {"limit": 1_000}, OPENS + timedelta(minutes=1)),
        (60, {"limit": 1_000, "used": 900}, OPENS + timedelta(minutes=1)),
    ],
)
def test_the_last_leaves_at_the_lines_pace_within_hours_and_day(segments, how, at):
    assert last(segments, **how).last_at == at


def test_a_batch_written_at_night_begins_when_the_window_opens():
    night = CLOSES + timedelta(hours=1)
    assert last(60, night).last_at == OPENS + timedelta(minutes=1)


def test_a_sunday_is_left_out_where_the_facility_says_so():
    saturday = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)  # 9 pm
    monday = datetime(2026, 11, 30, 14, 0, tzinfo=UTC)
    assert last(60, saturday, on_sunday=False).last_at == monday + timedelta(minutes=1)


def test_what_does_not_leave_before_it_is_out_of_date_is_told():
    told = last(3_000, limit=1_000)
    assert told.valid_until == OPENS + timedelta(hours=12)
    assert told.in_time == 1_800
    assert last(1_800, limit=1_000).in_time == 1_800


def test_hours_that_never_come_let_nothing_leave():
    hours = Hours(time(8), time(8, 30), True, frozenset({"America/Chicago"}))
    told = leaving(segments=5, pace=pace(hours=hours), now=NOON)
    assert (told.last_at, told.in_time) == (None, 0)


@pytest.mark.django_db
def test_what_waits_leaves_behind_what_goes_before_it_and_not_before_its_time(time_machine):
    time_machine.move_to(NOON, tick=False)
    site = cast.site()
    who = cast.opted_in(site)
    texts = [cast.outgoing(cast.write(who, f"Text {number}")) for number in range(3)]
    second = Text.objects.filter(pk=texts[1].pk)
    before = last_of(facility=site, texts=second, now=NOON)
    every = last_of(facility=site, texts=Text.objects.all(), now=NOON)
    assert before is not None
    assert every is not None
    assert NOON < before < every
    second.update(next_at=NOON + timedelta(hours=2))
    assert last_of(facility=site, texts=second, now=NOON) == NOON + timedelta(hours=2)
    second.update(state="sent")
    assert last_of(facility=site, texts=second, now=NOON) is None
