"""Connecting and disconnecting a line against a stand-in: what is changed at Twilio, what not."""

from __future__ import annotations

import pytest
from django.test import override_settings

from tenantline.carrier import connecting
from tenantline.carrier.connecting import Connected, Wanted
from tenantline.carrier.errors import CarrierProblem
from tenantline.carrier.line_checks import check_line
from tenantline.facilities import queries
from tenantline.facilities.models import Facility
from tenantline.kernel import clock
from tenantline.kernel.errors import Conflict, Refused
from tests import cast
from tests.support.twilio_resources import NUMBER, sid
from tests.support.twilio_standin import TwilioStandin

pytestmark = pytest.mark.django_db

HOOK = "https://desk.example.test/twilio/sms"
BEFORE = "https://before.example.com/hook"
OTHER = "+15125550199"


@pytest.fixture
def lamar() -> Facility:
    return cast.facility()


def connect(where: Facility, twilio: TwilioStandin, **wanted) -> Connected:
    values = {"account_sid": twilio.account_sid, "auth_token": twilio.token, "number": NUMBER}
    return connecting.connect(
        facility=where,
        wanted=Wanted(**(values | wanted)),
        by=cast.TESTER,
        now=clock.now(),
        client_base_url=twilio.url,
    )


def disconnect(connected: Connected, twilio: TwilioStandin) -> connecting.Disconnected:
    return connecting.disconnect(
        line=connected.line, by=cast.TESTER, now=clock.now(), client_base_url=twilio.url
    )


def changes(twilio: TwilioStandin) -> list[str]:
    return [target for method, target in twilio.requests if method == "POST"]


def test_the_number_points_here_and_the_line_sends(lamar, twilio) -> None:
    line = connect(lamar, twilio).line
    assert twilio.numbers[sid("PN", NUMBER)]["sms_url"] == HOOK
    assert queries.sending_line(lamar.pk) == line
    assert queries.auth_token(line) == twilio.token


def test_an_application_that_would_override_is_taken_away_and_put_back(lamar, twilio) -> None:
    application = "AP" + "c" * 32
    number = twilio.numbers[sid("PN", NUMBER)]
    number |= {"sms_application_sid": application, "sms_url": BEFORE}
    connected = connect(lamar, twilio)
    assert number["sms_application_sid"] == ""
    disconnect(connected, twilio)
    assert (number["sms_application_sid"], number["sms_url"]) == (application, BEFORE)


def test_keep_webhook_changes_nothing_and_needs_no_public_address(lamar, twilio) -> None:
    with override_settings(PUBLIC_URL_IS_SET=False):
        connect(lamar, twilio, keep_webhook=True)
    assert changes(twilio) == []


def test_without_a_public_address_nothing_is_asked(lamar, twilio) -> None:
    with override_settings(PUBLIC_URL_IS_SET=False), pytest.raises(Refused, match="PUBLIC_URL"):
        connect(lamar, twilio)
    assert twilio.requests == []


def test_a_number_of_another_facility_is_refused_before_anything_is_changed(lamar, twilio) -> None:
    connect(lamar, twilio)
    twilio.requests.clear()
    with pytest.raises(Conflict, match="another facility"):
        connect(cast.facility("HARBOR"), twilio)
    assert twilio.requests == []


def test_a_number_that_is_not_in_the_account_names_five_that_are(lamar, twilio) -> None:
    for index in range(7):
        twilio.add_number(f"+1512555030{index}", sms=index != 0)
    with pytest.raises(Refused, match="is not in this Twilio account") as refused:
        connect(lamar, twilio, number=OTHER)
    assert refused.value.sentence.count("+1512555") == 6
    assert "2 more" in refused.value.sentence
    assert len(refused.value.sentence) <= 300


def test_a_number_without_sms_is_refused(lamar, twilio) -> None:
    twilio.add_number(OTHER, sms=False)
    with pytest.raises(Refused, match="cannot send texts"):
        connect(lamar, twilio, number=OTHER)


def test_a_service_that_holds_only_our_number_is_pointed_too_and_put_back(lamar, twilio) -> None:
    service = twilio.services[twilio.add_service("desk", [NUMBER])]
    service["inbound_request_url"] = BEFORE
    connected = connect(lamar, twilio)
    assert service["inbound_request_url"] == HOOK
    assert connected.line.messaging_service_sid == service["sid"]
    disconnect(connected, twilio)
    assert service["inbound_request_url"] == BEFORE


