"""Issuing statements: once, by a method, kept as issued."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.statements import issuing, queries
from tenantline.statements.models import Link, Statement
from tests import cast
from tests.statements import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return clock.now()


def test_a_text_goes_where_it_is_switched_on_and_agreed_to(now):
    made = people.issue(people.agreed(cast.site(), now), now)
    assert made.delivery.method == "sms"
    body = cast.known(made.delivery.message).body
    assert body.startswith("Storage LAMAR: Your ")
    assert "/s/" in body
    assert body.endswith("Reply STOP to stop.")


def test_the_token_is_kept_as_a_hash_alone(now):
    made = people.issue(people.agreed(cast.site(), now), now)
    token = people.token_of(made)
    link = Link.objects.get(statement=made.statement)
    assert token not in str(vars(link))
    assert link.digest == issuing.digest(token)


def test_without_consent_it_goes_by_e_mail_and_says_why(now):
    made = people.issue(people.by_sms(cast.tenant(cast.site()), now), now)
    assert made.delivery.method == "email"
    assert made.delivery.why_code == "no_consent"
    assert cast.known(made.delivery.email).attachment == f"statement:{made.statement.pk}"
    assert not Link.objects.exists()


def test_a_period_is_issued_once(now):
    who = people.agreed(cast.site(), now)
    first = people.issue(who, now)
    with pytest.raises(Conflict) as error:
        people.issue(who, now)
    assert error.value.code == "already_issued"
    assert error.value.existing == str(first.statement.pk)


def test_later_entries_do_not_alter_what_was_issued(now):
    who = people.agreed(cast.site(), now)
    cast.entry(who, cents=12_800)
    made = people.issue(who, now)
    cast.entry(who, cents=500)
    assert queries.content_of(Statement.objects.get()).closing_cents == 12_800
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE statements_statement SET closing_cents = 0 WHERE id = %s", [made.statement.pk]
        )


def test_a_correction_has_its_number_and_ends_the_link_before(now):
    who = people.agreed(cast.site(), now)
    first = people.issue(who, now)
    cast.entry(who, cents=500)
    second = people.issue(who, now, correction=True)
    assert second.statement.number == 2
    assert Link.objects.get(statement=first.statement).dead_at == now
    text = cast.known(cast.known(first.delivery.message).text)
    text.refresh_from_db()
    assert text.state == "withheld"


def test_a_correction_that_would_say_the_same_is_refused(now):
    who = people.agreed(cast.site(), now)
    people.issue(who, now)
    with pytest.raises(Conflict) as error:
        people.issue(who, now, correction=True)
    assert error.value.code == "unchanged"


def test_sending_again_ends_the_link_before(now):
    made = people.issue(people.agreed(cast.site(), now), now)
    again = issuing.send_again(statement=made.statement, by=cast.TESTER, now=now)
    assert again.method == "sms"
    assert Link.objects.filter(dead_at=None).count() == 1
    assert Link.objects.exclude(dead_at=None).count() == 1


def test_a_month_that_has_not_begun_is_refused(now):
    with pytest.raises(BadInput):
        people.issue(people.agreed(cast.site(), now), now, period=f"{now.year + 1}-12")


def test_what_is_due_is_that_of_the_period_not_of_today(now):
    who = people.agreed(cast.site(), now)
    last_month = date(now.year - 1, 12, 5)
    cast.entry(who, cents=10_000, day=last_month)
    cast.entry(who, "payment", 10_000)
    made = people.issue(who, now, period=f"{now.year - 1}-12")
    said = queries.content_of(made.statement)
    assert (said.closing_cents, said.due_on) == (10_000, last_month)


def test_a_preview_says_what_will_happen_and_changes_nothing(now):
    who = people.agreed(cast.site(), now)
    shown = queries.preview(tenant=who, period=people.period_of(now), chosen=None, now=now)
    assert shown.way.method == "sms"
    assert cast.known(shown.measure).segments >= 1
    assert not Statement.objects.exists()
