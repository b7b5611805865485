"""SMS Opt-In from the tenant's page and to a selection; what the tenant's page tells of consent."""

from __future__ import annotations

import pytest

from tenantline.consent import history
from tenantline.consent import queries as consent
from tenantline.consent.wording import FORM_VERSION
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel.clock import now
from tenantline.kernel.phone import Number
from tenantline.mail import queries as mail
from tenantline.tenants import queries as tenants
from tests import cast
from tests.desk.conftest import House


def status(who) -> str:
    return consent.of(tenant=who, scope=EVERYWHERE, now=now()).status


def text(client, address: str) -> str:
    return client.get(address).content.decode()


def test_send_asks_first_and_issue_sends_the_form(house: House):
    who = cast.tenant(house.lamar)
    assert who.email in text(house.clerk, f"/tenants/{who.pk}/opt-in/")
    assert mail.latest() == []
    house.clerk.post(f"/tenants/{who.pk}/opt-in/")
    assert [letter.recipient for letter in mail.latest()] == [who.email]
    assert status(who) == "form_sent"


def test_without_an_address_the_page_says_what_is_missing_and_offers_it(house: House):
    who = cast.tenant(house.lamar, email="")
    page = text(house.clerk, f"/tenants/{who.pk}/opt-in/")
    assert "There is no e-mail address on file" in page
    assert f'href="/tenants/{who.pk}/#id_email"' in page
    assert ">Issue<" not in page
    assert house.clerk.post(f"/tenants/{who.pk}/opt-in/").status_code == 409


def test_a_selection_is_shown_with_who_gets_it_and_who_not_and_why(house: House):
    ready = cast.tenant(house.lamar, "Rita Ready")
    unready = cast.tenant(house.lamar, "Una Unready", email="")
    page = text(house.clerk, f"/tenants/opt-in/?tenant={ready.pk}&tenant={unready.pk}")
    assert "Issue to 1" in page
    assert "There is no e-mail address on file" in page
    assert f'name="tenant" value="{unready.pk}"' not in page


def test_issue_to_a_selection_then_tells_what_was_done(house: House):
    ready = cast.tenant(house.lamar, "Rita Ready")
    unready = cast.tenant(house.lamar, "Una Unready", email="")
    answer = house.clerk.post("/tenants/opt-in/", {"tenant": [ready.pk, unready.pk]}, follow=True)
    page = answer.content.decode()
    assert "1 opt-in form is on the way" in page
    assert "Not sent to 1" in page
    assert (status(ready), status(unready)) == ("form_sent", "none")


def test_an_empty_selection_sends_nothing(house: House):
    assert "Nobody is selected" in text(house.clerk, "/tenants/opt-in/?tenant=x&tenant=999")
    house.clerk.post("/tenants/opt-in/", {"tenant": ["x", "999999"]})
    assert mail.latest() == []


def test_user_info_shows_each_service_with_its_date_and_the_evidence(house: House):
    who = cast.opted_in(house.lamar, "Anna Agreed", "chat", "notices")
    states = {s.service: s.state for s in history.services(tenant=who, now=now())}
    assert states == {"chat": "active", "statements": "none", "notices": "active"}
    page = text(house.clerk, f"/tenants/{who.pk}/")
    assert page.count("opted in <time") == 2
    assert "Form submitted" in page


def test_the_history_tells_what_when_in_the_facilitys_zone_and_which_words(house: House):
    who = cast.opted_in(house.lamar)
    page = text(house.clerk, f"/tenants/{who.pk}/consent/")
    assert "START was texted: opted in" in page
    assert f"wording {FORM_VERSION}, English: read it" in page
    assert " CST</time>" in page or " CDT</time>" in page
    assert "SM" in page


