"""What comes in joins its thread once, whoever wrote it and whatever it holds."""

from __future__ import annotations

import threading
import uuid
from functools import partial

import pytest
from django.db import connection

from tenantline.consent import queries as consent
from tenantline.conversations import inbound
from tenantline.conversations.models import Conversation, Message, Stray
from tenantline.facilities.models import Facility, Line
from tenantline.facilities.scope import EVERYWHERE
from tenantline.intake import actions as intake
from tenantline.intake import queries as intake_queries
from tenantline.intake.actions import Inbound
from tenantline.intake.models import CallFile, InboundCall
from tenantline.kernel import clock
from tenantline.kernel.errors import Refused
from tenantline.outbox.models import Text
from tests import cast

db = pytest.mark.django_db


def status(who):
    return consent.of(tenant=who, scope=EVERYWHERE, now=clock.now()).status


def store(sender: str, body: str, *, to: Line | None, **params: str) -> int:
    sid = f"SM{uuid.uuid4().hex}"
    call = Inbound(
        message_sid=sid,
        account_sid=cast.ACCOUNT,
        line_id=to.pk if to else None,
        sender=sender,
        recipient=to.number if to else "+15125550999",
        body=body,
        params={"Body": body, **params},
    )
    intake.store([call], now=clock.now())
    return InboundCall.objects.get(message_sid=sid).pk


def work(call_id: int) -> bool:
    return inbound.work_safely(call_id=call_id, now=clock.now())


@db
@pytest.mark.parametrize("sender", ["28777", "246", "ACMEBANK", "whatsapp:+15125550143"])
@pytest.mark.parametrize("body", ["Your code is 123", "STOP", "START", "HELP"])
def test_a_sender_that_is_no_phone_gets_a_thread_too(sender, body):
    cast.receive(sender, cast.site(), body)
    message = Message.objects.get()
    assert (message.body, message.conversation.number) == (body, sender)
    assert not Text.objects.exists()


@db
def test_a_picture_without_words_is_kept():
    cast.site()
    pictures = {"NumMedia": "2", "MediaUrl1": "https://b", "MediaUrl0": "https://a"}
    work(
        store("+15125550143", "", to=Line.objects.get(), MediaContentType0="image/png", **pictures)
    )
    message = Message.objects.get()
    assert message.media == [
        {"url": "https://a", "type": "image/png"},
        {"url": "https://b", "type": ""},
    ]
    assert (message.body, message.conversation.unread) == ("", 1)


@db
def test_sixteen_hundred_emoji_are_kept():
    who = cast.tenant(cast.site())
    cast.receive(cast.mobile_of(who), who.facility, "🏳️‍🌈" * 400)
    assert Message.objects.get().body == "🏳️‍🌈" * 400


@db
def test_an_unknown_sender_gets_a_thread_without_a_tenant_and_no_answer():
    cast.receive("+15125550143", cast.site(), "Is unit 4 free?")
    assert list(Message.objects.get().tenants.all()) == []
    assert not Text.objects.exists()


@db
def test_an_inbound_text_belongs_to_everyone_who_holds_the_number_there():
    here, there = cast.site("HERE"), cast.site("THERE")
    number = cast.mobile()
    two = [cast.tenant(here, number=number), cast.tenant(here, number=number)]
    cast.tenant(there, number=number)
    cast.receive(number, here, "hello")
    assert list(Message.objects.get().tenants.order_by("id")) == two


@db
def test_a_former_holder_gets_nothing_new():
    who = cast.tenant(cast.site())
    number = cast.mobile_of(who)
    cast.change_number(who, cast.mobile())
    cast.receive(number, who.facility, "hello")
    assert not who.messages.exists()


@db
def test_a_replaced_line_is_still_heard():
    site = cast.site()
    who = cast.opted_in(site)
    old = Line.objects.get()
    cast.line(site)
    work(store(cast.mobile_of(who), "STOP", to=old))
    assert status(who) == "opted_out"


@db
def test_a_start_to_a_replaced_line_counts_for_its_facility():
    site = cast.site()
    who = cast.tenant(site)
    old = Line.objects.get()
    cast.line(site)
    cast.submit_form(cast.issue_form(who))
    work(store(cast.mobile_of(who), "START", to=old))
    assert status(who) == "opted_in"


@db
def test_a_stray_is_kept_and_its_stop_suppresses_the_sender_everywhere():
    who = cast.opted_in(cast.site())
    cast.write(who)
    work(store(cast.mobile_of(who), "stop", to=None))
    assert Stray.objects.count() == 1
    assert status(who) == "opted_out"
    assert set(Text.objects.values_list("state", flat=True)) == {"withheld"}


@db
def test_a_stray_start_gives_nothing():
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who))
    work(store(cast.mobile_of(who), "START", to=None))
    assert status(who) == "waiting_for_start"


@db
def test_work_done_twice_is_done_once():
    who = cast.opted_in(cast.site())
    call = cast.receive(cast.mobile_of(who), who.facility, "hello")
    assert work(call.call_id)
    assert Message.objects.filter(body="hello").count() == 1
    assert Conversation.objects.get().unread == 2  # START and hello


@db
def test_a_call_that_fails_stays_open_closes_the_gate_and_is_retried():
    who = cast.opted_in(cast.site())
    call = cast.receive(cast.mobile_of(who), who.facility, "hello", work=False)
    # What cannot be worked on: params that no form of the carrier's could hold.
    InboundCall.objects.filter(pk=call.call_id).update(params=["no", "form"])
    assert not work(call.call_id)
    with pytest.raises(Refused) as refused:
        cast.write(who)
    assert refused.value.code == "unread_inbound"
    InboundCall.objects.filter(pk=call.call_id).update(params={})
    assert work(call.call_id)
    cast.write(who)


