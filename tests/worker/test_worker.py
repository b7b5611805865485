"""The worker's loops: nothing ends them but the word to end, and that ends them in order (R7)."""

from __future__ import annotations

import itertools
from datetime import timedelta

from tenantline.facilities.models import Line
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.outbox import actions as outbox
from tenantline.outbox import queries
from tenantline.outbox.models import Text
from tenantline.worker import run
from tests import cast
from tests.support.installation import wait_for
from tests.worker.conftest import Desk, at_work


def written(desk: Desk, body: str = "Your unit is ready.") -> Text:
    """Write a text, alone in the queue."""
    who = cast.opted_in(desk.site)
    Text.objects.update(state="withheld")
    message = cast.write(who, body)
    assert message.text is not None
    return message.text


def test_a_text_leaves_and_its_state_is_kept(desk: Desk):
    text = written(desk)
    with at_work():
        desk.waits_for("sent", text)
    [sent] = desk.twilio.accepted
    assert sent.body == text.body


def test_a_chore_that_fails_in_a_way_nobody_foresaw_is_tried_again(desk: Desk):
    turns = itertools.count(1)
    done = []

    def odd() -> int:
        if next(turns) == 1:
            raise LookupError("nobody foresaw this")
        done.append(True)
        return 0

    with at_work(more={"odd": odd}):
        wait_for(lambda: done)


def test_a_worker_says_which_loop_fails_until_it_goes_round_again(desk: Desk):
    fails = [True]

    def unsure() -> int:
        if fails:
            raise LookupError("for now")
        return 0

    with at_work(more={"unsure": unsure}) as one:
        wait_for(lambda: "unsure fails (LookupError)" in one.worker.trouble())
        fails.clear()
        wait_for(lambda: not one.worker.trouble())


def test_a_sign_of_life_tells_of_trouble(desk: Desk):
    now = clock.now()
    outbox.beat(worker="w", started_at=now, now=now, trouble="dispatch fails (OperationalError)")
    [found] = queries.fresh_workers(now)
    assert found.trouble == "dispatch fails (OperationalError)"


def test_who_died_long_ago_is_forgotten_when_another_worker_begins(desk: Desk):
    now = clock.now()
    outbox.beat(worker="died", started_at=now, now=now - timedelta(days=2))
    assert [one.name for one in queries.silent_workers(now)] == ["died"]
    outbox.beat(worker="new", started_at=now, now=now)
    assert queries.silent_workers(now) == []


def test_a_worker_that_was_told_to_end_leaves_no_sign_of_life(desk: Desk):
    with at_work() as one:
        wait_for(lambda: queries.fresh_workers(clock.now()))
        one.ends()
        assert queries.fresh_workers(clock.now()) == queries.silent_workers(clock.now()) == []


def test_the_call_under_way_is_finished_and_nothing_new_is_claimed(desk: Desk):
    text = written(desk)
    desk.twilio.fail_next(hang=2.0)
    with at_work() as one:
        desk.is_asked("POST")
        one.worker.stop()
        later = cast.write(cast.opted_in(desk.site), "Another one").text
        one.ends()
    text.refresh_from_db()
    assert text.state == "sent"
    assert later is not None
    assert Text.objects.get(pk=later.pk).state == "queued"


def test_what_hangs_is_given_up_when_the_worker_has_to_end(desk: Desk, monkeypatch):
    monkeypatch.setattr(run, "ENDS_WITHIN", 0.2)
    desk.twilio.fail_next(method="GET", hang=5.0)
    with at_work() as one:
        desk.is_asked("GET")
        one.ends()
    assert hearing.reading_of(desk.line.pk) is None


def test_two_workers_send_each_text_once(desk: Desk):
    Line.objects.filter(pk=desk.line.pk).update(segments_per_second=50)
    people = [cast.opted_in(desk.site, f"Tenant {n}") for n in range(6)]
    Text.objects.update(state="withheld")
    words = ("Ready", "Gate open", "See you", "Thank you", "All clean", "Come by")
    texts = [cast.write(who, word).text for who, word in zip(people, words, strict=True)]
    with at_work(), at_work():
        for text in texts:
            assert text is not None
            desk.waits_for("sent", text)
    assert sorted(message.body for message in desk.twilio.accepted) == sorted(words)


def test_what_a_dead_worker_held_is_settled_by_another(desk: Desk):
    text = written(desk)
    [job] = cast.claim(now=clock.now() + timedelta(seconds=1))
    desk.twilio.send(text.clearance.number, desk.line.number, text.body)
    Text.objects.filter(pk=text.pk).update(leased_until=clock.now() - timedelta(seconds=1))
    with at_work():
        desk.waits_for("sent", text)
    assert [message.body for message in desk.twilio.accepted] == [text.body]
    assert job.attempt_id == text.attempts.get().pk
