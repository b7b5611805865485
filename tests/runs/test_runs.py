"""Runs from the preview to the results: once for everybody, paused at once, whole after a crash."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn

import pytest
from django.db import OperationalError

from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, Refused
from tenantline.letters.models import Notice
from tenantline.outbox.models import Text
from tenantline.runs import actions, queries, working
from tenantline.runs.models import Item
from tenantline.runs.working import Shift
from tenantline.statements.models import Statement
from tenantline.worker.run import TRADES
from tests import cast
from tests.runs.batches import (
    issued,
    letters_run,
    outcome,
    pause_line,
    resume_line,
    reworded,
    statements,
    town,
    work,
)

pytestmark = pytest.mark.django_db


def locked(item: Item, now: datetime) -> NoReturn:
    """Meet a database in which somebody else holds what is to be written."""
    raise OperationalError(f"database is locked: {item} at {now}")


def test_a_run_of_statements_goes_from_preview_to_results():
    site = cast.site()
    town(site)
    run = work(statements(site))
    assert run.state == "planned"
    assert not Statement.objects.exists()
    planned = outcome(run)
    assert issued(run).state == "done"
    assert {name: how[1:] for name, how in outcome(run).items()} == {
        name: how[1:] for name, how in planned.items()
    }
    assert outcome(run) == {
        "Olive Agreed": ("issued", "sms", ""),
        "Rex Refused": ("issued", "email", "no_consent"),
        "Pia Printed": ("issued", "print", ""),
        "Ida Idle": ("skipped", "", "zero_balance"),
    }


def test_a_run_of_a_letter_goes_from_preview_to_results():
    site = cast.site()
    who = cast.opted_in(site, "Olive Agreed")
    cast.entry(who)
    cast.tenant(site, "Ida Idle")
    letter = cast.letter(category="payment_due")
    run = issued(letters_run(site, letter, method="sms"))
    assert outcome(run) == {
        "Olive Agreed": ("issued", "sms", ""),
        "Ida Idle": ("skipped", "", "zero_balance"),
    }
    assert Notice.objects.get().message == queries.items(run)[0].message


def test_the_same_letter_run_twice_on_a_day_is_issued_once():
    site = cast.site()
    cast.entry(cast.opted_in(site, "Olive Agreed"))
    letter = cast.letter(category="payment_due")
    early = work(letters_run(site, letter))
    assert issued(letters_run(site, letter)).state == "done"
    assert outcome(issued(early)) == {"Olive Agreed": ("skipped", "print", "already_issued")}
    assert Notice.objects.count() == 1


def test_a_letter_changed_after_the_preview_is_not_issued():
    site = cast.site()
    cast.entry(cast.opted_in(site, "Olive Agreed"))
    letter = cast.letter(category="payment_due")
    run = work(letters_run(site, letter))
    reworded(letter)
    assert outcome(issued(run)) == {"Olive Agreed": ("failed", "print", "letter_changed")}
    assert not Notice.objects.exists()
    assert (queries.figures(run).methods, queries.figures(run).again) == ({}, 0)
    with pytest.raises(Refused, match="can be tried again"):
        actions.retry_failed(run=run, by=cast.TESTER, now=clock.now())


def test_a_letter_with_nothing_to_put_in_is_held_in_the_preview():
    site = cast.site()
    cast.tenant(site, "Nora Nobody", email="")
    letter = cast.letter(category="welcome", sms="", text="We write to {{tenant.email}}.")
    assert outcome(work(letters_run(site, letter))) == {
        "Nora Nobody": ("skipped", "", "empty_field")
    }


def test_a_month_that_is_run_twice_is_issued_to_nobody_twice():
    site = cast.site()
    town(site)
    early = work(statements(site))
    issued(statements(site))
    again = issued(statements(site))
    assert {how[2] for how in outcome(again).values()} == {"already_issued", "zero_balance"}
    assert queries.figures(issued(early)).states == {"skipped": 4}
    assert Statement.objects.count() == 3


def test_a_pause_holds_at_once_and_resume_goes_on():
    site = cast.site()
    town(site)
    run = work(statements(site))
    actions.issue(run=run, by=cast.TESTER, now=clock.now())
    actions.pause(run=run, by=cast.TESTER, now=clock.now())
    assert Shift(TRADES).step() == 0
    assert queries.figures(run).states["waiting"] == 3
    actions.resume(run=run, by=cast.TESTER, now=clock.now())
    assert work(run, until=("done",)).state == "done"


def test_a_cancelled_run_issues_nothing_more():
    site = cast.site()
    town(site)
    run = work(statements(site))
    actions.issue(run=run, by=cast.TESTER, now=clock.now())
    actions.cancel(run=run, by=cast.TESTER, now=clock.now())
    assert Shift(TRADES).step() == 0
    assert queries.figures(run).methods == {}
    assert not queries.items(run, only="email")
    with pytest.raises(Refused, match="cancelled"):
        actions.resume(run=run, by=cast.TESTER, now=clock.now())


def test_another_worker_goes_on_where_one_died_in_planning(monkeypatch, time_machine):
    time_machine.move_to(cast.at_noon(), tick=False)
    site = cast.site()
    town(site)
    monkeypatch.setattr(working, "PLANNED_AT_ONCE", 1)
    run = statements(site)
    dead = Shift(TRADES)
    dead.step()
    assert queries.figures(run).total == 1
    assert Shift(TRADES).step() == 0
    time_machine.shift(working.LEASE + timedelta(seconds=1))
    work(run)
    dead.step()
    assert queries.figures(run).total == 4


def test_what_failed_because_the_line_was_paused_is_tried_again():
    site = cast.site()
    cast.entry(town(site)["texted"])
    run = work(statements(site))
    pause_line(site)
    assert outcome(issued(run))["Olive Agreed"] == ("failed", "sms", "line_paused")
    resume_line(site)
    assert actions.retry_failed(run=run, by=cast.TESTER, now=clock.now()) == 1
    assert outcome(work(run))["Olive Agreed"] == ("issued", "sms", "")


def test_what_meets_a_locked_database_is_issued_later(time_machine):
    time_machine.move_to(cast.at_noon(), tick=False)
    site = cast.site()
    town(site)
    run = work(statements(site))
    actions.issue(run=run, by=cast.TESTER, now=clock.now())
    assert Shift({"statements": replace(TRADES["statements"], issue=locked)}).step() == 3
    assert queries.figures(run).states["waiting"] == 3
    time_machine.shift(timedelta(seconds=10))
    work(run, until=("done",))
    assert queries.figures(run).states["issued"] == 3


def test_a_confirmed_run_needs_no_further_word():
    site = cast.site()
    town(site)
    assert work(statements(site, confirmed=True), until=("done",)).state == "done"


def test_after_a_restore_every_run_waits_for_a_person():
    site = cast.site()
    town(site)
    running, coming = work(statements(site)), statements(site, confirmed=True)
    actions.issue(run=running, by=cast.TESTER, now=clock.now())
    assert actions.pause_all(now=clock.now()) == 2
    running.refresh_from_db()
    assert (running.state, work(coming).state) == ("paused", "planned")


def test_the_same_key_gives_the_same_run_and_no_other():
    site = cast.site()
    first = statements(site, key="token:1\x1fmonth")
    assert statements(site, key="token:1\x1fmonth") == first
    with pytest.raises(BadInput, match="another run"):
        statements(site, key="token:1\x1fmonth", method="print")


def test_a_run_tells_what_became_of_its_texts():
    site = cast.site()
    town(site)
    run = issued(statements(site))
    Text.objects.filter(clearance__purpose="statement").update(state="delivered")
    assert queries.figures(run).texts == {"delivered": 1}
