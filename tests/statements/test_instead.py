"""A text that was withheld: the statement goes by e-mail or print instead, once."""

import pytest

from tenantline.consent import actions as consent
from tenantline.kernel import clock
from tenantline.outbox import actions as outbox
from tenantline.outbox.models import Text
from tenantline.statements import instead, issuing
from tenantline.statements.models import Delivery, Link
from tests import cast
from tests.statements import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued():
    return people.issue(people.agreed(cast.site(), clock.now()), clock.now())


def revoke(issued):
    who, now = issued.statement.tenant, clock.now()
    consent.record_revocation(tenant=who, medium="phone", note="", by=cast.TESTER, now=now)
    outbox.recheck(number=cast.mobile_of(who), now=now)


def test_a_statement_whose_text_was_withheld_goes_by_e_mail_once(issued):
    revoke(issued)
    assert instead.send_instead(now=clock.now()) == 1
    assert instead.send_instead(now=clock.now()) == 0
    last = Delivery.objects.latest("pk")
    assert (last.method, last.why_code) == ("email", "opted_out")
    assert cast.known(last.email).attachment == f"statement:{issued.statement.pk}"
    assert not Link.objects.filter(dead_at=None).exists()


def test_a_text_that_waits_or_was_replaced_is_left_alone(issued):
    assert instead.send_instead(now=clock.now()) == 0
    issuing.send_again(statement=issued.statement, by=cast.TESTER, now=clock.now())
    assert Text.objects.filter(state="withheld", reason_code="withdrawn").count() == 1
    assert instead.send_instead(now=clock.now()) == 0
