"""A call of the carrier's is stored once, whole, before anybody looks at it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.intake import actions as intake
from tenantline.intake import queries
from tenantline.intake.actions import Inbound, Status
from tenantline.intake.models import InboundCall, StatusCall
from tenantline.kernel import clock
from tests import cast

pytestmark = pytest.mark.django_db


def call(sid: str, body: str = "hello", **changed) -> Inbound:
    values = {
        "message_sid": sid,
        "account_sid": cast.ACCOUNT,
        "line_id": None,
        "sender": "+15125550143",
        "recipient": "+15125550100",
        "body": body,
        "params": {"Body": body, "MessageSid": sid},
    }
    return Inbound(**(values | changed))


def status(sid: str, word: str = "sent") -> Status:
    return Status("token", sid, cast.ACCOUNT, word, "", {"MessageStatus": word})


def work_on(pk):
    taken = intake.take(pk)
    assert taken is not None
    intake.mark_worked(taken, now=clock.now())


def store(*calls):
    return intake.store(list(calls), now=clock.now())


def test_a_call_stored_twenty_times_is_there_once():
    found = [store(call("SM1"))[0] for _ in range(20)]
    assert [pk for pk in found if pk is not None] == [InboundCall.objects.get().pk]


def test_a_call_doubled_within_a_group_is_there_once():
    first, second = store(call("SM1"), call("SM1"))
    assert (first, second) == (InboundCall.objects.get().pk, None)


def test_a_repeat_in_a_group_costs_the_others_nothing():
    store(call("SM2"))
    found = store(call("SM1"), call("SM2"), status("SM9"), call("SM3"))
    assert [pk is not None for pk in found] == [True, False, False, True]
    assert set(InboundCall.objects.values_list("message_sid", flat=True)) == {"SM1", "SM2", "SM3"}
    assert StatusCall.objects.count() == 1


@pytest.mark.parametrize("field", ["body", "sender", "recipient"])
def test_a_repeat_with_other_content_is_flagged_and_changes_nothing(field):
    store(call("SM1"))
    store(call("SM1", **{field: "+15125550999"}))
    row = InboundCall.objects.get()
    assert row.differs
    assert (row.body, row.sender) == ("hello", "+15125550143")


def test_a_true_repeat_is_not_flagged():
    store(call("SM1"), call("SM1"))
    assert not InboundCall.objects.get().differs


def test_a_repeat_of_a_call_that_was_worked_on_is_not_worked_on_again():
    [pk] = store(call("SM1"))
    work_on(pk)
    store(call("SM1"))
    assert intake.take(pk) is None
    assert queries.due(now=clock.now()) == []


def test_every_status_is_kept_repeats_too():
    store(status("SM1"), status("SM1"), status("SM1", "queued"), status("SM1", "what?"))
    assert StatusCall.objects.count() == 4


def test_calls_of_one_group_came_one_after_the_other():
    store(*(call(f"SM{n}") for n in range(5)))
    times = list(InboundCall.objects.order_by("id").values_list("received_at", flat=True))
    assert times == sorted(set(times))


@pytest.mark.parametrize("sender", ["28777", "246", "ACMEBANK", "whatsapp:+15125550143", ""])
def test_any_kind_of_sender_is_stored(sender):
    store(call("SM1", sender=sender))
    assert queries.unread_from(sender) == [InboundCall.objects.get().pk]


@pytest.mark.parametrize("body", ["", "😀" * 1600, "\u202e\u0000."[:1], "a" * 20_000, "'; --"])
def test_any_body_is_stored_as_it_came(body):
    store(call("SM1", body))
    assert InboundCall.objects.get().body == body


def test_a_failing_call_is_tried_later_each_time_and_shown():
    [pk] = store(call("SM1"))
    waits = []
    for _ in range(4):
        now = clock.now()
        intake.mark_failed(pk, error="x" * 999, now=now)
        [next_at] = InboundCall.objects.values_list("next_at", flat=True)
        assert next_at is not None
        waits.append(next_at - now)
    assert waits == [timedelta(seconds=s) for s in (1, 10, 60, 60)]
    assert [row.pk for row in queries.failing()] == [pk]
    assert queries.due(now=clock.now()) == []


def test_a_failure_of_a_call_that_another_worked_on_changes_nothing():
    [pk] = store(call("SM1"))
    work_on(pk)
    intake.mark_failed(pk, error="late", now=clock.now())
    assert queries.failing() == []


def test_workers_leave_a_text_for_a_while_to_who_has_stored_it():
    now = clock.now()
    [pk] = intake.store([call("SM1")], now=now, leave=timedelta(seconds=2))
    assert queries.due(now=now + timedelta(seconds=1)) == []
    assert queries.due(now=now + timedelta(seconds=2)) == [pk]
