"""Texts of which nobody knows the end: sent again only where the carrier provably has none (R7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tenantline.audit.models import Entry
from tenantline.carrier.types import Accepted, RetryLater, Unclear
from tenantline.kernel.errors import Refused
from tenantline.outbox import unknown
from tenantline.outbox.models import Attempt, Text
from tenantline.outbox.settle import settle
from tenantline.outbox.unknown import Listed, Verdict
from tests import cast
from tests.outbox.test_status import apply_all, callback

NOON = datetime(2026, 7, 1, 17, tzinfo=UTC)
ABSENT = Verdict("absent")
MINUTES = [NOON + timedelta(minutes=n) for n in range(30)]


@pytest.fixture(autouse=True)
def noon(time_machine, db):
    time_machine.move_to(NOON, tick=False)


def tenant():
    who = cast.opted_in(cast.site(), now=NOON - timedelta(hours=2))
    Text.objects.update(state="withheld")
    return who


def attempt(who, body: str = "Hello", now: datetime = NOON) -> Attempt:
    """A text whose call to the carrier ended without an answer."""
    cast.write(who, body, now=now)
    return attempt_again(now)


def attempt_again(now: datetime) -> Attempt:
    [job] = cast.claim(now=now)
    settle(attempt_id=job.attempt_id, outcome=Unclear("cut"), now=now)
    return Attempt.objects.get(pk=job.attempt_id)


def read(found: Attempt, verdict: Verdict, at: datetime) -> str:
    unknown.keep_verdict(attempt_id=found.pk, verdict=verdict, read_at=at, now=at)
    found.refresh_from_db()
    return Text.objects.get(pk=found.text_id).state


def looked_for(at: datetime) -> list[int]:
    return [found.pk for found in unknown.unsettled(now=at)]


def test_twice_absent_far_enough_apart_it_waits_again():
    found = attempt(tenant())
    assert read(found, ABSENT, MINUTES[0]) == "unknown"
    assert read(found, ABSENT, MINUTES[1]) == "unknown"
    assert read(found, ABSENT, MINUTES[2]) == "queued"
    assert found.outcome == "never_taken"


def test_an_earlier_attempt_says_nothing_of_the_later_one():
    first = attempt(tenant())
    read(first, ABSENT, MINUTES[0])
    read(first, ABSENT, MINUTES[2])
    second = attempt_again(MINUTES[3])
    assert looked_for(MINUTES[4]) == [second.pk]
    assert read(first, ABSENT, MINUTES[5]) == "unknown"
    assert read(second, ABSENT, MINUTES[5]) == "unknown"
    assert read(second, ABSENT, MINUTES[7]) == "queued"


def test_a_callback_that_waits_to_be_worked_on_proves_that_it_was_taken():
    found = attempt(tenant())
    read(found, ABSENT, MINUTES[0])
    callback(found.token, "SM1", "sent")
    assert read(found, ABSENT, MINUTES[2]) == "unknown"
    apply_all()
    assert Text.objects.get(pk=found.text_id).state == "sent"


def test_a_text_that_a_callback_names_is_not_taken_for_another():
    who = tenant()
    first, second = attempt(who), attempt(who, now=MINUTES[1])
    callback(second.token, "SM2", "queued")
    assert unknown.adopted_sids(["SM2"], attempt=first) == {"SM2"}
    assert unknown.adopted_sids(["SM2"], attempt=second) == set()


def test_a_token_that_nobody_knows_proves_nothing():
    found = attempt(tenant())
    callback("of-a-lost-attempt", "SM1", "sent")
    apply_all()
    assert unknown.adopted_sids(["SM1"], attempt=found) == set()


def test_one_that_another_has_adopted_meanwhile_is_not_adopted_twice():
    who = tenant()
    first, second = attempt(who), attempt(who, now=MINUTES[1])
    verdict = Verdict("found", "SM1", "sent")
    assert read(first, verdict, MINUTES[2]) == "sent"
    assert read(second, verdict, MINUTES[2]) == "unknown"


def test_the_same_words_twice_and_one_taken_for_the_other_still_leave_twice():
    who = tenant()
    first, second = attempt(who), attempt(who, now=MINUTES[1])
    read(first, Verdict("found", "SM2", "sent"), MINUTES[2])
    callback(second.token, "SM2", "delivered")  # Twilio had taken the second alone
    apply_all()
    assert Text.objects.get(pk=first.text_id).state == "delivered"
    read(second, ABSENT, MINUTES[3])
    assert read(second, ABSENT, MINUTES[5]) == "queued"


def test_a_doubt_ends_when_the_text_in_question_turns_out_to_be_anothers():
    who = tenant()
    first, second = attempt(who, "Hello"), attempt(who, "Goodbye", MINUTES[1])
    read(first, Verdict("doubtful", "SM2", "sent"), MINUTES[2])
    assert looked_for(MINUTES[3]) == [second.pk]
    read(second, Verdict("found", "SM2", "sent"), MINUTES[3])
    assert looked_for(MINUTES[4]) == [first.pk]
    read(first, ABSENT, MINUTES[4])
    assert first.doubtful_sid == ""


def test_a_doubtful_reading_begins_the_wait_anew():
    found = attempt(tenant())
    read(found, ABSENT, MINUTES[0])
    read(found, Verdict("doubtful", "SM9", "sent"), MINUTES[1])
    assert read(found, ABSENT, MINUTES[2]) == "unknown"


def test_who_woke_up_too_late_to_send_ends_the_doubt():
    cast.write(tenant(), "Hello", now=NOON)
    [job] = cast.claim(now=NOON)
    Text.objects.update(state="unknown", leased_until=None)
    late = RetryLater(None, "late", None, at_once=True)
    settle(attempt_id=job.attempt_id, outcome=late, now=MINUTES[9])
    assert Text.objects.get(body="Hello").state == "queued"


def test_a_late_acceptance_ends_the_doubt_and_nothing_is_sent_again():
    found = attempt(tenant())
    read(found, ABSENT, MINUTES[0])
    settle(attempt_id=found.pk, outcome=Accepted("SM1", "queued", 1), now=MINUTES[1])
    assert read(found, ABSENT, MINUTES[2]) == "sent"
    assert looked_for(MINUTES[3]) == []


def listed(body: str, *, seconds: float, sid: str = "SM1") -> Listed:
    return Listed(sid, body, "sent", NOON + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("body", "seconds", "answer"),
    [
        ("Hello", 1, "found"),
        ("Hello", -59, "found"),
        ("Hello", 900, "found"),
        ("Hello", -61, "absent"),
        ("Hello there", 1, "doubtful"),
        ("Hello there", -61, "absent"),
        ("Sent from your Twilio trial account - Hello", 1, "found"),
        ("Hello \r\n", 1, "found"),
    ],
)
def test_a_listed_text_is_judged_by_its_time_and_words(body, seconds, answer):
    verdict = unknown.judge(
        [listed(body, seconds=seconds)], body="Hello", started_at=NOON, adopted=()
    )
    assert verdict.answer == answer


def test_of_two_with_the_same_words_the_older_is_taken_unless_it_is_anothers():
    both = [listed("Hello", seconds=20, sid="SM2"), listed("Hello", seconds=1, sid="SM1")]
    found = [
        unknown.judge(both, body="Hello", started_at=NOON, adopted=taken).sid
        for taken in ((), {"SM1"}, {"SM1", "SM2"})
    ]
    assert found == ["SM1", "SM2", ""]


# --- a person decides ---


def decide(found: Attempt, *, arrived: bool) -> Text:
    text = Text.objects.get(pk=found.text_id)
    unknown.decide(text=text, arrived=arrived, by=cast.TESTER, now=MINUTES[1])
    text.refresh_from_db()
    return text


@pytest.mark.parametrize(
    ("arrived", "state", "act"),
    [(True, "sent", "text.arrived"), (False, "queued", "text.sent_again")],
)
def test_a_person_decides_and_the_record_says_who(arrived, state, act):
    text = decide(attempt(tenant()), arrived=arrived)
    assert text.state == state
    entry = Entry.objects.get(act=act)
    assert (entry.actor_name, entry.subject) == (cast.TESTER.name, f"text:{text.pk}")


def test_what_was_decided_is_not_looked_for_any_more():
    found = attempt(tenant())
    decide(found, arrived=True)
    assert looked_for(MINUTES[9]) == []
    with pytest.raises(Refused):
        decide(found, arrived=False)


def test_a_callback_corrects_who_thought_that_it_had_not_been_sent():
    found = attempt(tenant())
    decide(found, arrived=False)
    callback(found.token, "SM1", "delivered")
    apply_all()
    assert Text.objects.get(pk=found.text_id).state == "delivered"
    assert cast.claim(now=MINUTES[2]) == []


def test_what_is_sent_again_is_asked_at_the_gate_again():
    found = attempt(tenant())
    decide(found, arrived=False)
    text = Text.objects.get(pk=found.text_id)
    cast.receive(text.clearance.number, text.facility, "STOP", now=MINUTES[1])
    assert cast.claim(now=MINUTES[2]) == []
    text.refresh_from_db()
    assert (text.state, text.reason_code) == ("withheld", "opted_out")


def test_a_stored_callback_for_a_text_with_another_sid_is_kept_and_stops_nobody():
    who = tenant()
    first, second = attempt(who), attempt(who, now=MINUTES[1])
    settle(attempt_id=first.pk, outcome=Accepted("SM1", "queued", 1), now=MINUTES[2])
    callback(second.token, "SM1", "delivered")
    callback(second.token, "SM2", "sent")
    apply_all()
    states = dict(Text.objects.exclude(state="withheld").values_list("carrier_sid", "state"))
    assert states == {"SM1": "delivered", "SM2": "sent"}
