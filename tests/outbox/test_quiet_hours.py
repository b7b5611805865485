"""R6 against an oracle that looks at every minute, and through request and dispatch."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenantline.conversations import actions as conversations
from tenantline.conversations.actions import Draft
from tenantline.facilities import actions as facilities
from tenantline.kernel import phone
from tenantline.kernel.errors import BadInput, Refused
from tenantline.kernel.phone import Number
from tenantline.outbox import quiet_hours
from tenantline.outbox.models import Text
from tenantline.outbox.quiet_hours import Hours
from tenantline.tenants import actions as tenants
from tests import cast

MINUTE = timedelta(minutes=1)
AMERICA = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/St_Johns",
    "America/Puerto_Rico",
    "Pacific/Guam",
    "Europe/London",
]
# Around the days on which clocks change in 2026 and 2027, and a plain week.
DAYS = [(2026, 3, 8), (2026, 11, 1), (2027, 3, 14), (2027, 11, 7), (2026, 3, 29), (2026, 7, 2)]

instants = st.builds(
    lambda day, minutes: (
        datetime(day[0], day[1], day[2], tzinfo=UTC) + timedelta(days=-1, minutes=minutes)
    ),
    st.sampled_from(DAYS),
    st.integers(0, 3 * 24 * 60),
)
hours_of_day = st.tuples(st.integers(8 * 60, 19 * 60), st.integers(60, 12 * 60)).map(
    lambda found: (found[0], min(found[0] + found[1], 20 * 60))
)
hours_strategy = st.builds(
    lambda span, sunday, zones: Hours(at(span[0]), at(span[1]), sunday, frozenset(zones)),
    st.one_of(st.just((480, 1200)), hours_of_day),
    st.booleans(),
    st.lists(st.sampled_from(AMERICA), min_size=1, max_size=3),
)


def at(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def every_clock_allows(instant: datetime, hours: Hours) -> bool:
    clocks = [instant.astimezone(ZoneInfo(zone)) for zone in hours.zones]
    if not hours.on_sunday and any(clock.strftime("%A") == "Sunday" for clock in clocks):
        return False
    return all(hours.opens <= clock.time() < hours.closes for clock in clocks)


def stretch(instant: datetime, hours: Hours) -> tuple[datetime, datetime] | None:
    """The unbroken run of allowed minutes around this one, if it lasts an hour."""
    first = instant.replace(second=0, microsecond=0)
    if not every_clock_allows(first, hours):
        return None
    last = first
    while every_clock_allows(first - MINUTE, hours):
        first -= MINUTE
    while every_clock_allows(last + MINUTE, hours):
        last += MINUTE
    return (first, last + MINUTE) if last + MINUTE - first >= timedelta(hours=1) else None


@settings(max_examples=80, deadline=None)
@given(instants, hours_strategy)
def test_a_text_may_leave_exactly_when_every_clock_allows(instant, hours):
    window = quiet_hours.window_at(instant, hours)
    found = (window.opens, window.closes) if window else None
    assert found == stretch(instant, hours)


@settings(max_examples=40, deadline=None)
@given(instants, hours_strategy)
@example(
    datetime(2026, 11, 1, 2, 30, tzinfo=UTC),
    Hours(at(480), at(1200), False, frozenset(AMERICA[:2])),
)
def test_the_next_window_is_the_first_one_to_open(instant, hours):
    window = quiet_hours.next_window(instant, hours)
    quarters = (instant + 15 * MINUTE * n for n in range(4 * 24 * 4))
    first = next((found for q in quarters if (found := stretch(q, hours))), None)
    if window is None:
        assert first is None
    else:
        assert first is None or (window.opens, window.closes) == first
        assert stretch(window.opens, hours) == (window.opens, window.closes)


@settings(max_examples=60, deadline=None)
@given(instants, hours_strategy)
def test_the_carrier_never_holds_a_text_past_the_window(instant, hours):
    window = quiet_hours.window_at(instant, hours)
    if window is None:
        return
    seconds = quiet_hours.validity_seconds(instant, window)
    assert 1 <= seconds <= 600
    assert instant + timedelta(seconds=seconds) <= max(
        window.closes, instant + timedelta(seconds=1)
    )


@settings(max_examples=60, deadline=None)
@given(instants, hours_strategy)
def test_out_of_date_is_the_end_of_a_window_yet_to_come(instant, hours):
    until = quiet_hours.default_valid_until(instant, hours)
    if until is None:
        assert quiet_hours.next_window(instant, hours) is None
    else:
        assert until > instant
        assert stretch(until - MINUTE, hours) is not None


@pytest.mark.parametrize("clocks", [(7, 20), (8, 21), (0, 23), (12, 12), (15, 9)])
def test_a_facility_cannot_widen_its_hours(db, clocks):
    where = cast.site()
    with pytest.raises(BadInput):
        facilities.change_facility(
            facility=where,
            by=cast.TESTER,
            now=NOON,
            window_opens=time(clocks[0]),
            window_closes=time(clocks[1]),
        )
    where.refresh_from_db()
    assert (where.window_opens, where.window_closes) == (time(8), time(20))


# --- through request and dispatch ---

NOON = datetime(2026, 7, 1, 17, tzinfo=UTC)  # Wednesday, 12:00 in Austin, 13:00 in New York
NIGHT = NOON.replace(day=2, hour=4)  # 23:00 in Austin
MORNING = NOON.replace(day=2, hour=13)  # 8:00 in Austin
AUSTIN, NEW_YORK, HAWAII = "+1512555{}", "+1212555{}", "+1808555{}"


@pytest.fixture
def noon(time_machine):
    time_machine.move_to(NOON - timedelta(hours=3), tick=False)


def opted_in(number: str = AUSTIN, **details):
    who = cast.opted_in(
        cast.site(**details), number=Number(number.format("0177")), now=NOON - timedelta(hours=2)
    )
    Text.objects.update(state="withheld")
    return who


def statement(who, now):
    draft = Draft(body="Your statement is ready.", purpose="statement", automatic=True)
    return conversations.send(tenant=who, draft=draft, by=cast.TESTER, now=now).message.text


def leaves(now):
    return [job.parcel for job in cast.claim(now=now)]


def state(text):
    text.refresh_from_db()
    return text.state, text.reason_code


@pytest.mark.django_db
def test_an_automatic_text_leaves_at_noon_for_ten_minutes(noon):
    statement(opted_in(), NOON)
    assert [parcel.validity_seconds for parcel in leaves(NOON)] == [600]


@pytest.mark.django_db
def test_just_before_eight_the_carrier_gets_what_is_left(noon):
    closing = NIGHT.replace(hour=1)
    statement(opted_in(), closing - timedelta(seconds=90))
    assert [p.validity_seconds for p in leaves(closing - timedelta(seconds=90))] == [90]


@pytest.mark.django_db
def test_an_automatic_text_written_at_night_waits_for_eight(noon):
    text = statement(opted_in(), NIGHT)
    assert (text.not_before, text.next_at) == (MORNING, MORNING)
    assert leaves(MORNING - timedelta(seconds=1)) == []
    assert len(leaves(MORNING)) == 1


@pytest.mark.django_db
def test_a_text_that_night_overtook_in_the_queue_waits(noon):
    text = statement(opted_in(), NOON)
    assert leaves(NIGHT) == []
    text.refresh_from_db()
    assert (text.state, text.not_before) == ("queued", MORNING)


@pytest.mark.django_db
def test_what_could_not_leave_in_its_window_is_out_of_date(noon):
    text = statement(opted_in(), NIGHT)
    assert leaves(MORNING + timedelta(hours=12)) == []
    assert state(text) == ("withheld", "out_of_date")


@pytest.mark.django_db
def test_a_number_from_further_east_closes_earlier(noon):
    text = statement(opted_in(NEW_YORK), NOON)
    half_past_seven_in_austin = NIGHT.replace(hour=0, minute=30)
    assert leaves(half_past_seven_in_austin) == []
    text.refresh_from_db()
    assert text.not_before == MORNING


@pytest.mark.django_db
def test_a_zone_confirmed_for_the_address_wins_over_the_prefix(noon):
    who = opted_in(NEW_YORK)
    tenants.change_details(tenant=who, timezone="America/Chicago", by=cast.TESTER, now=NOON)
    statement(who, NOON)
    half_past_seven_in_austin = NIGHT.replace(hour=0, minute=30)
    assert len(leaves(half_past_seven_in_austin)) == 1


@pytest.mark.django_db
def test_a_confirmed_zone_narrows_where_the_prefix_would_not(noon):
    who = opted_in()
    tenants.change_details(tenant=who, timezone="Pacific/Honolulu", by=cast.TESTER, now=NOON)
    eight_in_honolulu = MORNING + timedelta(hours=5)
    assert statement(who, NIGHT).not_before == eight_in_honolulu


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"street": "9 New Rd"}, ""),
        ({"street": "9 New Rd", "timezone": "America/Denver"}, "America/Denver"),
        ({"street": "1 Old Rd", "city": "Austin"}, "America/Chicago"),
        ({"name": "Dana"}, "America/Chicago"),
    ],
)
def test_a_confirmed_zone_goes_with_its_address(said, kept):
    who = cast.tenant(cast.site(), street="1 Old Rd", city="Austin")
    zone = "America/Chicago"
    tenants.change_details(tenant=who, timezone=zone, by=cast.TESTER, now=NOON)
    tenants.change_details(tenant=who, by=cast.TESTER, now=NOON, **said)
    who.refresh_from_db()
    assert who.timezone == kept


@pytest.mark.django_db
def test_sundays_can_be_left_out(noon):
    who = opted_in()
    who.facility.texts_on_sunday = False
    who.facility.save()
    saturday_night = NIGHT.replace(day=5)
    text = statement(who, saturday_night)
    assert text.not_before == MORNING.replace(day=6)


@pytest.mark.django_db
def test_zones_that_share_less_than_an_hour_share_nothing(noon):
    who = opted_in(HAWAII)
    who.facility.window_closes = time(13, 30)
    who.facility.save()
    with pytest.raises(Refused) as refused:
        statement(who, NOON)
    assert refused.value.code == "quiet_hours"


@pytest.mark.django_db
def test_a_queued_text_is_withheld_when_the_hours_no_longer_meet(noon):
    who = opted_in(HAWAII)
    text = statement(who, NIGHT.replace(hour=12))
    who.facility.window_closes = time(13, 30)
    who.facility.save()
    leaves(text.not_before)
    assert state(text) == ("withheld", "quiet_hours")


@pytest.mark.django_db
def test_a_person_is_asked_to_confirm_at_night(noon):
    who = opted_in()
    with pytest.raises(Refused) as refused:
        cast.write(who, now=NIGHT, reason="  ")
    assert refused.value.code == "quiet_hours"
    cast.write(who, now=NIGHT, reason="the gate is open")
    assert [parcel.validity_seconds for parcel in leaves(NIGHT)] == [None]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ago", "body", "asked"), [(59, "hi", False), (61, "hi", True), (5, "HELP", True)]
)
def test_a_tenant_who_wrote_within_the_hour_is_answered_unasked(noon, ago, body, asked):
    who = opted_in()
    cast.receive(cast.mobile_of(who), who.facility, body, now=NIGHT - timedelta(minutes=ago))
    try:
        cast.write(who, now=NIGHT, reason="")
        refused = False
    except Refused:
        refused = True
    assert refused == asked


@pytest.mark.django_db
@pytest.mark.parametrize(("later", "validity"), [(0, 300), (299, 1), (301, None)])
def test_a_confirmation_leaves_within_five_minutes_at_any_hour(noon, later, validity):
    cast.opted_in(cast.site(), now=NIGHT)
    found = [parcel.validity_seconds for parcel in leaves(NIGHT + timedelta(seconds=later))]
    assert found == ([validity] if validity else [])


@pytest.mark.django_db
def test_a_confirmation_that_missed_its_five_minutes_goes_in_the_morning(noon):
    cast.opted_in(cast.site(), now=NIGHT)
    assert leaves(NIGHT + timedelta(minutes=6)) == []
    assert len(leaves(MORNING)) == 1


def test_the_prefix_of_the_number_decides_the_zones():
    assert phone.zones(Number("+18085550177")) == {"Pacific/Honolulu"}
    assert phone.zones(Number("+18005550177")) == frozenset()
