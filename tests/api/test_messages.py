"""Writing and reading texts: what is sent, what is refused, what a repeat gives."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tenantline.conversations import queries as conversations
from tenantline.facilities import actions as facilities
from tenantline.facilities.models import Line
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.phone import Number
from tenantline.outbox.models import Text
from tenantline.staff import actions as staff
from tests import cast

pytestmark = pytest.mark.django_db

FIELDS = {
    *("id", "direction", "purpose", "status", "body", "segments", "created_at", "sent_at"),
    *("delivered_at", "staff", "error", "facility", "tenant", "tenants", "from", "to"),
    *("not_before", "reason", "media"),
}
NOON = cast.at_noon()
NIGHT = NOON + timedelta(hours=12)
BODY = "Your new gate code is ready at the office."


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def who(site):
    return cast.opted_in(site)


def send(api, who, body=BODY, *, key=None, **more):
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.post(f"/tenants/{who.pk}/messages", {"body": body} | more, **headers)


def refusal(api, who, body=BODY, **more):
    return api.refusal("POST", f"/tenants/{who.pk}/messages", {"body": body} | more)


def state(message, **values):
    Text.objects.filter(message__pk=message["id"]).update(**values)


def test_a_text_is_queued_and_can_be_read_by_its_id(api, who):
    status, text = send(api, who)
    assert (status, text["status"], text["purpose"]) == (201, "queued", "chat")
    assert text.keys() == FIELDS
    assert (text["body"], text["segments"], text["direction"]) == (BODY, 1, "out")
    assert (text["tenant"], text["to"], text["staff"]) == (str(who.pk), cast.mobile_of(who), None)
    assert api.answer["Location"] == f"/api/v1/messages/{text['id']}"
    assert api.get(f"/messages/{text['id']}") == text
    assert api.get(f"/tenants/{who.pk}/messages")["items"][0] == text


def test_a_text_that_came_in_is_received(api, site, who):
    cast.receive(cast.mobile_of(who), site, "Is the gate open?")
    text = api.get(f"/tenants/{who.pk}/messages")["items"][0]
    assert (text["direction"], text["status"], text["purpose"]) == ("in", "received", "chat")
    assert (text["from"], text["to"]) == (cast.mobile_of(who), cast.number_of(site))
    assert text.keys() == FIELDS


def test_a_text_on_a_shared_phone_belongs_to_all_who_hold_it(api, site, who):
    other = cast.tenant(site, number=Number(cast.mobile_of(who)))
    cast.receive(cast.mobile_of(who), site, "Hello")
    text = api.get(f"/tenants/{other.pk}/messages")["items"][0]
    assert (text["tenant"], text["tenants"]) == (None, [str(who.pk), str(other.pk)])


def test_an_error_has_the_carriers_number(api, who):
    _, text = send(api, who)
    state(text, state="undelivered", error_code="30003", error_words="The phone was off.")
    found = api.get(f"/messages/{text['id']}")
    assert found["error"] == {"code": 30003, "text": "The phone was off."}
    assert found["status"] == "undelivered"


def test_a_withheld_text_says_why(api, who):
    _, text = send(api, who)
    state(text, state="withheld", reason_code="opted_out", reason="The number has opted out.")
    found = api.get(f"/messages/{text['id']}")
    assert found["reason"] == {"code": "opted_out", "text": "The number has opted out."}
    assert found["error"] is None


def test_who_has_not_agreed_is_not_texted(api, site):
    who = cast.tenant(site)
    assert refusal(api, who) == (409, "no_consent")
    cast.submit_form(cast.issue_form(who, now=NOON), now=NOON)
    assert refusal(api, who) == (409, "no_consent")


def test_who_has_stopped_is_not_texted(api, site):
    assert refusal(api, cast.stopped(site)) == (409, "opted_out")


def test_a_new_number_is_not_texted(api, who):
    cast.change_number(who, cast.mobile())
    assert refusal(api, who) == (409, "number_changed")


def test_who_agreed_to_other_services_is_not_texted(api, site):
    assert refusal(api, cast.opted_in(site, "S", "statements")) == (409, "service_not_agreed")


def test_nothing_is_queued_on_a_paused_line(api, site, who):
    line = Line.objects.get(facility=site)
    facilities.pause_line(line=line, reason="a test", by=cast.TESTER, now=NOON)
    assert refusal(api, who) == (409, "line_paused")


def test_the_same_words_go_to_five_tenants_at_most(api, site):
    for number in range(5):
        assert send(api, cast.opted_in(site), f"Dear #{number}: SALE!")[0] == 201
    assert refusal(api, cast.opted_in(site), "dear 9 - sale") == (409, "mass_text")


def test_texts_on_behalf_of_somebody_and_repeats_are_counted_with_the_others(api, site):
    cast.member("carla", "clerk", site)
    six = [cast.opted_in(site) for _ in range(6)]
    for number, who in enumerate(six[:5]):
        more = {"on_behalf_of": "carla"} if number % 2 else {}
        statuses = [send(api, who, "Sale!", key=f"k{number}", **more)[0] for _ in range(2)]
        assert statuses == [201, 200]
    assert refusal(api, six[5], "SALE", on_behalf_of="carla") == (409, "mass_text")
    cast.write(six[5], "Something else.")
    assert refusal(api, six[5], "sale 2") == (409, "mass_text")


def test_at_night_a_tokens_text_waits_for_the_morning(api, who):
    with time_machine.travel(NIGHT):
        status, text = send(api, who, quiet_hours_reason="It is urgent.")
    assert (status, text["status"]) == (201, "queued")
    assert text["not_before"].endswith("Z")
    assert text["not_before"] > NIGHT.isoformat()


def test_at_night_a_person_gives_a_reason(api, site, who):
    cast.member("carla", "clerk", site)
    with time_machine.travel(NIGHT):
        assert refusal(api, who, on_behalf_of="carla") == (409, "quiet_hours")
        reason = "The unit is open."
        status, text = send(api, who, on_behalf_of="carla", quiet_hours_reason=reason)
    assert (status, text["staff"], text["not_before"]) == (201, "carla", None)


@pytest.mark.parametrize("username", ["nobody", "stella", "leo", "\u0000", "x" * 61, ""])
def test_only_active_staff_of_the_facility_can_be_named_as_sender(
    api, site, elsewhere, who, username
):
    cast.member("stella", "manager", elsewhere)
    left = cast.member("leo", "clerk", site)
    staff.set_active(staff=left, active=False, by=cast.TESTER, now=NOON)
    body = {"body": BODY, "on_behalf_of": username}
    assert api.culprits("POST", f"/tenants/{who.pk}/messages", body) == ["on_behalf_of"]


@pytest.mark.parametrize("body", ["", " \n ", "x" * 1601, "😀" * 801, "a\u0000b", None, 5, ["x"]])
def test_a_body_that_cannot_be_sent_is_refused(api, who, body):
    assert api.culprits("POST", f"/tenants/{who.pk}/messages", {"body": body}) == ["body"]


def test_the_longest_body_is_1600_utf_16_units(api, who):
    status, text = send(api, who, "😀" * 800)
    assert (status, text["body"]) == (201, "😀" * 800)


def test_the_same_key_with_the_same_body_gives_the_same_text(api, who):
    first = send(api, who, key="k-1")
    assert send(api, who, key="k-1") == (200, first[1])
    assert send(api, who, key="k-2")[0] == 201


def test_a_repeat_is_answered_also_when_consent_has_ended(api, site, who):
    _, text = send(api, who, key="k-1")
    cast.receive(cast.mobile_of(who), site, "STOP")
    status, again = send(api, who, key="k-1")
    assert (status, again["id"]) == (200, text["id"])


def test_the_same_key_with_another_body_or_tenant_is_refused(api, site, who):
    send(api, who, key="k-1")
    for tenant, body in ((who, "Other words"), (cast.opted_in(site), BODY)):
        status, problem = send(api, tenant, body, key="k-1")
        assert (status, problem["code"]) == (422, "idempotency_mismatch")


def test_a_refused_request_does_not_use_up_its_key(api, site):
    who = cast.tenant(site)
    assert send(api, who, key="k-1")[0] == 409
    cast.opt_in(who, now=clock.now())
    assert send(api, who, key="k-1")[0] == 201


def test_keys_belong_to_the_token(api, site, who):
    from tests.api.conftest import Api

    _, text = send(api, who, key="k-1")
    status, other = send(Api(cast.token("clerk", site)[1]), who, key="k-1")
    assert status == 201
    assert other["id"] != text["id"]


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_has_1_to_255_characters(api, who, key):
    path, header = f"/tenants/{who.pk}/messages", {"Idempotency-Key": key}
    assert api.culprits("POST", path, {"body": BODY}, **header) == ["Idempotency-Key"]
    assert not conversations.at_facilities(scope=EVERYWHERE).filter(body=BODY).exists()
