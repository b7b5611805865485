"""Whose conversation it is."""

from __future__ import annotations

import pytest

from tenantline.audit.models import Entry
from tenantline.conversations import actions
from tenantline.conversations.models import Conversation
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation() -> Conversation:
    here = cast.site()
    cast.receive("+15125550142", here, "Hello")
    return Conversation.objects.select_related("facility").get()


def assign(conversation: Conversation, to) -> None:
    actions.assign(conversation=conversation, to=to, by=cast.TESTER, now=clock.now())
    conversation.refresh_from_db()


def test_a_colleague_of_the_facility_is_given_a_conversation(conversation) -> None:
    ana = cast.member("ana", "clerk", conversation.facility)
    assign(conversation, ana)
    assert conversation.assigned_to == ana
    assert Entry.objects.filter(act="conversation.assigned").count() == 1


def test_an_owner_of_everything_is_given_a_conversation(conversation) -> None:
    olga = cast.member("olga", "owner")
    assign(conversation, olga)
    assert conversation.assigned_to == olga


def test_a_conversation_is_given_back(conversation) -> None:
    assign(conversation, cast.member("ana", "clerk", conversation.facility))
    assign(conversation, None)
    assert conversation.assigned_to is None


def test_who_works_elsewhere_is_given_nothing(conversation) -> None:
    with pytest.raises(BadInput):
        assign(conversation, cast.member("stella", "clerk", cast.facility("ELM")))


def test_who_has_left_is_given_nothing(conversation) -> None:
    ana = cast.member("ana", "clerk", conversation.facility)
    ana.is_active = False
    ana.save()
    with pytest.raises(BadInput):
        assign(conversation, ana)


def test_who_leaves_is_taken_off_every_conversation(conversation) -> None:
    ana = cast.member("ana", "clerk", conversation.facility)
    assign(conversation, ana)
    assert actions.unassign_all(member=ana, by=cast.TESTER, now=clock.now()) == 1
    conversation.refresh_from_db()
    assert conversation.assigned_to is None
