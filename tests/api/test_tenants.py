"""``/tenants``: what goes in comes out, and nothing else changes."""

from __future__ import annotations

import pytest

from tenantline.api import consent_shapes, shapes
from tenantline.consent.actions import MEDIA
from tenantline.consent.models import Status
from tenantline.tenants.models import DeliveryMethod, Language, Tenant
from tenantline.tenants.rules import AUTOPAY_METHODS
from tests import cast

pytestmark = pytest.mark.django_db

FIELDS = {
    *("id", "external_id", "name", "facility", "units", "email", "mobile", "home_phone"),
    *("language", "delivery_method", "statements_by_sms", "autopay_method", "autopay_day"),
    *("street", "city", "state", "postal_code", "legal_email"),
    *("balance_cents", "opt_in_status", "created_at", "moved_out_at"),
}


def add(api, **fields):
    status, tenant = api.post("/tenants", {"facility": "LAMAR", "name": "Dana"} | fields)
    assert status == 201, tenant
    return tenant


def test_a_tenant_needs_no_more_than_a_facility_and_a_name(api):
    tenant = add(api)
    assert tenant.keys() == FIELDS
    assert isinstance(tenant["id"], str)
    assert (tenant["facility"], tenant["units"], tenant["mobile"]) == ("LAMAR", [], None)
    assert (tenant["opt_in_status"], tenant["autopay_method"]) == ("none", "NET")
    assert api.answer["Location"] == f"/api/v1/tenants/{tenant['id']}"
    assert api.get(f"/tenants/{tenant['id']}") == tenant


def test_all_that_is_said_of_a_new_tenant_is_kept(api):
    said = {
        "external_id": "T-1",
        "units": ["A1", "B2"],
        "email": "dana@example.com",
        "home_phone": "512 555 0190",
        "language": "es",
        "delivery_method": "email",
        "statements_by_sms": True,
        "street": "12 Oak Street",
        "city": "Austin",
        "state": "TX",
        "postal_code": "78704",
        "legal_email": True,
        "autopay_method": "card",
        "autopay_day": 5,
        "balance_cents": -12345,
    }
    tenant = add(api, mobile="tel: (512) 555-0143", **said)
    assert {name: tenant[name] for name in said} == said
    assert tenant["mobile"] == "+15125550143"


def test_unit_stands_for_a_list_of_one(api):
    assert add(api, unit="C3")["units"] == ["C3"]
    both = {"facility": "LAMAR", "name": "Dana", "unit": "A", "units": ["A"]}
    assert api.culprits("POST", "/tenants", both) == ["unit"]


def test_times_have_a_zone(api):
    assert add(api)["created_at"].endswith("Z")


def test_a_known_external_id_is_a_conflict_that_names_the_tenant(api):
    known = add(api, external_id="T-7")
    again = {"facility": "LAMAR", "name": "Other", "external_id": "T-7"}
    status, problem = api.post("/tenants", again)
    assert (status, problem["code"]) == (409, "duplicate")
    assert problem["id"] == problem["existing"] == known["id"]


def test_an_external_id_may_be_used_again_at_another_facility(api, stranger):
    add(api, external_id="T-7")
    body = {"facility": "CONGRESS", "name": "Other", "external_id": "T-7"}
    assert stranger.post("/tenants", body)[0] == 201


@pytest.mark.parametrize("fields", [{"mobile": "12"}, {"email": "x"}, {"units": [" "]}])
def test_nothing_is_added_where_one_value_cannot_be_used(api, fields):
    body = {"facility": "LAMAR", "name": "Dana", "external_id": "T-1", "units": ["A"]} | fields
    assert api.refusal("POST", "/tenants", body) == (422, "invalid")
    assert not Tenant.objects.exists()


@pytest.mark.parametrize("code", ["NOWHERE", "CONGRESS"])
def test_a_facility_out_of_scope_is_as_unknown_as_one_that_does_not_exist(api, elsewhere, code):
    assert api.culprits("POST", "/tenants", {"facility": code, "name": "D"}) == ["facility"]
    assert api.culprits("GET", f"/tenants?facility={code}") == ["facility"]


def test_a_change_touches_only_what_it_names(api):
    before = add(api, email="a@example.com", units=["A1"], mobile="5125550143")
    status, after = api.patch(f"/tenants/{before['id']}", {"name": "Dana W."})
    assert status == 200
    assert after == before | {"name": "Dana W."}


def test_null_takes_contact_data_away(api):
    tenant = add(api, email="a@example.com", external_id="T", home_phone="1", mobile="5125550143")
    none = dict.fromkeys(["email", "external_id", "home_phone", "mobile"])
    _, after = api.patch(f"/tenants/{tenant['id']}", none)
    assert {name: after[name] for name in none} == none


def test_a_bad_value_leaves_everything_as_it_was(api):
    tenant = add(api, units=["A1"], mobile="5125550143")
    changes = {"name": "New", "units": ["B2"], "mobile": "5125550144", "email": "no address"}
    assert api.culprits("PATCH", f"/tenants/{tenant['id']}", changes) == ["email"]
    changes = {"name": "New", "mobile": "5125550144", "units": ["B2", "\t"]}
    assert api.culprits("PATCH", f"/tenants/{tenant['id']}", changes) == ["unit"]
    assert api.get(f"/tenants/{tenant['id']}") == tenant


def test_a_change_to_a_known_external_id_is_a_conflict(api):
    known, tenant = add(api, external_id="T-1"), add(api)
    status, problem = api.patch(f"/tenants/{tenant['id']}", {"external_id": "T-1"})
    assert (status, problem["code"], problem["id"]) == (409, "duplicate", known["id"])


def test_sending_back_what_was_read_changes_nothing(api):
    tenant = add(api, units=["A1"], mobile="5125550143")
    fixed = {"id", "facility", "opt_in_status", "created_at"}
    read = {name: value for name, value in tenant.items() if name not in fixed}
    assert api.patch(f"/tenants/{tenant['id']}", read) == (200, tenant)


def test_a_new_mobile_number_ends_the_consent_of_the_old_one(api, site):
    who = cast.opted_in(site)
    _, after = api.patch(f"/tenants/{who.pk}", {"mobile": "512-555-0177"})
    assert (after["mobile"], after["opt_in_status"]) == ("+15125550177", "number_changed")


def test_the_same_number_spelled_otherwise_keeps_the_consent(api, site):
    who = cast.opted_in(site)
    spelled = f" 1 ({cast.mobile_of(who)[2:5]}) {cast.mobile_of(who)[5:]}"
    assert api.patch(f"/tenants/{who.pk}", {"mobile": spelled})[1]["opt_in_status"] == "opted_in"


def test_the_values_that_openapi_lists_are_those_that_the_rooms_know():
    def values(kind):
        return set(kind.__args__)

    assert values(shapes.Language) == set(Language.values)
    assert values(shapes.DeliveryMethod) == set(DeliveryMethod.values)
    assert values(shapes.AutopayMethod) == set(AUTOPAY_METHODS)
    assert values(shapes.OptInStatus) == set(Status.values)
    assert values(consent_shapes.Medium) == set(MEDIA)
