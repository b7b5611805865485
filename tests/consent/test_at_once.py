"""Two clerks answer the same question at the same moment: one answer counts, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from tenantline.consent import counter, forms, numbers, unclear
from tenantline.consent.models import LedgerEvent
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.errors import TenantlineError
from tenantline.tenants.models import NumberQuestion
from tests import cast

pytestmark = pytest.mark.usefixtures("fresh_database")


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Let each act run on a connection of its own; return what those were told that failed."""
    ready, told = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            ready.wait(timeout=60)
            act()
        except TenantlineError as error:
            told.append(error.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return told


def events(*kinds: str) -> int:
    return LedgerEvent.objects.filter(kind__in=kinds).count()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("wrong number", ["same", "not_theirs", "same"]),
        ("only text me about my bill", ["message", "revoked"]),
    ],
)
def test_one_question_gets_one_answer(words, said):
    who = cast.opted_in(cast.site())
    cast.receive(cast.mobile_of(who), who.facility, words)
    asked = unclear.question(tenant=who)
    assert asked is not None

    def answer(one: str) -> None:
        unclear.answer(tenant=who, source=asked.source, said=one, by=cast.TESTER, now=clock.now())

    told = at_once(*[lambda one=one: answer(one) for one in said])
    assert told == ["This has been answered already."] * (len(said) - 1)
    answered = events("park_ended", "number_closed") or events("hold_ended")
    assert answered == 1


def test_one_question_about_a_shared_number_gets_one_answer():
    site = cast.site()
    who = cast.opted_in(site)
    cast.tenant(site, "Ann Other", number=cast.mobile_of(who))
    question = NumberQuestion.objects.get()

    def answer(said: str) -> None:
        row = NumberQuestion.objects.select_related("tenant", "other").get(pk=question.pk)
        numbers.answer(question=row, answer=said, scope=EVERYWHERE, by=cast.TESTER, now=clock.now())

    told = at_once(lambda: answer("passed_on"), lambda: answer("shared"))
    assert len(told) == 1
    assert "answered" in told[0].lower()
    question.refresh_from_db()
    assert events("number_closed") == (question.answer == "passed_on")


def test_a_form_on_the_offices_device_is_handed_in_once_and_closed_once():
    who = cast.tenant(cast.site())
    issued = counter.issue(tenant=who, by=cast.TESTER, now=clock.now(), handed_over=True)

    def submit() -> None:
        cast.submit_form(issued.code)

    [told] = at_once(submit, submit)
    assert told
    assert events("form_submitted") == 1
    again = counter.issue(tenant=who, by=cast.TESTER, now=clock.now())
    ends = [lambda: counter.end(tenant=who, by=cast.TESTER, now=clock.now())] * 2
    assert at_once(*ends) == []
    assert events("form_ended") == 1
    with pytest.raises(forms.FormGone):
        forms.peek(again.code, now=clock.now())
