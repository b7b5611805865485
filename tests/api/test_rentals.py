"""Units and moving out, as another program says them (R15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.kernel import clock
from tests import cast

pytestmark = pytest.mark.django_db


def days(count):
    return (clock.now() + timedelta(days=count)).isoformat()


def change(api, who, **changes):
    status, tenant = api.patch(f"/tenants/{who.pk}", changes)
    assert status == 200, tenant
    return tenant


@pytest.fixture
def who(site):
    return cast.tenant(site, units=["A1", "B2"])


def test_units_are_set_as_a_list(api, who):
    assert change(api, who, units=["B2", " C3 "])["units"] == ["B2", "C3"]


def test_moving_to_another_unit_is_not_moving_out(api, site):
    who = cast.opted_in(site)
    after = change(api, who, units=["Z9"])
    assert (after["units"], after["moved_out_at"]) == (["Z9"], None)
    services = api.get(f"/tenants/{who.pk}/consent")["services"]
    assert services == {"chat": True, "statements": True, "notices": True}


def test_giving_up_every_unit_is_moving_out(api, site):
    who = cast.opted_in(site)
    assert change(api, who, units=[])["moved_out_at"] is not None
    services = api.get(f"/tenants/{who.pk}/consent")["services"]
    assert services == {"chat": True, "statements": False, "notices": False}


def test_no_units_is_nothing_new_for_a_tenant_without_any(api, site):
    who = cast.tenant(site, units=[])
    assert change(api, who, units=[])["moved_out_at"] is None


def test_moving_out_ends_statements_and_notices_at_once_and_chat_later(api, site):
    who = cast.opted_in(site)
    after = change(api, who, moved_out_at=days(-1))
    assert after["units"] == []
    services = api.get(f"/tenants/{who.pk}/consent")["services"]
    assert services == {"chat": True, "statements": False, "notices": False}


def test_who_moved_out_long_ago_is_not_texted(api, site):
    who = cast.opted_in(site)
    change(api, who, moved_out_at=days(-61))
    refusal = api.refusal("POST", f"/tenants/{who.pk}/messages", {"body": "Hello"})
    assert refusal == (409, "moved_out")


def test_a_day_begins_at_midnight_at_the_facility(api, who):
    assert change(api, who, moved_out_at="2026-01-15")["moved_out_at"] == "2026-01-15T06:00:00Z"


def test_a_planned_move_out_can_be_put_off_and_called_off(api, who):
    planned = change(api, who, moved_out_at=days(10))
    assert planned["units"] == ["A1", "B2"]
    later = change(api, who, moved_out_at=days(20))
    assert later["moved_out_at"] > planned["moved_out_at"]
    assert change(api, who, moved_out_at=None)["moved_out_at"] is None


def test_one_unit_given_up_before_a_planned_move_out_ends_at_once(api, who):
    change(api, who, moved_out_at=days(10))
    assert change(api, who, units=["A1"])["units"] == ["A1"]


def test_who_has_moved_out_comes_back_with_a_unit(api, who):
    change(api, who, moved_out_at=days(-5))
    back = {"moved_out_at": None}
    assert api.culprits("PATCH", f"/tenants/{who.pk}", back) == ["moved_out_at"]
    assert change(api, who, units=["C3"], moved_out_at=None)["moved_out_at"] is None


def test_who_moved_out_keeps_the_time_on_record(api, who):
    first = change(api, who, moved_out_at=days(-5))
    assert change(api, who, moved_out_at=days(-1)) == first


def test_a_tenant_of_the_past_can_be_added(api, site):
    body = {"facility": "LAMAR", "name": "Gone", "units": ["A1"], "moved_out_at": days(-400)}
    status, tenant = api.post("/tenants", body)
    assert (status, tenant["units"]) == (201, [])


@pytest.mark.parametrize(
    "when",
    ["yesterday", "2026-13-01", "2026-01-01T10:00:00", "20260101", "1234567890", "0001-01-01"],
)
def test_a_time_without_a_zone_or_sense_is_refused(api, who, when):
    body = {"moved_out_at": when}
    assert api.culprits("PATCH", f"/tenants/{who.pk}", body) == ["moved_out_at"]
