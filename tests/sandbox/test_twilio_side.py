"""The sandbox posts what Twilio would post, signed, to this machine only."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from asgiref.sync import async_to_sync
from werkzeug import Response

from tenantline.carrier import sandbox, signature
from tenantline.carrier.types import Account, Parcel
from tenantline.facilities import actions as facilities
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, Refused
from tenantline.kernel.phone import Number
from tenantline.sandbox import twilio_side
from tests import cast

pytestmark = pytest.mark.usefixtures("fresh_database")
HANDSET = Number("+17375550123")


@pytest.fixture
def desk(httpserver, settings):
    """A server in place of the desk: it keeps the calls."""
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    return httpserver


@pytest.fixture
def line():
    details = facilities.LineDetails(
        number="+15125550100", carrier="sandbox", account_sid=cast.ACCOUNT, auth_token="secret"
    )
    return facilities.connect_line(
        facility=cast.facility(), details=details, by=cast.TESTER, now=clock.now()
    )


def say(line, body):
    twilio_side.text(handset=HANDSET, line=line, body=body, now=clock.now())


def take(line, callback):
    parcel = Parcel(
        account=Account(line.account_sid, "secret", "sandbox"),
        sender=Number(line.number),
        body="Your unit is ready.",
        status_callback=callback,
    )
    # In this thread, so that it writes by this test's own connection.
    return async_to_sync(sandbox.accept)(HANDSET, parcel, at=clock.now())


def test_a_text_is_posted_to_the_webhook_and_signed(desk, line):
    desk.expect_request("/twilio/sms", method="POST").respond_with_data("<Response/>")
    say(line, "Héllo & goodbye +1")
    [(request, _)] = desk.log
    params = parse_qsl(request.get_data(as_text=True), keep_blank_values=True)
    assert dict(params)["Body"] == "Héllo & goodbye +1"
    url, given = desk.url_for("/twilio/sms"), request.headers["X-Twilio-Signature"]
    assert signature.matches(url, params, given, ["secret"])


def test_a_text_that_the_desk_does_not_take_stays_with_the_carrier(desk, line):
    desk.expect_request("/twilio/sms").respond_with_response(Response(status=503))
    with pytest.raises(twilio_side.NotTaken, match="503"):
        say(line, "Hello")
    assert [text.body for text in sandbox.handset_thread(HANDSET)] == ["Hello"]


@pytest.mark.parametrize("body", ["", "  \n", "\x00", "x" * 1601])
def test_nothing_and_too_much_are_refused(desk, line, body):
    with pytest.raises(BadInput):
        say(line, body)
    assert sandbox.handset_thread(HANDSET) == []


def test_it_talks_to_this_machine_only(line, settings):
    settings.PUBLIC_URL = "http://desk.example.test"
    with pytest.raises(Refused):
        say(line, "Hello")


def test_a_delivery_is_told_in_two_steps(desk, line):
    desk.expect_request("/twilio/status/abc", method="POST").respond_with_data("")
    take(line, desk.url_for("/twilio/status/abc"))
    assert twilio_side.post_due_callbacks(clock.now()) == 0
    soon = clock.now() + timedelta(seconds=10)
    assert [twilio_side.post_due_callbacks(soon) for _ in range(3)] == [1, 1, 0]
    told = [dict(parse_qsl(r.get_data(as_text=True)))["MessageStatus"] for r, _ in desk.log]
    assert told == ["sent", "delivered"]


def test_a_callback_that_was_not_stored_is_posted_again(desk, line):
    answers = iter([503, 200])
    desk.expect_request("/twilio/status/abc").respond_with_handler(
        lambda request: Response(status=next(answers))
    )
    take(line, desk.url_for("/twilio/status/abc"))
    soon = clock.now() + timedelta(seconds=10)
    assert [twilio_side.post_due_callbacks(soon) for _ in range(2)] == [0, 1]


def test_where_nothing_is_due_one_query_is_all(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert twilio_side.post_due_callbacks(clock.now()) == 0