@db
def test_a_failed_call_leaves_nothing_half_done():
    who = cast.opted_in(cast.site())
    call = cast.receive(cast.mobile_of(who), who.facility, "STOP", work=False)
    InboundCall.objects.filter(pk=call.call_id).update(params=["no", "form"])
    work(call.call_id)
    assert status(who) == "opted_in"
    assert not Message.objects.filter(body="STOP").exists()


@db
@pytest.mark.parametrize("body", ["YES", "hello", "STOP", "unsubscribe", "START"])
def test_nobody_without_consent_is_ever_answered(body):
    who = cast.tenant(cast.site())
    cast.receive(cast.mobile_of(who), who.facility, body)
    assert not Text.objects.exists()


@db
@pytest.mark.parametrize("answers", [True, False])
def test_help_is_answered_only_where_the_line_is_set_to_it(answers):
    who = cast.opted_in(cast.site())
    Line.objects.update(answers_help=answers)
    cast.receive(cast.mobile_of(who), who.facility, "HELP")
    assert Text.objects.filter(clearance__purpose="help").count() == answers


@db
def test_a_start_is_confirmed_once_for_two_on_one_phone():
    site, number = cast.site(), cast.mobile()
    for who in (cast.tenant(site, number=number), cast.tenant(site, number=number)):
        cast.submit_form(cast.issue_form(who))
    cast.receive(number, site, "START")
    cast.receive(number, site, "START")
    text = Text.objects.get()
    assert text.body.startswith(site.name)
    assert text.body.endswith("To stop, reply STOP or tell the office in any way.")


def at_once(*acts):
    """Do each of these in a thread of its own, all at the same moment."""
    start = threading.Barrier(len(acts))

    def run(do):
        start.wait()
        try:
            do()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(do,)) for do in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_several_workers_at_once_do_it_once(fresh_database):
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who))
    call = cast.receive(cast.mobile_of(who), who.facility, "START", work=False)
    at_once(*[partial(work, call.call_id)] * 4)
    assert Message.objects.filter(direction="in").count() == 1
    assert Text.objects.count() == 1
    assert InboundCall.objects.get().attempts == 0


def test_the_same_call_stored_by_several_at_once_is_there_once(fresh_database):
    site: Facility = cast.site()
    line = Line.objects.get(facility=site)
    call = Inbound("SM1", cast.ACCOUNT, line.pk, "+15125550143", line.number, "hi", {})
    at_once(*[partial(intake.store, [call], now=clock.now())] * 4)
    assert InboundCall.objects.count() == 1


def test_a_changed_number_and_its_start_at_once_do_not_block_each_other(fresh_database):
    who = cast.tenant(cast.site())
    cast.submit_form(cast.issue_form(who))
    call = cast.receive(cast.mobile_of(who), who.facility, "START", work=False)
    other = [cast.mobile() for _ in range(4)]
    acts = [partial(work, call.call_id), *(partial(cast.change_number, who, n) for n in other)]
    at_once(*acts)
    assert InboundCall.objects.get().error == ""
    assert status(who) == "number_changed"


def came_again(call, **changed: str):
    """Let Twilio hand over a known text once more, with other content; work on it."""
    row = InboundCall.objects.get(pk=call.call_id)
    values = {"sender": row.sender, "recipient": row.recipient, "body": row.body} | changed
    again = Inbound(
        message_sid=row.message_sid,
        account_sid=row.account_sid,
        line_id=row.line_id,
        params={},
        sender=values["sender"],
        recipient=values["recipient"],
        body=values["body"],
    )
    [call_id] = intake.store([again], now=clock.now())
    if call_id is not None:
        work(call_id)
    return call_id


@db
def test_other_content_under_one_id_is_kept_once_and_makes_no_second_text():
    site = cast.site()
    call = cast.receive("+17375550111", site, "I will come")
    assert came_again(call, body="I will not come") == call.call_id
    assert came_again(call, body="I will not come") is None
    row = InboundCall.objects.get()
    assert [other.body for other in row.others.all()] == ["I will not come"]
    assert (row.differs, Message.objects.get().body) == (True, "I will come")


@db
def test_a_stop_in_other_content_counts():
    who = cast.opted_in(cast.site())
    call = cast.receive(cast.mobile_of(who), who.facility, "hello")
    came_again(call, body="STOP")
    assert status(who) == "opted_out"


@db
def test_a_start_in_other_content_gives_nothing():
    who = cast.stopped(cast.site())
    call = cast.receive(cast.mobile_of(who), who.facility, "hello")
    came_again(call, body="START")
    assert status(who) == "opted_out"


@db
def test_until_other_content_has_been_read_the_gate_is_closed():
    who = cast.opted_in(cast.site())
    call = cast.receive(cast.mobile_of(who), who.facility, "hello")
    row = InboundCall.objects.get(pk=call.call_id)
    again = Inbound(
        message_sid=row.message_sid,
        account_sid=row.account_sid,
        line_id=row.line_id,
        sender=row.sender,
        recipient=row.recipient,
        body="other words",
        params={},
    )
    intake.store([again], now=clock.now())
    assert intake_queries.unread_from(row.sender) == [row.pk]


@db
@pytest.mark.parametrize("params", [{"NumMedia": "2"}, {"NumMedia": "x"}, {"NumMedia": "²"}])
def test_a_number_of_files_is_believed_only_if_it_is_one(params):
    site = cast.site()
    call = cast.receive("+17375550111", site, "", work=False)
    InboundCall.objects.filter(pk=call.call_id).update(params=params)
    assert work(call.call_id)
    expected = 2 if params["NumMedia"] == "2" else 0
    assert CallFile.objects.count() == len(Message.objects.get().media) == expected
