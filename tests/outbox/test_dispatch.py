"""From the claim to the socket: nothing stale leaves, and what the carrier said is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from tenantline.audit.models import Entry
from tenantline.carrier.client import Client
from tenantline.carrier.codes import meaning_of
from tenantline.carrier.types import Accepted, Rejected
from tenantline.consent import queries as consent
from tenantline.conversations import actions as conversations
from tenantline.conversations.actions import Draft
from tenantline.facilities.models import Line
from tenantline.facilities.scope import EVERYWHERE
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.outbox import claiming, settle
from tenantline.outbox.claiming import LEASE, Job
from tenantline.outbox.dispatch import Dispatcher
from tenantline.outbox.models import Attempt, Text
from tenantline.tenants.models import Tenant
from tests import cast
from tests.outbox.test_status import apply_all, callback
from tests.support import twilio_spec
from tests.support.installation import wait_for
from tests.support.twilio_standin import TwilioStandin, running

NOON = datetime(2026, 7, 1, 17, tzinfo=UTC)  # Wednesday, 12:00 in Austin
NIGHT = NOON.replace(day=2, hour=4)  # 23:00 in Austin
MORNING = NOON.replace(day=2, hour=13)  # 8:00 in Austin
SECOND = timedelta(seconds=1)


@pytest.fixture
def noon(time_machine, db):
    time_machine.move_to(NOON, tick=False)


def tenant(name: str = "Olive Agreed", where=None):
    who = cast.opted_in(where or cast.site(), name, now=NOON - timedelta(hours=2))
    Text.objects.filter(clearance__purpose="confirmation").update(state="withheld")
    return who


def claimed(now: datetime = NOON) -> Job:
    [job] = cast.claim(now=now)
    return job


def text_of(job: Job) -> Text:
    return Text.objects.get(attempts=job.attempt_id)


# --- just before the socket ---


@pytest.mark.parametrize(
    ("later", "leaves"),
    [(0, True), (1.9, True), (2, False), (600, False), (-1, False), (-3600, False)],
)
def test_a_clearance_is_good_for_two_seconds_also_when_the_clock_is_set(
    noon, time_machine, later, leaves
):
    cast.write(tenant(), now=NOON)
    job = claimed()
    time_machine.move_to(NOON + later * SECOND, tick=False)
    assert job.may_leave() is leaves


def test_a_clock_that_was_set_back_while_the_process_slept_does_not_help(noon):
    cast.write(tenant(), now=NOON)
    assert not replace(claimed(), claimed_tick=clock.tick() - 2).may_leave()


def test_a_sender_whose_lease_has_ended_does_not_send(noon):
    cast.write(tenant(), now=NOON)
    job = claimed()
    assert job.leased_until == NOON + LEASE
    assert not replace(job, leased_until=NOON).may_leave()


@dataclass
class Office:
    """A tenant whose line is at a stand-in for Twilio."""

    twilio: TwilioStandin
    who: Tenant

    def write(self, body: str) -> Text:
        return cast.outgoing(cast.write(self.who, body, now=clock.now() - 10 * SECOND))

    def claim(self, ago: timedelta = timedelta()) -> Job:
        """Claim as if so long ago."""
        now = clock.now() - ago
        lines = Line.objects.values_list("pk", flat=True)
        hearing.assume_known(name="tests", line_ids=lines, now=now)
        [job] = claiming.claim(worker="w", limit=9, now=now)
        return job

    def carry(self, *jobs: Job) -> None:
        async def run() -> None:
            async with Client(self.twilio.url) as client:
                dispatcher = Dispatcher(worker="w", client=client)
                for job in jobs:
                    await dispatcher.carry(job)
                await dispatcher.drain()

        asyncio.run(run())
        connections.close_all()


@pytest.fixture
def office(fresh_database) -> Iterator[Office]:
    twilio_spec.require()
    with running() as twilio:
        where = cast.facility()
        line = cast.line(where, account=twilio.account_sid, token=twilio.token)
        twilio.add_number(line.number)
        who = cast.opted_in(where, now=clock.now() - timedelta(minutes=1))
        Text.objects.update(state="withheld")
        yield Office(twilio, who)


def test_what_comes_to_the_socket_too_late_is_asked_again_and_leaves_once(office):
    text = office.write("Hello")
    office.carry(office.claim(ago=3 * SECOND))
    assert office.twilio.accepted == []
    text.refresh_from_db()
    assert (text.state, text.tries) == ("queued", 0)
    assert text.next_at <= clock.now()
    office.carry(office.claim())
    assert [message.body for message in office.twilio.accepted] == ["Hello"]


def test_a_stop_that_came_while_the_sender_slept_keeps_the_text(office):
    text = office.write("Hello")
    job = office.claim(ago=3 * SECOND)
    cast.receive(cast.mobile_of(office.who), office.who.facility, "STOP")
    office.carry(job)
    lines = Line.objects.values_list("pk", flat=True)
    hearing.assume_known(name="tests", line_ids=lines, now=clock.now())
    assert claiming.claim(worker="w", limit=9, now=clock.now()) == []
    text.refresh_from_db()
    assert (text.state, text.reason_code) == ("withheld", "opted_out")
    assert office.twilio.accepted == []


def test_what_twilio_said_is_kept_when_the_database_comes_back(office):
    text = office.write("Hello")
    job = office.claim()
    table = Text._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away")

    async def carry() -> None:
        async with Client(office.twilio.url) as client:
            dispatcher = Dispatcher(worker="w", client=client)
            underway = asyncio.create_task(dispatcher.carry(job))
            await asyncio.to_thread(wait_for, lambda: office.twilio.accepted)
            await asyncio.to_thread(bring_back)
            await underway
            await dispatcher.drain()

    def bring_back() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE away RENAME TO {table}")
        connection.close()

    connection.close()
    asyncio.run(carry())
    text.refresh_from_db()
    assert (text.state, text.carrier_sid) == ("sent", office.twilio.accepted[0].sid)


def test_a_line_whose_calls_hang_takes_two_places_at_most(noon):
    cast.write(tenant(), now=NOON)
    assert claimed().at_once == 2
    Line.objects.update(segments_per_second=4.0)
    cast.write(tenant("Olga Other", Line.objects.get().facility), now=NOON)
    assert claimed(NOON + 2 * SECOND).at_once == 4


def test_a_line_with_enough_on_its_way_is_left_out(noon):
    cast.write(tenant(), now=NOON)
    line = Line.objects.get()
    hearing.assume_known(name="tests", line_ids=[line.pk], now=NOON)
    assert claiming.claim(worker="w", limit=9, now=NOON, busy=[line.pk]) == []
    assert len(claiming.claim(worker="w", limit=9, now=NOON)) == 1


def _paused(_: datetime) -> datetime:
    Line.objects.update(paused_at=NOON)
    return NOON


def _silent(_: datetime) -> datetime:
    return NOON + hearing.SILENT_AFTER


@pytest.mark.parametrize("meanwhile", [_paused, _silent])
def test_what_a_line_was_ready_for_is_asked_again_in_the_transaction(noon, meanwhile):
    cast.write(tenant(), now=NOON)
    hearing.assume_known(name="tests", line_ids=[Line.objects.get().pk], now=NOON)
    readings = iter([lambda now: now, meanwhile])
    look = claiming.look(worker="w", limit=9, read_clock=lambda: next(readings)(NOON))
    assert look.jobs == []
    assert Text.objects.filter(state="sending").count() == 0


# --- asked again when it leaves: R5, R6 ---


def test_a_persons_text_that_could_not_leave_in_time_waits_for_the_morning(noon):
    text = cast.outgoing(cast.write(tenant(), now=NOON, reason=""))
    assert cast.claim(now=NIGHT) == []
    text.refresh_from_db()
    assert (text.state, text.not_before, text.waits_for) == ("queued", MORNING, "quiet_hours")
    assert text_of(claimed(MORNING)) == text


def test_what_was_written_just_before_eight_may_leave_just_after(noon):
    closing = NIGHT.replace(hour=1)  # 20:00 in Austin
    cast.write(tenant(), now=closing - SECOND, reason="")
    assert claimed(closing + timedelta(minutes=5)).parcel.validity_seconds is None


def test_what_a_person_confirmed_may_leave_all_night(noon):
    cast.write(tenant(), now=NIGHT, reason="the gate is open")
    assert claimed(NIGHT + timedelta(hours=8))


def test_an_answer_to_who_wrote_lately_may_leave_for_an_hour(noon):
    who = tenant()
    cast.receive(cast.mobile_of(who), who.facility, "still there?", now=NIGHT)
    text = cast.outgoing(cast.write(who, now=NIGHT + timedelta(minutes=50), reason=""))
    assert cast.claim(now=NIGHT + timedelta(minutes=111)) == []
    text.refresh_from_db()
    assert text.not_before == MORNING


def test_words_written_over_a_day_do_not_leave_to_all_at_once(noon):
    where = cast.site()
    who = [tenant(f"Tenant {n}", where) for n in range(7)]
    for n, one in enumerate(who):
        cast.write(one, "The gate code changes", now=NOON + timedelta(minutes=11 * n))
    resumed = NOON + timedelta(hours=2)
    jobs = [job for n in range(60) for job in cast.claim(now=resumed + n * SECOND)]
    assert len(jobs) == 5
    later = [job for n in range(5) for job in cast.claim(now=resumed + (700 + n) * SECOND)]
    assert len(later) == 2


# --- classes of outcome ---


def rejected(code: int) -> Rejected:
    return Rejected(code, 400, meaning_of(code).words, meaning_of(code).kind)


def answer(outcome, who=None) -> Text:
    cast.write(who or tenant(), now=NOON)
    job = claimed()
    settle.settle(attempt_id=job.attempt_id, outcome=outcome, now=NOON)
    return text_of(job)


@pytest.mark.parametrize(("code", "paused"), [(20003, 2), (30002, 2), (21606, 1), (30034, 1)])
def test_trouble_with_an_account_pauses_its_lines_and_of_a_number_its_own(noon, code, paused):
    cast.site("MESA")
    answer(rejected(code), tenant(where=cast.site("LAMAR")))
    assert Line.objects.exclude(paused_at=None).count() == paused
    assert Entry.objects.filter(act="line.paused").count() == paused


@pytest.mark.parametrize(("number", "paused"), [("+17375550177", True), ("+14165550177", False)])
def test_no_permission_for_a_country_is_ours_only_at_home(noon, number, paused):
    who = cast.opted_in(cast.site(), number=number, now=NOON - timedelta(hours=1))
    Text.objects.update(state="withheld")
    answer(rejected(21408), who)
    assert (Line.objects.get().paused_at is not None) is paused


@pytest.mark.parametrize("code", [30005, 30006])
def test_a_number_that_may_be_somebody_elses_is_parked_until_somebody_looks(noon, code):
    text = answer(rejected(code))
    found = consent.of(tenant=text.clearance.tenant, scope=EVERYWHERE, now=NOON)
    assert (text.state, found.parked, found.status) == ("failed", True, "opted_in")


def statement(now: datetime = NOON) -> Text:
    draft = Draft(body="Your statement is ready.", purpose="statement", automatic=True)
    sent = conversations.send(tenant=tenant(), draft=draft, by=cast.TESTER, now=now)
    job = claimed(now)
    settle.settle(attempt_id=job.attempt_id, outcome=Accepted("SM1", "queued", 1), now=now)
    return cast.outgoing(sent.message)


def given_back(text: Text, code: int, now: datetime, sid: str = "SM1") -> None:
    """The carrier tells twice that it gave the text back."""
    token = Attempt.objects.get(text=text, carrier_sid=sid).token
    callback(token, sid, "failed", str(code))
    callback(token, sid, "failed", str(code))
    apply_all()
    text.refresh_from_db()


def test_a_statement_that_expired_at_the_carrier_goes_back_through_the_gate(noon):
    text = statement()
    given_back(text, 30036, NOON)
    assert (text.state, text.carrier_sid, text.error_code) == ("queued", None, "")
    cast.receive(text.clearance.number, text.facility, "STOP", now=NOON)
    assert cast.claim(now=NOON + 5 * SECOND) == []
    text.refresh_from_db()
    assert (text.state, text.reason_code) == ("withheld", "opted_out")


def test_a_late_callback_of_an_expired_attempt_says_nothing_of_the_next_one(noon):
    text = statement()
    given_back(text, 30036, NOON)
    job = claimed(NOON + 5 * SECOND)
    settle.settle(attempt_id=job.attempt_id, outcome=Accepted("SM2", "queued", 1), now=NOON)
    given_back(text, 30036, NOON)
    assert (text.state, text.carrier_sid) == ("sent", "SM2")


def test_a_persons_text_that_expired_at_the_carrier_is_shown_as_failed(noon):
    text = answer(Accepted("SM1", "queued", 1))
    given_back(text, 30036, NOON)
    assert (text.state, text.error_code) == ("failed", "30036")


def test_a_full_day_at_t_mobile_lets_the_text_wait_for_the_next(noon):
    text = statement()
    given_back(text, 30023, NOON)
    assert (text.state, text.waits_for) == ("queued", "day")
    assert text.next_at == datetime(2026, 7, 2, 7, tzinfo=UTC)
    assert cast.claim(now=text.next_at) == []
    assert claimed(MORNING)
