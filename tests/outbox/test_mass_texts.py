"""R5: the same typed words reach five tenants in ten minutes, and not a sixth."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tenantline.conversations import actions as conversations
from tenantline.conversations.actions import Draft
from tenantline.kernel import clock
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import Refused
from tenantline.outbox.models import Text
from tenantline.outbox.rules import wording_key
from tests import cast

WORDS = "The gate code changes on Monday"


def key(body: str, *names: str) -> str:
    return wording_key(body, names=names)


# --- the wording ---

words = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyzéñ", min_size=1, max_size=9), min_size=1, max_size=8
)
marks = st.text(" \t\n,;:!?()'\"-…#*0123456789", max_size=4)


@settings(max_examples=100, deadline=None)
@given(words, st.data())
def test_case_punctuation_blanks_and_digits_make_no_other_wording(typed, data):
    plain = " ".join(typed)
    dressed = "".join(data.draw(marks) + word.upper() + " " for word in typed) + data.draw(marks)
    assert key(dressed) == key(plain)


@settings(max_examples=60, deadline=None)
@given(words, words)
def test_other_letters_are_another_wording(one, other):
    same = "".join(one) == "".join(other)
    assert (key(" ".join(one)) == key(" ".join(other))) == same


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/a/b?c=d",
        "http://x.example/1",
        "www.example.com",
        "bit.ly/3xYz",
        "example.com",
        "HTTPS://EXAMPLE.COM/Q",
        "pay.example.co/17",
    ],
)
def test_links_make_no_other_wording(link):
    assert key(f"Pay here: {link} today") == key("Pay here today")


@pytest.mark.parametrize(
    "body",
    [
        "Dana, unit A-12 is ready",
        "unit a12 is ready",
        "DANA WHITFIELD unit A 12 is ready",
        "Unit #A12 is ready!",
    ],
)
def test_own_names_and_units_make_no_other_wording(body):
    assert key(body, "Dana Whitfield", "A12") == key("Unit is ready")


def test_a_name_inside_another_word_stays():
    assert key("Danish design", "Dan") != key("ish design")


def test_a_missing_blank_after_a_full_stop_is_no_link():
    assert key("Your rent is due.Please pay") == key("Your rent is due. Please pay")


@pytest.mark.parametrize(("one", "other"), [("👍", "🎉"), ("?", "!"), ("12345", "54321")])
def test_what_holds_no_letters_is_compared_as_typed(one, other):
    assert key(one) == key(one)
    assert key(one) != key(other)


def test_a_wording_of_names_alone_is_compared_as_typed():
    assert key("Dana", "Dana Whitfield") != key("Omar", "Omar Diaz")


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=120), words)
def test_no_text_makes_it_fail(body, names):
    assert len(key(body, *names)) == 64


# --- asking for texts ---


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


def test_two_at_once_cannot_both_be_the_fifth(fresh_database):
    who = tenants(8)
    refusals(who[:4])
    start, found = threading.Barrier(4), []

    def ask(tenant):
        start.wait()
        try:
            found.append(refusals([tenant]))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(tenant,)) for tenant in who[4:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [[], ["mass_text"], ["mass_text"], ["mass_text"]]
