"""What waits for a person: one list of all that staff are asked, each with its one-click way."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenantline.consent import forms, queries, unclear, waiting
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel.clock import now
from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants
from tests import cast
from tests.desk.conftest import House

UNCLEAR = "only text me about my bill"


def text(client: Any, address: str) -> str:
    return client.get(address).content.decode()


def counts() -> dict[str, int]:
    return waiting.counts(scope=EVERYWHERE, view=EVERYWHERE)


def test_an_empty_list_says_what_would_be_there(house: House):
    for about in ("person", "wish", "numbers"):
        assert "Nothing waits for anybody." in text(house.clerk, f"/consent/?about={about}")


def test_an_unclear_text_waits_until_it_is_answered(house: House):
    who = cast.opted_in(house.lamar, "Una Clear")
    sid = cast.receive(cast.mobile_of(who), house.lamar, UNCLEAR).sid
    page = text(house.clerk, "/consent/")
    assert UNCLEAR in page
    assert "Una Clear" in page
    answer = {"answer": "message", "source": sid, "next": "consent:wish"}
    back = house.clerk.post(f"/tenants/{who.pk}/unclear/", answer)
    assert back.headers["Location"] == "/consent/?about=wish"
    assert counts() == {"person": 0, "wish": 0, "numbers": 0}


def test_a_start_answers_as_well(house: House):
    who = cast.opted_in(house.lamar)
    cast.receive(cast.mobile_of(who), house.lamar, UNCLEAR)
    cast.receive(cast.mobile_of(who), house.lamar, "START")
    assert counts()["wish"] == 0


def test_who_has_opted_out_waits_for_nobody(house: House):
    who = cast.opted_in(house.lamar)
    cast.receive(cast.mobile_of(who), house.lamar, UNCLEAR)
    cast.receive(cast.mobile_of(who), house.lamar, "STOP")
    assert counts()["wish"] == 0


@pytest.mark.parametrize(
    ("said", "status"), [("same", "opted_in"), ("not_theirs", "number_changed")]
)
def test_a_form_that_was_disowned_asks_whose_phone_it_is(house: House, said: str, status: str):
    who = cast.opted_in(house.lamar, "Dora Disowned")
    forms.disown(token=cast.issue_form(who), ip="", user_agent="", now=now())
    assert "this is not their number" in text(house.clerk, "/consent/?about=person")
    [held] = waiting.shown(waiting.held(scope=EVERYWHERE, about="person"))
    house.clerk.post(f"/tenants/{who.pk}/unclear/", {"answer": said, "source": held.source})
    assert counts()["person"] == 0
    assert queries.of(tenant=who, scope=EVERYWHERE, now=now()).status == status


def test_a_number_that_two_name_is_asked_here(house: House):
    first = cast.opted_in(house.lamar, "Fay First")
    second = cast.tenant(house.lamar, "Sue Second", number=Number(cast.mobile_of(first)))
    [question] = tenants.open_questions(second.pk)
    assert "Passed on to Sue Second" in text(house.clerk, "/consent/?about=numbers")
    address = f"/tenants/{second.pk}/questions/{question.pk}/"
    back = house.clerk.post(address, {"answer": "shared", "next": "consent:numbers"})
    assert back.headers["Location"] == "/consent/?about=numbers"
    assert counts()["numbers"] == 0


def test_what_concerns_another_facility_is_counted_without_names(house: House):
    first = cast.opted_in(house.mesa, "Mona Mesa")
    cast.tenant(house.lamar, "Sue Second", number=Number(cast.mobile_of(first)))
    page = text(house.clerk, "/consent/?about=numbers")
    assert "1 more question concerns a tenant outside your facilities" in " ".join(page.split())
    assert "Mona Mesa" not in page
    assert "Mona Mesa" in text(house.owner, "/consent/?about=numbers")


def test_the_list_and_its_counts_keep_to_the_own_facility(house: House):
    who = cast.opted_in(house.mesa, "Mona Mesa")
    cast.receive(cast.mobile_of(who), house.mesa, UNCLEAR)
    assert "Mona Mesa" not in text(house.clerk, "/consent/?about=wish")
    assert "1</strong> waits for a person" in text(house.owner, "/widgets/consent/")
    assert "for a person" not in text(house.clerk, "/widgets/consent/")


def test_long_lists_come_in_pages(house: House):
    number = cast.mobile()
    for n in range(11):
        cast.tenant(house.lamar, f"Person {n:02}", number=number)
    page = text(house.clerk, "/consent/?about=numbers&page=2")
    assert "51\N{EN DASH}55 of 55" in page


def test_a_list_that_is_none_is_not_there(house: House):
    assert house.clerk.get("/consent/?about=everything").status_code == 404


def test_questions_take_as_many_queries_for_many_as_for_one(
    house: House, django_assert_num_queries: Any
):
    held = [cast.opted_in(house.lamar, f"Tenant {n}") for n in range(3)]
    for who in held:
        cast.receive(cast.mobile_of(who), house.lamar, "wrong number")
    for some in (held[:1], held):
        with django_assert_num_queries(4):
            assert len(unclear.questions(tenant_ids=[who.pk for who in some])) == len(some)


def test_the_list_asks_the_database_as_often_for_many_as_for_one(house: House):
    asked = []
    for n in (1, 4):
        for _ in range(n):
            who = cast.opted_in(house.lamar)
            cast.receive(cast.mobile_of(who), house.lamar, "wrong number")
        with CaptureQueriesContext(connection) as queries_made:
            assert text(house.clerk, "/consent/?about=person").count("Read the chat") >= n
        asked.append(len(queries_made))
    assert asked[0] == asked[1]
