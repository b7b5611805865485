"""R5: the same typed words reach five tenants in ten minutes, and not a sixth."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenantline.audit.models import Entry
from tenantline.carrier.types import Unclear
from tenantline.conversations import actions as conversations
from tenantline.conversations.actions import Draft
from tenantline.conversations.models import Message
from tenantline.kernel import clock
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import Refused
from tenantline.outbox import claiming, unknown
from tenantline.outbox.models import Text
from tenantline.outbox.settle import settle
from tests import cast

WORDS = "The gate code changes on Monday"
WINDOW = timedelta(minutes=10)


def tenants(count: int):
    where = cast.site()
    made = [cast.opted_in(where, f"Tenant {n}") for n in range(count)]
    Text.objects.update(state="withheld")
    return made


def refusals(who, *, body=WORDS, now=None, by=cast.TESTER) -> list[str]:
    codes = []
    for tenant in who:
        try:
            cast.write(tenant, body, now=now, by=by)
        except Refused as refused:
            codes.append(refused.code)
    return codes


@pytest.mark.django_db
def test_the_sixth_tenant_is_refused():
    assert refusals(tenants(7)) == ["mass_text", "mass_text"]


@pytest.mark.django_db
def test_the_refusal_names_no_other_tenant():
    six = tenants(6)
    refusals(six[:5])
    with pytest.raises(Refused) as refused:
        cast.write(six[5], WORDS)
    assert not any(who.name in refused.value.sentence for who in six)


@pytest.mark.django_db
def test_one_of_the_five_may_be_written_to_again():
    five = tenants(5)
    assert refusals([*five, *five]) == []


@pytest.mark.django_db
def test_after_ten_minutes_five_others_may_get_them():
    six, now = tenants(6), clock.now()
    refusals(six[:5], now=now)
    assert refusals(six[5:], now=now + timedelta(minutes=9, seconds=59)) == ["mass_text"]
    assert refusals(six[5:], now=now + timedelta(minutes=10)) == []


@pytest.mark.django_db
def test_people_and_tokens_and_facilities_are_counted_together():
    here, there = cast.site("HERE"), cast.site("THERE")
    who = [cast.opted_in(place, f"Tenant {n}") for n in range(3) for place in (here, there)]
    actors = [Actor("staff", "1", "ann"), Actor("token", "1", "crm"), Actor("staff", "2", "bo")]
    by = [actors[n % 3] for n in range(6)]
    found = [refusals([one], by=actor) for one, actor in zip(who, by, strict=True)]
    assert found == [[], [], [], [], [], ["mass_text"]]


@pytest.mark.django_db
def test_automatic_chat_through_a_token_counts_as_well():
    six = tenants(6)
    refusals(six[:5])
    draft = Draft(body=WORDS, automatic=True)
    with pytest.raises(Refused) as refused:
        conversations.send(tenant=six[5], draft=draft, by=cast.TESTER, now=clock.now())
    assert refused.value.code == "mass_text"


@pytest.mark.django_db
def test_names_units_and_links_do_not_hide_a_mass_text():
    six = tenants(6)
    bodies = [f"{w.name}, unit {n}: sale! https://s.example/{n}" for n, w in enumerate(six)]
    found = [refusals([who], body=body) for who, body in zip(six, bodies, strict=True)]
    assert found[5] == ["mass_text"]


@pytest.mark.django_db
def test_a_first_reply_neither_counts_nor_is_refused():
    who = tenants(8)
    for tenant in who:
        cast.receive(cast.mobile_of(tenant), tenant.facility, "thanks!")
    assert refusals(who, body="You're welcome!") == []
    assert refusals(who, body="You're welcome!") == ["mass_text"] * 3


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["START", "HELP"])
def test_a_keyword_earns_no_first_reply(body):
    six = tenants(6)
    refusals(six[:5])
    cast.receive(cast.mobile_of(six[5]), six[5].facility, body)
    assert refusals(six[5:]) == ["mass_text"]


@pytest.mark.django_db
def test_a_reply_after_a_day_is_no_first_reply():
    six, now = tenants(6), clock.now() + timedelta(hours=25)
    cast.receive(cast.mobile_of(six[5]), six[5].facility, "hello")
    refusals(six[:5], now=now)
    assert refusals(six[5:], now=now) == ["mass_text"]


# --- nearly the same words ---

ANNOUNCEMENT = "We clean the halls of building {} on Monday, so please keep the doors {} all day."


@pytest.mark.django_db
def test_nearly_the_same_words_are_counted_together():
    changes = ["shut", "closed", "locked", "fastened", "bolted", "SHUT!"]
    bodies = [ANNOUNCEMENT.format(n, how) for n, how in enumerate(changes)]
    found = [refusals([who], body=body) for who, body in zip(tenants(6), bodies, strict=True)]
    assert found == [[], [], [], [], [], ["mass_text"]]


@pytest.mark.django_db
def test_everyday_answers_that_only_look_alike_are_not_refused():
    bodies = ["ok", "ok thanks", "ok great", "ok see you at 5", "ok, will do", "okay", "ok done"]
    found = [refusals([who], body=body) for who, body in zip(tenants(7), bodies, strict=True)]
    assert found == [[]] * 7


@pytest.mark.django_db
def test_tenants_whose_names_are_ordinary_words_are_counted_with_the_others():
    where = cast.site()
    names = ["May Day", "Will Power", "Unit A", "Bo Li", "You Park", "June Pay", "Ann Poe"]
    six = [cast.opted_in(where, name) for name in names[:6]]
    assert refusals(six, body="You may pay in June, will you?") == ["mass_text"]


# --- a naive model ---


@pytest.fixture
def eight(db):
    return tenants(8)


asked = st.lists(
    st.tuples(st.integers(0, 7), st.sampled_from(["Sale #7", "It is open", "👍"]), st.booleans()),
    min_size=8,
    max_size=30,
)


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked)
def test_it_decides_as_a_naive_list_would(eight, asked):
    """Each entry: to whom, which words, and whether four minutes have passed before it."""
    at = clock.now()
    sent: list[tuple[int, str, datetime]] = []
    with transaction.atomic():
        for to, words, waits in asked:
            at += timedelta(minutes=4 if waits else 0)
            reached = {who for who, same, when in sent if same == words and at - when < WINDOW}
            expected = ["mass_text"] if len(reached - {to}) >= 5 else []
            body = words if words == "👍" else f"{eight[to].name}! {words}"
            assert refusals([eight[to]], body=body, now=at) == expected
            sent += [] if expected else [(to, words, at)]
        transaction.set_rollback(True)


# --- every entrance ---


@pytest.mark.django_db
def test_both_tenants_of_one_phone_are_two_tenants():
    where, number = cast.site(), cast.mobile()
    shared = [cast.opted_in(where, name, number=number) for name in ("Ann", "Bo")]
    others = [cast.opted_in(where, f"Tenant {n}") for n in range(4)]
    assert refusals([*others, *shared]) == ["mass_text"]


@pytest.mark.django_db
def test_a_repeat_with_the_same_key_counts_once_and_is_not_refused():
    six = tenants(6)
    draft = Draft(body=WORDS, idempotency_key="k", quiet_hours_reason="a test")
    ask: dict[str, Any] = {"draft": draft, "by": cast.TESTER, "now": clock.now()}
    first = conversations.send(tenant=six[0], **ask)
    assert refusals(six[1:5]) == []
    again = conversations.send(tenant=six[0], **ask)
    assert (again.repeated, again.message) == (True, first.message)
    assert refusals(six[5:]) == ["mass_text"]


@pytest.mark.django_db
def test_a_refusal_is_in_the_audit_log_and_holds_no_words():
    six = tenants(6)
    refusals(six)
    entry = Entry.objects.latest("id")
    assert (entry.act, entry.subject) == ("text.refused", f"tenant:{six[5].pk}")
    assert entry.detail == {"code": "mass_text"}


@pytest.mark.django_db
def test_a_machines_text_is_no_answer():
    six, now = tenants(6), clock.now()
    refusals(six[:5], now=now)
    cast.receive(cast.mobile_of(six[5]), six[5].facility, "Any news?", now=now)
    cast.receive(cast.mobile_of(six[5]), six[5].facility, "START", now=now)
    assert Message.objects.filter(direction="out", tenants=six[5]).exists()
    assert refusals(six[5:], now=now) == []


@pytest.mark.django_db
def test_a_text_from_the_number_before_earns_no_first_reply():
    six = tenants(6)
    refusals(six[:5])
    cast.receive(cast.mobile_of(six[5]), six[5].facility, "Any news?")
    cast.change_number(six[5], cast.mobile())
    cast.opt_in(six[5])
    assert refusals(six[5:]) == ["mass_text"]


@pytest.mark.django_db
def test_an_unknown_text_that_is_sent_again_by_hand_waits_its_turn():
    six, now = tenants(6), clock.now()
    cast.write(six[0], WORDS, now=now - timedelta(minutes=20))
    [job] = cast.claim(now=now - timedelta(minutes=20))
    settle(attempt_id=job.attempt_id, outcome=Unclear("cut"), now=now - timedelta(minutes=20))
    refusals(six[1:], now=now)
    left = [one for n in range(9) for one in cast.claim(now=now + timedelta(seconds=n))]
    assert len(left) == 5
    text = Text.objects.get(state="unknown")
    unknown.decide(text=text, arrived=False, by=cast.TESTER, now=now)
    assert cast.claim(now=now + timedelta(seconds=10)) == []
    text.refresh_from_db()
    assert (text.state, text.waits_for) == ("queued", "same_words")


# --- at once ---


def together(work, items) -> list:
    """Do the work for all items at once, each on a connection of its own; return the results."""
    start = threading.Barrier(len(items))

    def one(item):
        start.wait()
        try:
            return work(item)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(items)) as threads:
        return list(threads.map(one, items))


def test_two_at_once_cannot_both_be_the_fifth(fresh_database):
    who = tenants(8)
    refusals(who[:4])
    found = together(lambda tenant: refusals([tenant]), who[4:])
    assert sorted(found) == [[], ["mass_text"], ["mass_text"], ["mass_text"]]


def claims(now) -> list:
    """Claim as a worker beside others; what comes in is known already."""
    return [claiming.claim(worker="one of several", limit=3, now=now) for _ in range(4)]


def test_requests_a_stop_and_workers_at_once_wait_for_nobody_in_a_circle(fresh_database):
    """A STOP holds the ledger and wants texts; a claim holds texts; a request holds the guard."""
    who, now = tenants(8), clock.now()
    cast.claim(now=now)

    def work(nth):
        if nth == 8:
            cast.receive(cast.mobile_of(who[0]), who[0].facility, "STOP", now=now)
        elif nth > 8:
            claims(now)
        return refusals(who[nth : nth + 1], now=now)

    found = {code for codes in together(work, range(11)) for code in codes}
    assert found <= {"mass_text", "opted_out", "unread_inbound"}
    assert Text.objects.filter(counts_as_mass=True).count() <= 5


def test_workers_at_once_let_no_sixth_leave(fresh_database):
    """Written over an hour and a half, due at once, each by a line of its own."""
    now = cast.at_noon()
    for nth in range(8):
        tenant = cast.opted_in(cast.site(f"SITE{nth}"), now=now - timedelta(hours=3))
        Text.objects.filter(counts_as_mass=False).update(state="withheld")
        cast.write(tenant, WORDS, now=now - timedelta(minutes=11 * (8 - nth)))
    cast.claim(now=now, limit=0)
    together(lambda _: claims(now), range(3))
    claims(now)
    assert Text.objects.filter(state="sending").count() == 5
    assert Text.objects.filter(state="queued", waits_for="same_words").count() == 3
