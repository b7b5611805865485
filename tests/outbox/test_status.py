"""A text's states: never backward, never twice, the first error kept, every callback kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tenantline.carrier.codes import Kind, meaning_of
from tenantline.carrier.types import Accepted, Rejected, RetryLater, Unclear
from tenantline.consent import queries as consent
from tenantline.facilities import actions as facilities
from tenantline.facilities.models import Line
from tenantline.facilities.scope import EVERYWHERE
from tenantline.intake import actions as intake
from tenantline.intake import queries as calls
from tenantline.intake.actions import Status
from tenantline.intake.models import StatusCall
from tenantline.kernel import clock
from tenantline.outbox import rules, settle, unknown
from tenantline.outbox.claiming import LEASE
from tenantline.outbox.models import Attempt, Slot, Text
from tests import cast

FINAL = {"delivered", "undelivered", "failed", "withheld"}
# What may stand before a state. A text goes back to the queue from a refused attempt, by a
# person's word, or because the carrier gave it back.
ORDER = {
    "queued": {"queued", "sending", "unknown", "sent"},
    "sending": {"queued"},
    "unknown": {"sending"},
    "sent": {"queued", "sending", "unknown"},
    "delivered": {"queued", "sending", "unknown", "sent"},
    "undelivered": {"queued", "sending", "unknown", "sent"},
    "failed": {"queued", "sending", "unknown", "sent"},
    "withheld": {"queued"},
}
STATUSES = ["accepted", "queued", "sending", "sent", "delivered", "undelivered", "failed", "read"]
statuses = st.sampled_from([*STATUSES, "canceled", "scheduled", "receiving", "", "brand-new"])
codes = st.sampled_from(
    ["", "", "", "30003", "30005", "30007", "30023", "30036", "99999", "²", "-1", "x"]
)


def rejected(code: int, status: int = 400) -> Rejected:
    meaning = meaning_of(code)
    return Rejected(code, status, meaning.words, meaning.kind)


OUTCOMES = [
    RetryLater(None, "busy", 20429),
    RetryLater(7.0, "busy", None),
    rejected(30007),
    rejected(21611),
    Rejected(None, 400, "refused", Kind.UNKNOWN),
    Unclear("no answer"),
]


def callback(token: str, sid: str, status: str, code: str = "") -> StatusCall:
    call = Status(token, sid, cast.ACCOUNT, status, code, {"MessageStatus": status})
    intake.store([call], now=clock.now())
    return StatusCall.objects.latest("id")


def apply_all() -> None:
    waiting = calls.unworked_statuses()
    for call in waiting:
        settle.apply_status(call=call, now=clock.now())
    intake.mark_status_worked([call.pk for call in waiting], now=clock.now())


class OneText(RuleBasedStateMachine):
    """One text from the queue to its end, with a carrier that answers as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = clock.now() + timedelta(hours=1)
        who = cast.opted_in(cast.site())
        Text.objects.update(state="withheld")  # the confirmation is another story
        cast.write(who)
        self.pk = Text.objects.get(state="queued").pk
        self.seen, self.error, self.told = "queued", "", 0
        self.taken_by: set[str] = set()
        self.open: list[int] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @property
    def text(self) -> Text:
        return Text.objects.get(pk=self.pk)

    @property
    def taken(self) -> bool:
        """Whether the carrier has the text, and has not given it back."""
        if not self.taken_by:
            return False
        back = Attempt.objects.filter(outcome="expired").values_list("token", flat=True)
        return bool(self.taken_by - set(back))

    @rule(hours=st.sampled_from([0.1, 0.1, 0.1, 24]))
    def is_claimed(self, hours):
        self.now += timedelta(hours=hours)
        taken = self.taken
        jobs = cast.claim(now=self.now)
        assert not (jobs and taken), "a text that the carrier has was claimed again"
        self.open += [job.attempt_id for job in jobs]

    @precondition(lambda self: self.open)
    @rule(outcome=st.sampled_from(OUTCOMES))
    def is_answered(self, outcome):
        settle.settle(attempt_id=self.open.pop(), outcome=outcome, now=self.now)

    @precondition(lambda self: self.open)
    @rule(status=st.sampled_from(["queued", "accepted", "sent"]))
    def is_accepted(self, status):
        attempt = Attempt.objects.get(pk=self.open.pop())
        outcome = Accepted(self.sid_of(attempt), status, 1)
        settle.settle(attempt_id=attempt.pk, outcome=outcome, now=self.now)
        self.taken_by.add(attempt.token)

    @precondition(lambda self: Attempt.objects.filter(text=self.pk).exists())
    @rule(status=statuses, code=codes, times=st.integers(1, 2))
    def is_called_back(self, status, code, times):
        attempt = Attempt.objects.filter(text=self.pk).latest("id")
        for _ in range(times):
            callback(attempt.token, self.sid_of(attempt), status, code)
            self.told += 1
        apply_all()
        self.taken_by.add(attempt.token)

    @rule()
    def its_lease_ends(self):
        self.now += LEASE + timedelta(seconds=1)
        settle.sweep_leases(now=self.now)

    @precondition(lambda self: self.text.state == "unknown")
    @rule(arrived=st.booleans())
    def a_person_decides(self, arrived):
        unknown.decide(text=self.text, arrived=arrived, by=cast.TESTER, now=self.now)

    def sid_of(self, attempt: Attempt) -> str:
        return f"SM{attempt.pk:032d}"

    @invariant()
    def it_never_moves_backward(self):
        state = self.text.state
        if state != self.seen:
            assert self.seen in ORDER[state]
            assert self.seen not in FINAL
        self.seen = state

    @invariant()
    def the_first_error_stays(self):
        assert self.error in ("", self.text.error_code)
        self.error = self.text.error_code

    @invariant()
    def every_callback_is_kept(self):
        assert StatusCall.objects.count() == self.told

    @invariant()
    def what_the_carrier_has_never_waits_to_be_sent(self):
        if self.taken:
            assert self.text.state not in {"queued", "sending", "unknown"}

    @invariant()
    def what_waits_has_no_number_and_a_day_counts_no_more_than_was_claimed(self):
        text, slot = self.text, Slot.objects.first()
        if text.state in {"queued", "unknown"}:
            assert text.carrier_sid is None
        attempts = Attempt.objects.filter(text=self.pk).count()
        assert slot is None or 0 <= slot.used <= attempts * text.segments


