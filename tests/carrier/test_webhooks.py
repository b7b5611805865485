"""The stand-in and the sandbox post what Twilio posts, under a signature that holds."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tenantline.carrier.signature import matches
from tenantline.carrier.webhooks import inbound_form, status_form
from tests.support.twilio_resources import ACCOUNT_SID, NUMBER
from tests.support.twilio_standin import TwilioStandin

TENANT = "+15125550143"
PUBLIC = "https://desk.example.test/twilio/sms"


@pytest.fixture
def desk() -> Iterator[HTTPServer]:
    """Somebody who hears Twilio's calls."""
    with HTTPServer() as server:
        server.expect_request("/hook", method="POST").respond_with_data("<Response/>")
        yield server


def heard(desk: HTTPServer) -> tuple[list[tuple[str, str]], str]:
    request: Request
    response: Response
    request, response = desk.log[-1]
    assert response.status_code == 200
    form = parse_qsl(request.get_data(as_text=True), keep_blank_values=True)
    return form, request.headers["X-Twilio-Signature"]


def test_an_inbound_text_is_posted_and_listed(desk: HTTPServer, twilio: TwilioStandin) -> None:
    answer = twilio.deliver_inbound(
        desk.url_for("/hook"), from_=TENANT, to=NUMBER, body="STOP ñ", signed_url=PUBLIC
    )
    form, header = heard(desk)
    assert answer.text == "<Response/>"
    assert matches(PUBLIC, form, header, [twilio.token])
    assert dict(form)["MessageSid"] == twilio.messages[0].sid


def test_a_status_is_posted_to_the_messages_own_address(
    desk: HTTPServer, twilio: TwilioStandin
) -> None:
    url = desk.url_for("/hook")
    message = twilio.receive(from_=NUMBER, to=TENANT, body="x")
    message.form["StatusCallback"] = url
    twilio.post_status(message, "undelivered", error_code=30005)
    form, header = heard(desk)
    assert matches(url, form, header, [twilio.token])
    assert dict(form)["ErrorCode"] == "30005"


def test_the_sandbox_and_the_stand_in_post_the_same_names(
    desk: HTTPServer, twilio: TwilioStandin
) -> None:
    twilio.deliver_inbound(desk.url_for("/hook"), from_=TENANT, to=NUMBER, body="hello")
    form, _header = heard(desk)
    ours = inbound_form(
        sid=dict(form)["MessageSid"],
        account_sid=ACCOUNT_SID,
        sender=TENANT,
        recipient=NUMBER,
        body="hello",
    )
    assert {name for name, _value in ours} >= {name for name, _value in form}
    assert dict(form).items() <= dict(ours).items()


def told(status: str, error_code: int | None = None) -> dict[str, str]:
    form = status_form(
        sid="SM1",
        account_sid="AC1",
        sender=NUMBER,
        recipient=TENANT,
        status=status,
        error_code=error_code,
    )
    return dict(form)


def test_an_error_code_comes_with_failures_only() -> None:
    assert "ErrorCode" not in told("delivered")
    failed = told("failed", 30008)
    assert failed["ErrorCode"] == "30008"
    assert failed["MessageStatus"] == failed["SmsStatus"] == "failed"
