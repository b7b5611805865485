"""Tenants, their numbers and rentals: what cannot be used changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tenantline.consent import actions as consent
from tenantline.facilities import queries as facilities
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, Conflict, NotFound
from tenantline.tenants import actions, queries, rules
from tenantline.tenants.models import NumberPeriod, NumberQuestion, Rental, Tenant
from tests import cast

NOW = datetime(2026, 6, 1, tzinfo=UTC)
db = pytest.mark.django_db

BAD = [
    {"name": ""},
    {"name": None},
    {"name": "x" * 201},
    {"email": "nobody"},
    {"email": "a\x00b@example.com"},
    {"email": "a@b.example\r\nBcc: c@d.example"},
    {"email": "x" * 250 + "@example.com"},
    {"external_id": "x" * 81},
    {"home_phone": "1" * 41},
    {"language": "fr"},
    {"delivery_method": "pigeon"},
    {"autopay_method": "card"},  # accounts are billing's
    {"balance_cents": 12},
    {"notes": "n" * 10_001},
    {"mobile": "+15125550143"},
    {"opt_in_status": "opted_in"},
    {"facility": 2},
]


@db
@pytest.mark.parametrize("details", BAD, ids=lambda found: str(found)[:40])
def test_what_cannot_be_used_changes_nothing(details):
    who = cast.tenant(cast.site())
    before = Tenant.objects.filter(pk=who.pk).values().get()
    with pytest.raises(BadInput):
        actions.change_details(tenant=who, by=cast.TESTER, now=clock.now(), **details)
    assert Tenant.objects.filter(pk=who.pk).values().get() == before


@db
@pytest.mark.parametrize("details", [{"email": "nobody"}, {"units": ["A1", "u" * 41]}])
def test_a_tenant_who_cannot_be_added_leaves_nothing(details):
    where = cast.site()
    with pytest.raises(BadInput):
        cast.tenant(where, **details)
    assert not Tenant.objects.exists()
    assert not NumberPeriod.objects.exists()


@db
def test_an_external_id_is_taken_once_per_facility():
    here, there = cast.site("HERE"), cast.site("THERE")
    known = cast.tenant(here, external_id="T-1")
    with pytest.raises(Conflict) as conflict:
        cast.tenant(here, external_id="T-1")
    assert conflict.value.existing == str(known.pk)
    cast.tenant(there, external_id="T-1")


@db
def test_a_number_that_another_held_makes_staff_be_asked():
    site = cast.site()
    first = cast.tenant(site)
    number = cast.mobile_of(first)
    cast.change_number(first, cast.mobile())
    second = cast.tenant(site, number=number)
    question = NumberQuestion.objects.get()
    assert (question.tenant, question.other, question.number) == (second, first, number)


def answer(what: str) -> None:
    consent.answer_number_question(
        question=NumberQuestion.objects.get(), answer=what, by=cast.TESTER, now=clock.now()
    )


@db
@pytest.mark.parametrize(("said", "kept"), [("shared", True), ("passed_on", False)])
def test_passed_on_closes_the_others_period_and_shared_closes_none(said: str, kept: bool):
    site = cast.site()
    first = cast.opted_in(site)
    second = cast.tenant(site, number=cast.mobile_of(first))
    answer(said)
    assert (queries.current_period(first.pk) is not None) is kept
    assert queries.current_period(second.pk) is not None


@db
def test_a_question_is_answered_once_and_the_second_learns_who_was_first():
    site = cast.site()
    first = cast.opted_in(site)
    cast.tenant(site, number=cast.mobile_of(first))
    answer("shared")
    with pytest.raises(Conflict, match="tester has answered already: one phone is shared"):
        answer("passed_on")
    assert queries.current_period(first.pk) is not None


@db
def test_what_was_asked_of_a_number_is_moot_once_it_has_changed_again():
    site = cast.site()
    first = cast.opted_in(site)
    second = cast.tenant(site, number=cast.mobile_of(first))
    cast.change_number(second, cast.mobile())
    assert queries.open_questions(second.pk) == []
    with pytest.raises(Conflict, match="nothing has to be answered any more"):
        answer("passed_on")


@db
def test_an_answer_that_is_none_changes_nothing():
    site = cast.site()
    cast.tenant(site, number=cast.mobile_of(cast.opted_in(site)))
    with pytest.raises(BadInput):
        answer("maybe")
    assert NumberQuestion.objects.get().answered_at is None


@db
def test_the_same_number_again_keeps_period_and_consent():
    who = cast.opted_in(cast.site())
    before = queries.current_period(who.pk)
    cast.change_number(who, cast.mobile_of(who))
    assert queries.current_period(who.pk) == before


@db
def test_a_unit_is_rented_once_however_often_it_is_said():
    who = cast.tenant(cast.site(), units=["A1", "A1"])
    actions.move_in(tenant=who, unit=" A1 ", by=cast.TESTER, now=clock.now())
    assert Rental.objects.filter(tenant=who).count() == 1


@db
def test_a_tenant_out_of_scope_looks_absent():
    here, there = cast.site("HERE"), cast.site("THERE")
    who = cast.tenant(there)
    scope = facilities.scope_of(cast.member("clara", "clerk", here))
    for wanted in (who.pk, str(who.pk), 10**9, "x", "²", "-1", ""):
        with pytest.raises(NotFound):
            queries.get(scope=scope, tenant_id=wanted)


@db
def test_a_revocation_by_an_unknown_medium_changes_nothing():
    who = cast.opted_in(cast.site())
    for medium, note in (("sms", ""), ("", ""), ("phone", "n" * 2001)):
        with pytest.raises(BadInput):
            consent.record_revocation(
                tenant=who, medium=medium, note=note, by=cast.TESTER, now=clock.now()
            )
    cast.write(who)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ends", "renting", "ended"),
    [
        ([], True, None),
        ([None], True, None),
        ([NOW + DAY], True, None),
        ([NOW - DAY, None], True, None),
        ([NOW - DAY], False, NOW - DAY),
        ([NOW - 2 * DAY, NOW - DAY], False, NOW - DAY),
        ([NOW], False, NOW),
    ],
)
def test_a_tenancy_is_over_when_the_last_rental_is(ends, renting, ended):
    assert rules.tenancy(ends, NOW) == rules.Tenancy(renting, ended)