def let_it_run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        OneText,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_a_text_under_any_answers():
    let_it_run(examples=15, steps=12)


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.django_db
def test_a_text_under_any_answers_for_long():
    let_it_run(examples=20, steps=20)


def sending() -> tuple[Text, Attempt]:
    cast.write(cast.opted_in(cast.site()))
    Text.objects.exclude(clearance__purpose="chat").update(state="withheld")
    [job] = cast.claim(now=clock.now() + timedelta(seconds=1))
    attempt = Attempt.objects.get(pk=job.attempt_id)
    return attempt.text, attempt


def consent_of(text: Text) -> str:
    who = text.clearance.tenant
    return consent.of(tenant=who, scope=EVERYWHERE, now=clock.now()).status


@pytest.mark.django_db
def test_a_refusal_with_21610_is_the_handsets_stop():
    text, attempt = sending()
    settle.settle(attempt_id=attempt.pk, outcome=rejected(21610), now=clock.now())
    text.refresh_from_db()
    assert (text.state, consent_of(text)) == ("failed", "opted_out")


@pytest.mark.django_db
@pytest.mark.parametrize("before", ["", "30003"])
def test_a_callback_with_21610_is_the_handsets_stop_whatever_came_before(before):
    text, attempt = sending()
    for code in filter(None, [before, "21610"]):
        callback(attempt.token, "SM1", "undelivered", code)
    apply_all()
    assert consent_of(text) == "opted_out"


@pytest.mark.django_db
def test_a_doubled_21610_does_not_undo_the_start_that_came_after_it():
    text, attempt = sending()
    callback(attempt.token, "SM1", "undelivered", "21610")
    apply_all()
    cast.receive(text.clearance.number, text.facility, "START")
    callback(attempt.token, "SM1", "undelivered", "21610")
    apply_all()
    assert consent_of(text) == "opted_in"


@pytest.mark.django_db
@pytest.mark.parametrize("code", [20003, 21606, 30034])
def test_trouble_with_the_account_pauses_the_line(code):
    _, attempt = sending()
    settle.settle(attempt_id=attempt.pk, outcome=rejected(code), now=clock.now())
    line = Line.objects.get()
    assert line.paused_at is not None
    assert line.paused_reason == meaning_of(code).words


@pytest.mark.django_db
def test_what_is_told_late_does_not_pause_a_line_that_was_resumed():
    text, attempt = sending()
    settle.settle(attempt_id=attempt.pk, outcome=rejected(20003), now=clock.now())
    line = Line.objects.get()
    text.refresh_from_db()
    facilities.resume_line(
        line=line, by=cast.TESTER, now=cast.known(text.claimed_at) + timedelta(minutes=1)
    )
    callback(attempt.token, "SM1", "failed", "30002")
    apply_all()
    line.refresh_from_db()
    assert (line.paused_at, line.paused_reason) == (None, "")


@pytest.mark.django_db
def test_nothing_leaves_by_a_paused_line():
    text, attempt = sending()
    settle.settle(attempt_id=attempt.pk, outcome=rejected(20003), now=clock.now())
    other = cast.opted_in(text.facility, "Olga Other")
    assert not Text.objects.filter(clearance__tenant=other).exists()
    assert cast.claim(now=clock.now() + timedelta(hours=1)) == []


@pytest.mark.django_db
def test_delivered_stays_delivered():
    text, attempt = sending()
    for status in ("delivered", "undelivered", "failed", "sent", "queued"):
        callback(attempt.token, "SM1", status)
    apply_all()
    text.refresh_from_db()
    assert text.state == "delivered"


@pytest.mark.django_db
def test_a_callback_before_the_answer_finds_its_text_by_the_attempt():
    text, attempt = sending()
    callback(attempt.token, "SM1", "delivered")
    apply_all()
    settle.settle(attempt_id=attempt.pk, outcome=Unclear("timed out"), now=clock.now())
    text.refresh_from_db()
    assert (text.state, text.carrier_sid) == ("delivered", "SM1")


@pytest.mark.django_db
def test_a_callback_for_an_unknown_attempt_changes_nothing_and_is_kept():
    text, _ = sending()
    callback("nobody's", "SM404", "delivered")
    apply_all()
    text.refresh_from_db()
    assert text.state == "sending"
    assert StatusCall.objects.get().worked_at is not None


@pytest.mark.parametrize("state", sorted(rules.MOVES))
def test_final_states_lead_nowhere(state):
    assert (rules.MOVES[state] == frozenset()) == (state in FINAL)