def test_a_service_that_others_use_is_taken_only_when_asked(lamar, twilio) -> None:
    service = twilio.services[twilio.add_service("shared", [NUMBER, OTHER])]
    with pytest.raises(Refused, match="--take-service"):
        connect(lamar, twilio)
    assert changes(twilio) == []
    connect(lamar, twilio, take_service=True)
    assert service["inbound_request_url"] == HOOK


def test_a_service_that_leaves_it_to_the_number_is_left_alone(lamar, twilio) -> None:
    service = twilio.services[twilio.add_service("shared", [NUMBER, OTHER])]
    service["use_inbound_webhook_on_number"] = True
    connect(lamar, twilio)
    assert service["inbound_request_url"] is None
    assert twilio.numbers[sid("PN", NUMBER)]["sms_url"] == HOOK


def test_a_service_without_the_number_is_refused(lamar, twilio) -> None:
    service_sid = twilio.add_service("other", [OTHER])
    with pytest.raises(Refused, match="sender pool"):
        connect(lamar, twilio, messaging_service_sid=service_sid)
    assert changes(twilio) == []


def test_a_failed_second_step_undoes_the_first(lamar, twilio) -> None:
    twilio.add_service("desk", [NUMBER])
    number = twilio.numbers[sid("PN", NUMBER)]
    number["sms_url"] = BEFORE
    twilio.fail_next(path=r"/v1/Services/\w+", status=503)
    with pytest.raises(CarrierProblem):
        connect(lamar, twilio)
    assert number["sms_url"] == BEFORE
    assert queries.sending_line(lamar.pk) is None


def test_wrong_credentials_and_closed_accounts_are_told(lamar, twilio) -> None:
    with pytest.raises(CarrierProblem, match="Auth Token"):
        connect(lamar, twilio, auth_token="f" * 32)
    twilio.account_status = "suspended"
    with pytest.raises(CarrierProblem, match="suspended"):
        connect(lamar, twilio)


def test_a_trial_account_is_told_in_plain_words(lamar, twilio) -> None:
    twilio.account_type = "Trial"
    assert any("trial account" in sentence for sentence in connect(lamar, twilio).report)


def test_connecting_again_keeps_what_was_found_first(lamar, twilio) -> None:
    twilio.numbers[sid("PN", NUMBER)]["sms_url"] = BEFORE
    connect(lamar, twilio)
    disconnect(connect(lamar, twilio), twilio)
    assert twilio.numbers[sid("PN", NUMBER)]["sms_url"] == BEFORE


def test_what_somebody_changed_since_is_not_put_back(lamar, twilio) -> None:
    connected = connect(lamar, twilio)
    twilio.numbers[sid("PN", NUMBER)]["sms_url"] = "https://newer.example.com/"
    disconnect(connected, twilio)
    assert twilio.numbers[sid("PN", NUMBER)]["sms_url"] == "https://newer.example.com/"


def test_a_line_is_disconnected_though_twilio_is_down_and_put_back_later(lamar, twilio) -> None:
    twilio.numbers[sid("PN", NUMBER)]["sms_url"] = BEFORE
    connected = connect(lamar, twilio)
    twilio.stop()
    assert disconnect(connected, twilio).problem
    assert queries.sending_line(lamar.pk) is None
    assert queries.auth_token(connected.line) == twilio.token
    twilio.start()
    assert not disconnect(connected, twilio).problem
    assert twilio.numbers[sid("PN", NUMBER)]["sms_url"] == BEFORE


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"sms_url": "https://elsewhere.example.com/"}, "elsewhere.example.com"),
        ({"sms_method": "GET"}, "GET"),
        ({"sms_application_sid": "AP" + "d" * 32}, "TwiML application"),
    ],
)
def test_the_doctor_sees_who_hears_the_number(lamar, twilio, change, wrong) -> None:
    line = connect(lamar, twilio).line
    assert all(finding.ok for finding in check_line(line, client_base_url=twilio.url))
    twilio.numbers[sid("PN", NUMBER)].update(change)
    findings = check_line(line, client_base_url=twilio.url)
    assert [wrong in finding.detail for finding in findings if not finding.ok] == [True]


def test_the_doctor_sees_a_service_that_drops_inbound_texts(lamar, twilio) -> None:
    line = connect(lamar, twilio).line
    twilio.add_service("new", [NUMBER])
    (wrong,) = (one for one in check_line(line, client_base_url=twilio.url) if not one.ok)
    assert "no STOP would be heard" in wrong.detail
