"""Letters by API: which there are, issuing one, repeats, what others may not see."""

from __future__ import annotations

import pytest
import time_machine

from tenantline.automations import actions as automations
from tenantline.automations import working as automations_working
from tenantline.kernel import clock
from tenantline.letters.paper import PAPERS
from tenantline.printing import actions, queries
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


def test_notices_are_listed_by_facility_and_tenant(api, stranger, site, dana, late):
    _, first = api.post("/notices", wish(dana, late, method="print"))
    other = cast.entry(cast.tenant(site)).tenant
    _, second = api.post("/notices", wish(other, late))
    assert api.get("/notices?facility=LAMAR")["items"] == [second, first]
    assert api.get(f"/notices?tenant={dana.pk}")["items"] == [first]
    assert stranger.get("/notices")["items"] == []


def test_what_was_printed_is_listed_with_its_addresses(api, stranger, site, dana, late):
    _, notice = api.post("/notices", wish(dana, late, method="print"))
    rows = queries.waiting(PAPERS, facility=site)
    made = actions.print_waiting(
        PAPERS, facility=site, rows=rows, unaddressed=True, by=cast.TESTER, now=clock.now()
    )
    [shown] = api.get("/letter-printings?facility=LAMAR")["items"]
    assert (shown["count"], shown["printed_by"]) == (1, cast.TESTER.name)
    [sheet] = api.get(f"/letter-printings/{made.pk}/letters")["items"]
    assert (sheet["notice"], sheet["name"], sheet["withdrawn"]) == (notice["id"], "Dana", False)
    assert stranger.get("/letter-printings")["items"] == []
    nowhere = stranger.refusal("GET", f"/letter-printings/{made.pk}/letters")
    assert nowhere == (404, "not_found")


def test_what_came_of_an_automation_is_listed(api, stranger, site, dana):
    letter = cast.letter("Thanks", category="payment_received", facility=site)
    made = automations.add(
        when="payment_received", days=0, letter=letter, facility=site, by=cast.TESTER,
        now=clock.now(),
    )  # fmt: skip
    automations.switch(automation=made, mode="simulated", by=cast.TESTER, now=clock.now())
    cast.entry(dana, "payment", 500)
    while automations_working.Shift().step():
        pass
    [shown] = api.get("/automations")["items"]
    assert (shown["when"], shown["mode"]) == ("payment_received", "simulated")
    [result] = api.get(f"/automations/{made.pk}/results")["items"]
    assert (result["tenant"], result["state"]) == (str(dana.pk), "simulated")
    nowhere = stranger.refusal("GET", f"/automations/{made.pk}/results")
    assert nowhere == (404, "not_found")