def test_the_words_a_tenant_was_shown_can_be_read_in_full(house: House):
    who = cast.opted_in(house.lamar)
    submitted = next(e for e in consent.history(who.pk) if e.kind == "form_submitted")
    page = text(house.clerk, f"/tenants/{who.pk}/consent/{submitted.pk}/")
    assert f"Text messages from {house.lamar.name}" in page
    assert "Message and data rates may apply".lower() in page.lower()


def test_an_event_without_words_has_no_such_page(house: House):
    who = cast.opted_in(house.lamar)
    started = next(e for e in consent.history(who.pk) if e.kind == "started")
    assert house.clerk.get(f"/tenants/{who.pk}/consent/{started.pk}/").status_code == 404


def test_the_history_says_what_each_start_and_stop_was(house: House):
    who = cast.opted_in(house.lamar)
    for body in ("START", "please quit texting me"):
        cast.receive(cast.mobile_of(who), house.lamar, body)
    page = text(house.clerk, f"/tenants/{who.pk}/consent/")
    assert "START was texted; it changed nothing" in page
    assert "A text asked for no more texts: every consent of the number ended" in page


def test_a_revocation_at_the_counter_ends_the_consent(house: House):
    who = cast.opted_in(house.lamar)
    typed = {"medium": "counter", "note": "said so at the counter"}
    house.clerk.post(f"/tenants/{who.pk}/revocation/", typed)
    assert status(who) == "opted_out"
    assert "said so at the counter" in text(house.clerk, f"/tenants/{who.pk}/consent/")


@pytest.mark.parametrize("wrong", [{"medium": "pigeon"}, {"medium": "phone", "note": "n" * 2001}])
def test_a_bad_revocation_changes_nothing_and_keeps_the_note(house: House, wrong):
    who = cast.opted_in(house.lamar)
    answer = house.clerk.post(f"/tenants/{who.pk}/revocation/", {"note": "kept"} | wrong)
    assert answer.status_code == 400
    assert wrong.get("note", "kept") in answer.content.decode()
    assert status(who) == "opted_in"


def test_a_hold_is_shown_with_its_reason_and_ended_by_a_person(house: House):
    who = cast.opted_in(house.lamar)
    came = cast.receive(cast.mobile_of(who), house.lamar, "only text me about my bill")
    assert "only text me about my" in text(house.clerk, f"/tenants/{who.pk}/")
    house.clerk.post(f"/tenants/{who.pk}/unclear/", {"source": came.sid, "answer": "message"})
    assert not consent.of(tenant=who, scope=EVERYWHERE, now=now()).held


def shared(house: House, where):
    first = cast.opted_in(where, "Fay First")
    second = cast.tenant(house.lamar, "Sue Second", number=Number(cast.mobile_of(first)))
    [question] = tenants.open_questions(second.pk)
    return first, second, f"/tenants/{second.pk}/questions/{question.pk}/"


def test_a_shared_phone_is_asked_about_and_both_keep_it(house: House):
    first, second, address = shared(house, house.lamar)
    assert "Same phone, shared" in text(house.clerk, f"/tenants/{second.pk}/")
    house.clerk.post(address, {"answer": "shared"})
    assert status(first) == "opted_in"
    assert tenants.open_questions(second.pk) == []


def test_a_number_that_was_passed_on_ends_for_the_other(house: House):
    first, _, address = shared(house, house.lamar)
    house.clerk.post(address, {"answer": "passed_on"})
    assert status(first) == "number_changed"
    assert tenants.current_period(first.pk) is None


def test_passed_on_cannot_be_said_over_a_facility_out_of_scope(house: House):
    first, _, address = shared(house, house.mesa)
    assert house.clerk.post(address, {"answer": "passed_on"}).status_code == 403
    assert status(first) == "opted_in"


def test_a_question_takes_one_of_its_answers(house: House):
    _, second, address = shared(house, house.lamar)
    assert house.clerk.post(address, {"answer": "maybe"}).status_code == 400
    assert len(tenants.open_questions(second.pk)) == 1
