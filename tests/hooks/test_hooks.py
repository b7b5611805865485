"""Twilio's calls at the door: signature first, stored before answered, once by MessageSid."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from django.conf import settings
from twilio.request_validator import RequestValidator

from tenantline.carrier.webhooks import inbound_form, status_form
from tenantline.conversations.models import Message
from tenantline.hooks.app import Hooks
from tenantline.hooks.verify import Asked
from tenantline.hooks.writer import Writer
from tenantline.intake.models import InboundCall, StatusCall
from tests import cast
from tests.support.asgi import Reply, call

pytestmark = pytest.mark.usefixtures("fresh_database")


def sms(where, *, sender="+17375550188", body="Hello", sid=None, account=cast.ACCOUNT, to=None):
    return inbound_form(
        sid=sid or f"SM{uuid.uuid4().hex}",
        account_sid=account,
        sender=sender,
        recipient=to or cast.number_of(where),
        body=body,
    )


def signed(form, *, token=cast.AUTH_TOKEN, target="/twilio/sms"):
    url = settings.PUBLIC_URL + target
    return RequestValidator(token).compute_signature(url, dict(form))


def asked(form) -> Asked:
    """A signed text as it comes to the writer."""
    return Asked("/twilio/sms", form, signed(form))


async def nothing_to_tell() -> None:
    """No worker waits for what we know."""


def post(form, *, target="/twilio/sms", signature=None, method="POST", body=None) -> Reply:
    async def run() -> Reply:
        writer = Writer()
        try:
            given = signature if signature is not None else signed(form, target=target)
            headers = {"X-Twilio-Signature": given}
            return await call(
                Hooks(writer, missed=nothing_to_tell),
                method,
                target,
                form=form,
                body=body,
                headers=headers,
            )
        finally:
            await asyncio.to_thread(writer.close)

    return asyncio.run(run())


@pytest.mark.parametrize("target", ["/twilio/sms", "/service/smsReceive.php", "/twilio/sms?a=1"])
def test_a_signed_text_is_stored_worked_on_and_answered_with_nothing_to_say(target):
    site = cast.site()
    reply = post(sms(site), target=target)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert reply.body.endswith(b"<Response/>")
    assert InboundCall.objects.get().worked_at is not None
    assert Message.objects.get().body == "Hello"


def test_a_bad_signature_gets_403_and_stores_nothing():
    site = cast.site()
    for signature in ("", "nonsense", signed(sms(site), token="c" * 32)):
        assert post(sms(site), signature=signature).status == 403
    assert not InboundCall.objects.exists()


def test_a_changed_parameter_breaks_the_signature():
    site = cast.site()
    form = sms(site, body="I agree")
    signature = signed(form)
    changed = [(k, "START" if k == "Body" else v) for k, v in form]
    assert post(changed, signature=signature).status == 403


def test_a_foreign_account_gets_403_whatever_it_signs_with():
    site = cast.site()
    form = sms(site, account="AC" + "f" * 32)
    assert post(form).status == 403
    assert not InboundCall.objects.exists()


def test_another_lines_token_does_not_sign_for_this_account():
    cast.site("HERE")
    there = cast.facility("THERE")
    cast.line(there, account="AC" + "c3" * 16)
    form = sms(there, account="AC" + "d4" * 16)
    assert post(form).status == 403


def test_a_repeat_changes_nothing():
    site = cast.site()
    form = sms(site, sid="SM" + "1" * 32)
    assert [post(form).status for _ in range(3)] == [200, 200, 200]
    assert InboundCall.objects.count() == Message.objects.count() == 1
    assert not InboundCall.objects.get().differs


def test_a_repeat_with_other_content_is_flagged():
    site = cast.site()
    post(sms(site, sid="SM" + "1" * 32))
    assert post(sms(site, sid="SM" + "1" * 32, body="Other words")).status == 200
    assert InboundCall.objects.get().differs
    assert Message.objects.get().body == "Hello"


def test_a_text_to_no_line_of_ours_is_kept_as_a_stray():
    site = cast.site()
    assert post(sms(site, to="+15125550999")).status == 200
    assert InboundCall.objects.get().line is None


def test_a_text_to_a_disconnected_line_is_still_heard():
    site = cast.site()
    old = cast.number_of(site)
    cast.line(site)
    assert post(sms(site, to=old)).status == 200
    assert Message.objects.filter(line__number=old).exists()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_other_methods_are_refused(method):
    site = cast.site()
    reply = post(sms(site), method=method)
    assert (reply.status, reply.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&&&===%%%", "Körper".encode(), b"a"])
def test_a_body_that_is_no_form_is_refused_without_a_trace(body):
    cast.site()
    assert post([], signature="x", body=body).status in {400, 403}
    assert not InboundCall.objects.exists()


def test_an_oversize_body_is_refused():
    assert post([], signature="x", body=b"a=" + b"b" * 300_000).status == 413


def test_odd_senders_and_bodies_are_kept_as_they_are():
    site = cast.site()
    for sender, body in (("72345", "code 123"), ("DHL", "Paket"), ("+17375550111", "😀" * 1600)):
        assert post(sms(site, sender=sender, body=body)).status == 200
    kept = set(Message.objects.values_list("conversation__number", "body"))
    assert kept == {("72345", "code 123"), ("DHL", "Paket"), ("+17375550111", "😀" * 1600)}


def test_a_status_callback_is_kept_whatever_it_says():
    site = cast.site()
    for status in ("delivered", "sent", "delivered", "never-heard-of"):
        form = status_form(
            sid="SM" + "2" * 32,
            account_sid=cast.ACCOUNT,
            sender=cast.number_of(site),
            recipient="+17375550111",
            status=status,
        )
        assert post(form, target="/twilio/status/some-token").status == 200
    assert list(StatusCall.objects.values_list("status", flat=True)) == [
        "delivered",
        "sent",
        "delivered",
        "never-heard-of",
    ]
