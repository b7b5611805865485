"""R10: lists, search and pages show of other facilities what they may, and nothing else."""

from __future__ import annotations

from tenantline.consent import queries as consent
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants
from tests import cast
from tests.desk.conftest import House


def test_lists_and_search_show_the_own_facility_only(house: House):
    cast.tenant(house.mesa, "Mona Mesa")
    cast.tenant(house.lamar, "Lena Lamar")
    for address in ("/tenants/", "/search/?q=a", "/tenants/?q=a"):
        page = house.clerk.get(address).content.decode()
        assert "Lena Lamar" in page
        assert "Mona Mesa" not in page


def test_a_facility_out_of_scope_cannot_be_switched_to(house: House):
    assert house.clerk.get("/tenants/?facility=MESA").status_code == 404
    assert house.owner.get("/tenants/?facility=MESA").status_code == 200


def test_the_switch_is_remembered_and_can_be_left(house: House):
    cast.tenant(house.mesa, "Mona Mesa")
    house.owner.get("/?facility=LAMAR")
    assert "Mona Mesa" not in house.owner.get("/tenants/").content.decode()
    assert "Mona Mesa" in house.owner.get("/tenants/?facility=all").content.decode()


def test_a_shared_phone_reveals_only_a_count_of_others_elsewhere(house: House):
    who = cast.tenant(house.lamar, "Lena Lamar")
    cast.tenant(house.mesa, "Mona Mesa", number=Number(cast.mobile_of(who)))
    page = house.clerk.get(f"/tenants/{who.pk}/").content.decode()
    assert "1 tenant outside your facilities" in page
    assert "Mona Mesa" not in page


def test_a_revocation_recorded_elsewhere_is_told_without_name_and_note(house: House):
    who = cast.opted_in(house.lamar, "Lena Lamar")
    twin = cast.tenant(house.mesa, "Mona Mesa", number=Number(cast.mobile_of(who)))
    house.owner.post(f"/tenants/{twin.pk}/revocation/", {"medium": "phone", "note": "Mona called"})
    page = house.clerk.get(f"/tenants/{who.pk}/consent/").content.decode()
    assert "Revocation recorded" in page
    assert "Mona called" not in page
    assert "olive" not in page


def test_an_owner_of_one_facility_cannot_reach_an_owner_of_all(house: House):
    page = house.owner_of_lamar.get("/settings/staff/").content.decode()
    assert "carla" in page
    assert "olive" not in page
    assert house.owner_of_lamar.get("/settings/add-facility/").status_code == 403


def test_a_selection_leaves_out_what_is_out_of_scope(house: House):
    stranger = cast.tenant(house.mesa, "Mona Mesa")
    house.clerk.post("/tenants/opt-in/", {"tenant": [stranger.pk]})
    assert consent.latest_form(stranger.pk) is None
    assert tenants.get(scope=EVERYWHERE, tenant_id=stranger.pk).name == "Mona Mesa"
