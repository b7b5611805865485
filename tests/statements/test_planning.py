"""What a run for a month would do: who gets it by which method, who is held and why."""

import pytest

from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput
from tenantline.statements import planning
from tests import cast
from tests.statements import people

pytestmark = pytest.mark.django_db


def plan(site, **more):
    now = clock.now()
    period = more.pop("period", people.period_of(now))
    rows = planning.planned(facility=site, period=period, now=now, **more)
    return {row.tenant_id: (row.method, row.why_code) for row in rows}


def test_a_plan_says_who_gets_it_how_and_who_is_held_why():
    site, now = cast.site(), clock.now()
    texted = people.agreed(site, now)
    mailed, refused, idle = (cast.tenant(site, name) for name in ("Ed M", "Rex R", "Ida I"))
    printed = cast.tenant(site, "Pia P", email="")
    people.by_sms(refused, now)
    for who in (texted, mailed, refused, printed):
        cast.entry(who)
    assert plan(site) == {
        texted.pk: ("sms", ""),
        mailed.pk: ("print", ""),
        refused.pk: ("email", "no_consent"),
        idle.pk: (None, "zero_balance"),
        printed.pk: ("print", ""),
    }


def test_who_has_it_already_is_held():
    site, now = cast.site(), clock.now()
    who = people.agreed(site, now)
    cast.entry(who)
    people.issue(who, now)
    assert plan(site) == {who.pk: (None, "already_issued")}


def test_a_plan_can_be_for_some_of_a_facilitys_tenants_alone():
    site, other = cast.site(), cast.site("PORT")
    wanted, _, elsewhere = cast.tenant(site), cast.tenant(site), cast.tenant(other)
    assert list(plan(site, tenant_ids=[wanted.pk, elsewhere.pk])) == [wanted.pk]


def test_more_tenants_than_are_read_at_once_are_all_planned(monkeypatch):
    site = cast.site()
    monkeypatch.setattr(planning, "_TOGETHER", 2)
    everybody = [cast.tenant(site, f"T {n}").pk for n in range(5)]
    assert list(plan(site)) == everybody
    assert list(plan(site, tenant_ids=everybody[1:])) == everybody[1:]


def test_a_month_that_has_not_begun_is_refused_at_once():
    with pytest.raises(BadInput):
        planning.planned(facility=cast.site(), period="2099-01", now=clock.now())
