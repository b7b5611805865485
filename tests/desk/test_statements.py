"""Statements at a tenant's page: previewed, issued, sent again; the switch *Statements by SMS*."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenantline.kernel import clock
from tenantline.statements.models import Link, Statement
from tests import cast
from tests.statements import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def who():
    found = people.agreed(cast.site(), clock.now())
    cast.entry(found, cents=12_900, memo="Rent B12")
    return found


@pytest.fixture
def desk(client, who):
    client.force_login(cast.member("carmen", "clerk", who.facility))
    return client


def url(name, *args):
    return reverse(f"desk:{name}", args=args)


def test_the_preview_says_how_it_goes_and_changes_nothing(desk, who):
    period = people.period_of(clock.now())
    body = desk.get(url("statement_issue", who.pk), {"period": period}).content.decode()
    assert "Goes by SMS" in body
    assert "$129.00" in body
    assert "segment" in body
    assert not Statement.objects.exists()


def test_a_clerk_issues_a_statement_and_sees_how_it_went(desk, who):
    period = people.period_of(clock.now())
    desk.post(url("statement_issue", who.pk), {"period": period, "method": ""})
    body = desk.get(url("account", who.pk)).content.decode()
    assert "Not opened" in body
    assert Statement.objects.get().by_name == "carmen"


def test_issuing_twice_says_that_it_was_issued(desk, who):
    form = {"period": people.period_of(clock.now()), "method": ""}
    desk.post(url("statement_issue", who.pk), form)
    response = desk.post(url("statement_issue", who.pk), form)
    assert response.status_code == 400
    assert "was issued already" in response.content.decode()


def test_a_change_since_then_can_be_issued_as_a_correction(desk, who):
    form = {"period": people.period_of(clock.now()), "method": ""}
    desk.post(url("statement_issue", who.pk), form)
    cast.entry(who, cents=500)
    assert "Issue a correction" in desk.get(url("statement_issue", who.pk), form).content.decode()
    desk.post(url("statement_issue", who.pk), form | {"correction": "yes"})
    assert list(Statement.objects.values_list("number", flat=True).order_by("number")) == [1, 2]


def test_sending_again_makes_a_new_link(desk, who):
    made = people.issue(who, clock.now())
    desk.post(url("statement_again", who.pk, made.statement.pk), {"method": ""})
    assert Link.objects.exclude(dead_at=None).count() == 1


def test_staff_take_the_pdf_of_their_facilities_alone(desk, client, who):
    made = people.issue(who, clock.now())
    address = url("statement_file", who.pk, made.statement.pk)
    assert desk.get(address).content.startswith(b"%PDF-")
    client.force_login(cast.member("henry", "clerk", cast.site("PORT")))
    assert client.get(address).status_code == 404


def test_the_switch_says_why_it_does_nothing_without_consent(desk, who):
    other = people.by_sms(cast.tenant(who.facility), clock.now())
    assert "Does nothing now" in desk.get(url("tenant", other.pk)).content.decode()
    assert "Does nothing now" not in desk.get(url("tenant", who.pk)).content.decode()
