"""Letters by API: which there are, issuing one, repeats, what others may not see."""

from __future__ import annotations

import pytest
import time_machine

from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(cast.at_noon()):
        yield


@pytest.fixture
def dana(site):
    who = cast.opted_in(site, "Dana")
    cast.entry(who)
    return who


@pytest.fixture
def late():
    return cast.letter()


def wish(who, letter, **more):
    return {"tenant": str(who.pk), "letter": str(letter.pk)} | more


def test_a_letter_goes_by_the_method_wanted(api, dana, late):
    status, notice = api.post("/notices", wish(dana, late, method="sms"))
    assert (status, notice["method"], notice["status"]) == (201, "sms", "queued")
    assert api.answer["Location"] == f"/api/v1/notices/{notice['id']}"
    assert api.get(f"/notices/{notice['id']}") == notice
    text = api.get(f"/messages/{notice['message']}")
    assert (text["purpose"], text["body"][:21]) == ("notice", "Storage LAMAR: $129.0")


def test_without_consent_it_goes_by_email_and_says_why(api, site, late):
    who = cast.tenant(site)
    cast.entry(who)
    _, notice = api.post("/notices", wish(who, late, method="sms"))
    assert (notice["method"], notice["wanted_method"]) == ("email", "sms")
    assert [one["code"] for one in notice["passed_over"]] == ["no_consent"]


def test_without_a_method_the_tenants_own_counts(api, dana, late):
    _, notice = api.post("/notices", wish(dana, late))
    assert (notice["method"], notice["wanted_by"], notice["status"]) == (
        "print",
        "tenant",
        "to_print",
    )


def test_a_repeat_gives_the_same_notice_and_another_body_none(api, dana, late):
    first = api.post("/notices", wish(dana, late, method="sms"), **{"Idempotency-Key": "a"})
    again = api.post("/notices", wish(dana, late, method="sms"), **{"Idempotency-Key": "a"})
    assert (first[0], again[0], again[1]["id"]) == (201, 200, first[1]["id"])
    other = api.post("/notices", wish(dana, late, method="print"), **{"Idempotency-Key": "a"})
    assert (other[0], other[1]["code"]) == (422, "idempotency_mismatch")


def test_an_empty_field_issues_nothing(api, site, late):
    who = cast.opted_in(site)
    refused = api.refusal("POST", "/notices", wish(who, late, method="sms"))
    assert refused == (422, "empty_field")


@pytest.mark.parametrize("culprit", ["tenant", "letter"])
def test_what_lies_elsewhere_looks_absent(api, elsewhere, dana, late, culprit):
    there = {"tenant": str(cast.tenant(elsewhere).pk), "letter": "999999"}
    status, problem = api.post("/notices", wish(dana, late) | {culprit: there[culprit]})
    assert (status, problem["errors"][0]["field"]) == (422, culprit)


def test_another_facilitys_notice_is_not_read(api, elsewhere):
    who = cast.tenant(elsewhere)
    cast.entry(who)
    assert api.refusal("GET", f"/notices/{cast.notice(who).pk}") == (404, "not_found")


def test_letters_are_listed(api, late):
    [shown] = api.get("/letters")["items"]
    assert shown == {
        "id": str(late.pk),
        "name": "Past due",
        "category": "past_due",
        "legal_class": "courtesy",
        "method": None,
        "facility": None,
        "version": 1,
    }
