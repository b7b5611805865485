"""The way for many and the way for one write the very same rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.forms.models import model_to_dict

from tenantline.consent import actions as consent
from tenantline.consent import bulk as opt_outs
from tenantline.consent.ledger import facts_of, facts_of_all
from tenantline.consent.models import LedgerEvent, Standing
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput
from tenantline.tenants import actions, bulk
from tenantline.tenants.bulk import Change, NewRental, NewTenant
from tenantline.tenants.models import NumberPeriod, NumberQuestion, Rental, Tenant
from tests import cast

pytestmark = pytest.mark.django_db
DETAILS: dict[str, Any] = {
    "name": "Ana  Díaz", "email": "ana@example.com", "home_phone": "512-555-0100 x4",
    "language": "es", "notes": "a note", "paid_through": date(2026, 11, 30),
}  # fmt: skip


def as_row(row, *left_out):
    values = model_to_dict(row, exclude=["id", "tenant", "unit", *left_out])
    return values | {"at": getattr(row, "created_at", None)}


def add(where, people, now=None):
    now = now or clock.now()
    made_ready = bulk.ready(facility=where, people=people, by=cast.TESTER, now=now)
    return bulk.add_tenants(made_ready)


def both_ways(where, now):
    shared = cast.mobile()
    cast.tenant(where, "Before", number=shared)
    one = actions.add_tenant(
        facility=where, number=shared, units=["A1", "A2"], external_id="one", by=cast.TESTER,
        now=now, **DETAILS,
    )  # fmt: skip
    rentals = [NewRental("A1", now), NewRental("A2", now)]
    many = add(where, [NewTenant(DETAILS | {"external_id": "one2"}, shared, rentals)], now)
    return Tenant.objects.get(pk=one.pk), Tenant.objects.get(pk=many.ids[0]), many


def test_a_tenant_added_with_many_is_the_tenant_added_alone():
    one, other, _ = both_ways(cast.site(), clock.now())
    assert as_row(one, "external_id", "search_text") == as_row(other, "external_id", "search_text")
    assert one.search_text.replace("one", "one2") == other.search_text


def test_number_periods_rentals_and_questions_are_the_same_too():
    one, other, many = both_ways(cast.site(), clock.now())
    assert as_row(one.periods.get()) == as_row(other.periods.get())
    rented = [list(Rental.objects.filter(tenant=t).order_by("unit__name")) for t in (one, other)]
    for alone, together in zip(*rented, strict=True):
        assert (alone.unit, as_row(alone)) == (together.unit, as_row(together))
    asked = NumberQuestion.objects.filter(tenant=other).values_list("other__name", flat=True)
    assert sorted(asked) == sorted(["Before", one.name])
    assert many.asked == {other.pk}


def test_tenants_of_one_batch_who_share_a_number_are_asked_about():
    where, number = cast.site(), cast.mobile()
    people = [NewTenant({"name": name}, number) for name in ("Ana", "Bea", "Cy")]
    add(where, people)
    asked = NumberQuestion.objects.values_list("tenant__name", "other__name")
    assert sorted(asked) == [("Bea", "Ana"), ("Cy", "Ana"), ("Cy", "Bea")]


def test_a_change_made_with_many_is_the_change_made_alone():
    where, now = cast.site(), clock.now()
    one, other = (cast.tenant(where, "Ana", number=cast.mobile(), email="", units=["A1"])
                  for _ in range(2))  # fmt: skip
    changed = {"name": "Bea", "home_phone": "none", "paid_through": date(2026, 1, 1)}
    actions.change_details(tenant=one, by=cast.TESTER, now=now, **changed)
    actions.move_in(tenant=one, unit="B2", by=cast.TESTER, now=now)
    known = bulk.known(Tenant.objects.filter(pk=other.pk))[other.pk]
    bulk.change_tenants(facility=where, changes=[Change(known, changed, [NewRental("B2", now)])])
    one, other = (Tenant.objects.get(pk=t.pk) for t in (one, other))
    left_out = ("search_text", "created_at")
    assert as_row(one, *left_out) | {"at": 0} == as_row(other, *left_out) | {"at": 0}
    assert one.search_text.split("+")[0] == other.search_text.split("+")[0]


def test_what_cannot_be_used_alone_cannot_be_used_with_many():
    people = [NewTenant({"name": "Ana", "email": "nowhere"})]
    with pytest.raises(BadInput):
        add(cast.site(), people)


def test_opt_outs_of_many_stand_in_the_ledger_as_those_of_one():
    where = cast.site()
    one, other = cast.opted_in(where), cast.opted_in(where)
    sharing, now = cast.opted_in(where, "Shares", number=cast.mobile_of(other)), clock.now()
    consent.record_revocation(tenant=one, medium="other", note="no", by=cast.TESTER, now=now)
    opt_outs.record_revocations(
        tenant_ids={other.pk}, medium="other", note="no", by=cast.TESTER, now=now
    )
    alone, many = LedgerEvent.objects.filter(kind="revoked").order_by("sequence")
    assert alone.body.replace(str(one.pk), "#") == many.body.replace(str(other.pk), "#")
    assert many.previous == alone.hash
    kept = [model_to_dict(Standing.objects.get(pk=t.pk), exclude=["tenant", "period"])
            for t in (one, other, sharing)]  # fmt: skip
    assert kept[0] == kept[1] == kept[2]


def test_the_facts_of_many_periods_are_the_facts_of_each():
    where = cast.site()
    people = [cast.opted_in(where), cast.stopped(where), cast.tenant(where)]
    cast.opted_in(where, "Shares", number=cast.mobile_of(people[0]))
    periods = list(NumberPeriod.objects.select_related("tenant"))
    facts, _ = facts_of_all(periods)
    assert facts == {period.pk: facts_of(period) for period in periods}
