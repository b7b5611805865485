"""The e-mail of a letter that is taken back before it has left."""

from __future__ import annotations

import pytest
from django.core import mail as outbound

from tenantline.letters import actions
from tenantline.mail import actions as mail
from tests import cast

pytestmark = pytest.mark.django_db
NOON = cast.at_noon()


@pytest.fixture
def notice(settings):
    settings.EMAIL_IS_SET = True
    return cast.notice(cast.tenant(cast.site(), "Ann"), method="email")


def take_back(notice):
    actions.withdraw(notice=notice, reason="It was paid.", by=cast.TESTER, now=NOON)
    notice.email.refresh_from_db()


def test_it_does_not_leave(notice):
    take_back(notice)
    assert (notice.email.state, notice.email.error) == ("withheld", "It was paid.")
    assert mail.claim(now=NOON) == []


def test_it_does_not_leave_where_a_worker_has_claimed_it_already(notice):
    [claimed] = mail.claim(now=notice.email.next_at)
    take_back(notice)
    mail.deliver(claimed, now=NOON)
    assert outbound.outbox == []
    notice.email.refresh_from_db()
    assert notice.email.state == "withheld"


def test_one_that_has_left_stays_sent(notice):
    [claimed] = mail.claim(now=notice.email.next_at)
    mail.deliver(claimed, now=NOON)
    take_back(notice)
    assert notice.email.state == "sent"
    assert len(outbound.outbox) == 1
