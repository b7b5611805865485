"""How fast a line sends, alone and with several workers: by the second, by the day, in turn."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from tenantline.audit.models import Entry
from tenantline.carrier.codes import meaning_of
from tenantline.carrier.types import Rejected, RetryLater
from tenantline.conversations import actions as conversations
from tenantline.conversations.actions import Draft
from tenantline.facilities import actions as facilities
from tenantline.facilities.models import Facility, Line
from tenantline.intake import hearing
from tenantline.kernel.errors import BadInput
from tenantline.outbox import claiming, pacing, queries
from tenantline.outbox.models import Slot, Text
from tenantline.outbox.settle import settle
from tests import cast

NOON = datetime(2026, 7, 1, 17, tzinfo=UTC)  # Wednesday, 12:00 in Austin
RESET = datetime(2026, 7, 2, 7, tzinfo=UTC)  # midnight in Los Angeles, 2:00 in Austin
MORNING = datetime(2026, 7, 2, 13, tzinfo=UTC)  # 8:00 in Austin
SECOND = timedelta(seconds=1)
TWO_SEGMENTS = "word " * 40


@pytest.fixture
def noon(time_machine, db):
    time_machine.move_to(NOON - timedelta(hours=3), tick=False)


def people(count: int, where: Facility | None = None):
    """Tenants of one facility, their confirmations out of the way."""
    where = where or cast.site()
    found = [
        cast.opted_in(where, f"Tenant {n}", now=NOON - timedelta(hours=2)) for n in range(count)
    ]
    Text.objects.filter(clearance__purpose="confirmation").update(state="withheld")
    return found


def typed(who, body: str = "Your unit is ready.", now: datetime = NOON) -> Text:
    return cast.outgoing(cast.write(who, body, now=now))


def automatic(who, body: str = "Your statement is ready.", now: datetime = NOON) -> Text:
    draft = Draft(body=body, purpose="statement", automatic=True)
    sent = conversations.send(tenant=who, draft=draft, by=cast.TESTER, now=now)
    return cast.outgoing(sent.message)


def limit(segments: int) -> Line:
    line = Line.objects.get()
    Slot.objects.update_or_create(
        line=line, defaults={"daily_segments": segments, "free_at": NOON - timedelta(hours=1)}
    )
    return line


def leaving(*, start: datetime = NOON, seconds: int = 30) -> list[int]:
    """What leaves in so many seconds, as text ids."""
    found = []
    for n in range(seconds):
        jobs = cast.claim(now=start + n * SECOND)
        found += [Text.objects.get(attempts=job.attempt_id).pk for job in jobs]
    return found


def leaving_one(now: datetime) -> int:
    """What a worker takes that has room for a single text."""
    [job] = cast.claim(now=now, limit=1)
    return Text.objects.get(attempts=job.attempt_id).pk


# --- by the second ---


def test_a_long_text_keeps_the_line_for_each_of_its_segments(noon):
    who = people(1)[0]
    texts = [typed(who, f"{TWO_SEGMENTS}{n}") for n in range(3)]
    assert texts[0].segments == 2
    assert leaving(seconds=4) == [texts[0].pk, texts[1].pk]


def test_who_can_take_nothing_more_claims_nothing(noon):
    [who] = people(1)
    typed(who)
    assert cast.claim(now=NOON, limit=0) == []
    assert len(cast.claim(now=NOON, limit=1)) == 1


def test_a_toll_free_number_begins_at_three_a_second(db):
    where = cast.facility()
    assert cast.line(where, "+18335550177").segments_per_second == 3
    assert cast.line(cast.facility("MESA"), "+15125550177").segments_per_second == 1


def test_several_workers_together_keep_a_lines_pace(fresh_database, time_machine):
    time_machine.move_to(NOON - timedelta(hours=3), tick=False)
    for who in people(5):
        typed(who, f"Hello {who.pk}")
        typed(who, f"Goodbye {who.pk}")
    line, claimed = Line.objects.get(), []
    hearing.assume_known(name="tests", line_ids=[line.pk], now=NOON + 10 * SECOND)
    meet = threading.Barrier(3)

    def work(name: str) -> None:
        for n in range(6):
            meet.wait()
            now = NOON + n * SECOND / 2
            claimed.extend(claiming.claim(worker=name, limit=9, now=now))
        connection.close()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((job.claimed_at - NOON) // SECOND for job in claimed) == [0, 1, 2]
    assert len({job.attempt_id for job in claimed}) == 3


# --- by the day ---


@pytest.mark.parametrize(
    ("now", "reset"),
    [
        ("2026-07-01T17:00", "2026-07-02T07:00"),
        ("2026-07-02T06:59", "2026-07-02T07:00"),
        ("2026-07-02T07:00", "2026-07-03T07:00"),
        ("2026-03-08T09:00", "2026-03-09T07:00"),  # the day on which the clocks go forward
        ("2026-11-01T08:00", "2026-11-02T08:00"),  # and back
        ("2026-12-24T20:00", "2026-12-25T08:00"),
    ],
)
def test_the_carriers_day_ends_at_midnight_in_los_angeles(now, reset):
    found = pacing.reset_after(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(reset).replace(tzinfo=UTC)


def test_what_does_not_fit_into_the_day_waits_and_leaves_the_next_morning(noon):
    who = people(1)[0]
    texts = [typed(who, f"Text {n}") for n in range(3)]
    limit(2)
    assert leaving() == [texts[0].pk, texts[1].pk]
    assert leaving(start=RESET - 2 * SECOND, seconds=4) == []
    assert Text.objects.get(pk=texts[2].pk).state == "queued"
    assert leaving(start=MORNING, seconds=1) == [texts[2].pk]


def test_machines_leave_a_tenth_of_the_day_to_people(noon):
    who = people(3)
    run = [automatic(one, f"Statement {n}") for n in range(4) for one in who]
    limit(10)
    assert len(leaving()) == 9
    chat = typed(who[0], now=NOON + 40 * SECOND)
    assert leaving(start=NOON + 40 * SECOND) == [chat.pk]
    assert Text.objects.filter(pk__in=[t.pk for t in run], state="queued").count() == 3


def test_a_long_text_that_does_not_fit_lets_a_short_one_pass(noon):
    who = people(1)[0]
    long, short = typed(who, TWO_SEGMENTS), typed(who, "Yes.")
    limit(1)
    assert leaving() == [short.pk]
    assert Text.objects.get(pk=long.pk).state == "queued"


def rejected(code: int) -> Rejected:
    return Rejected(code, 400, meaning_of(code).words, meaning_of(code).kind)


@pytest.mark.parametrize("outcome", [RetryLater(None, "busy", 20429), rejected(21614)])
def test_what_provably_did_not_leave_takes_nothing_from_the_day(noon, outcome):
    typed(people(1)[0])
    limit(5)
    [job] = cast.claim(now=NOON)
    assert Slot.objects.get().used == 1
    settle(attempt_id=job.attempt_id, outcome=outcome, now=NOON)
    assert Slot.objects.get().used == 0


def test_an_owner_sets_the_pace_and_the_record_says_so(noon):
    people(0)
    line = Line.objects.get()
    pacing.set_pace(line=line, a_second=4.0, a_day=2000, by=cast.TESTER, now=NOON)
    line.refresh_from_db()
    day = pacing.day_at(Slot.objects.get(line=line), NOON)
    assert (line.segments_per_second, day.limit, day.left) == (4.0, 2000, 2000)
    assert Entry.objects.filter(act="line.pace_set").count() == 1


@pytest.mark.parametrize(
    ("a_second", "a_day"), [(0, None), (-1, None), (101, None), (float("nan"), None), (1, 99)]
)
def test_a_pace_that_no_line_has_is_refused(noon, a_second, a_day):
    people(0)
    with pytest.raises(BadInput):
        pacing.set_pace(
            line=Line.objects.get(), a_second=a_second, a_day=a_day, by=cast.TESTER, now=NOON
        )


def test_each_preset_is_recognised_by_its_figures():
    found = [pacing.preset_of(p.a_second, p.a_day) for p in pacing.PRESETS]
    assert found == [p.key for p in pacing.PRESETS]


@pytest.mark.parametrize(("used", "late"), [(0, {"chat", "statement"}), (9, {"chat"}), (10, set())])
def test_nobody_is_late_with_what_waits_for_the_next_day(noon, used, late):
    who = people(1)[0]
    limit(10)
    Slot.objects.update(day=pacing.day_of(NOON), used=used)
    found = set()
    for write, purpose in ((typed, "chat"), (automatic, "statement")):
        text = write(who)
        if queries.oldest_due(NOON + SECOND) is not None:
            found.add(purpose)
        Text.objects.filter(pk=text.pk).update(state="withheld")
    assert found == late


def test_nobody_is_late_with_what_waits_for_a_paused_line(noon):
    typed(people(1)[0])
    assert queries.oldest_due(NOON + SECOND) == SECOND
    facilities.pause_line(line=Line.objects.get(), reason="", by=cast.TESTER, now=NOON)
    assert queries.oldest_due(NOON + SECOND) is None


def test_the_document_lists_every_preset_as_it_is():
    doc = (Path(__file__).parents[2] / "docs" / "sending.md").read_text(encoding="utf-8")
    rows = [
        f"| {p.words} | {p.a_second:g} | {f'{p.a_day:,} ' if p.a_day else ''}|"
        for p in pacing.PRESETS
    ]
    assert [row for row in rows if row not in doc] == []


# --- in turn ---


def test_a_persons_text_goes_before_a_run_that_was_there_first(noon):
    who = people(2)
    run = [automatic(who[0], f"Statement {n}") for n in range(3)]
    chat = typed(who[1], now=NOON + SECOND / 2)
    assert leaving(start=NOON + SECOND, seconds=2) == [chat.pk, run[0].pk]


def test_a_long_queue_takes_no_turn_of_another_facility(noon):
    long, short = cast.site("LONG"), cast.site("SHORT")
    who = people(1, long)[0]
    for n in range(6):
        typed(who, f"Text {n}")
    only = typed(people(1, short)[0], "The only one")
    assert only.pk in [leaving_one(NOON + n * SECOND / 2) for n in range(2)]


def test_lines_that_cannot_send_stand_in_nobodys_way(noon):
    deaf = [cast.site(f"DEAF{n}") for n in range(3)]
    heard = cast.site("HEARD")
    for where in (*deaf, heard):
        typed(people(1, where)[0], f"Hello {where.code}")
    line = Line.objects.get(facility=heard)
    hearing.assume_known(name="tests", line_ids=[line.pk], now=NOON)
    [job] = claiming.claim(worker="w", limit=1, now=NOON)
    assert job.line_id == line.pk


def test_what_may_not_leave_costs_a_line_its_turn(noon):
    held, other = cast.site("HELD"), cast.site("OTHER")
    who = people(1, held)[0]
    typed(who)
    typed(people(1, other)[0], "Hello")
    Slot.objects.create(line=Line.objects.get(facility=held), free_at=NOON - timedelta(hours=2))
    Slot.objects.create(line=Line.objects.get(facility=other), free_at=NOON - timedelta(hours=1))
    cast.receive(cast.mobile_of(who), held, "one moment", now=NOON, work=False)
    assert cast.claim(now=NOON, limit=1) == []
    assert [job.parcel.body for job in cast.claim(now=NOON, limit=1)] == ["Hello"]


# --- what the carrier asks for ---


def answered(outcome) -> Text:
    """A line with two texts, the first of which was answered so at noon."""
    who = people(1)[0]
    typed(who, "First")
    typed(who, "Second")
    [job] = cast.claim(now=NOON)
    settle(attempt_id=job.attempt_id, outcome=outcome, now=NOON)
    return Text.objects.get(body="First")


def test_too_many_requests_hold_the_line_for_as_long_as_was_asked(noon):
    first = answered(RetryLater(20.0, "busy", 20429))
    assert leaving(start=NOON + SECOND, seconds=19) == []
    assert leaving(start=NOON + 27 * SECOND, seconds=1) == [first.pk]


def test_too_many_requests_hold_every_line_of_the_account(noon):
    other = people(1, cast.site("OTHER"))[0]
    where = cast.site("LAMAR")
    typed(people(1, where)[0], "First")
    [job] = cast.claim(now=NOON)
    cast.claim(now=NOON + SECOND)
    settle(attempt_id=job.attempt_id, outcome=RetryLater(9.0, "busy", 20429), now=NOON + SECOND)
    typed(other, "Elsewhere", now=NOON + 2 * SECOND)
    Slot.objects.get_or_create(line=Line.objects.get(facility=other.facility), free_at=NOON)
    assert Slot.objects.get(line=job.line_id).free_at > NOON + 9 * SECOND


def test_a_turn_that_a_wrong_clock_has_written_keeps_nobody(noon):
    [who] = people(1)
    first = typed(who, "First")
    Slot.objects.update_or_create(
        line=Line.objects.get(), defaults={"free_at": NOON + timedelta(days=365)}
    )
    assert leaving(seconds=1) == [first.pk]
    assert Slot.objects.get().free_at == NOON + SECOND


def test_a_turn_that_a_wrong_clock_has_written_gives_way_to_the_carriers_wait(noon):
    line = cast.line(cast.facility())
    Slot.objects.update_or_create(line=line, defaults={"free_at": NOON + timedelta(days=365)})
    pacing.hold_back(line=line, until=NOON + 20 * SECOND, whole_account=False)
    assert Slot.objects.get().free_at == NOON + 20 * SECOND


def test_a_full_queue_at_the_carrier_holds_the_line_for_minutes(noon):
    first = answered(rejected(21611))
    assert leaving(start=NOON + timedelta(minutes=4, seconds=59), seconds=1) == []
    assert leaving(start=NOON + timedelta(minutes=7), seconds=1) == [first.pk]


def test_a_text_that_could_not_leave_alone_lets_the_next_one_pass(noon):
    first = answered(RetryLater(None, "no route", None))
    assert leaving(start=NOON + SECOND, seconds=1) != [first.pk]
    assert first.waits_for == "retry"


def test_waiting_grows_and_never_ends_the_text_within_a_day(noon):
    typed(people(1)[0])
    now, waits = NOON, []
    for _ in range(14):
        [job] = cast.claim(now=now)
        settle(attempt_id=job.attempt_id, outcome=RetryLater(None, "down", None), now=now)
        waits.append(Text.objects.get(state="queued").next_at - now)
        now = now + waits[-1]
    assert timedelta(seconds=2) <= waits[0] < timedelta(seconds=3)
    assert timedelta(minutes=5) <= waits[-1] <= timedelta(minutes=6, seconds=30)
