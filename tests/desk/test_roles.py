"""What a role may not do it cannot do by any address."""

from __future__ import annotations

import pytest

from tests.desk.conftest import House

OWNERS_ONLY = [
    "/settings/staff/",
    "/settings/add-staff/",
    "/settings/tokens/",
    "/settings/add-facility/",
    "/settings/connect-line/",
]


@pytest.mark.parametrize("address", OWNERS_ONLY)
def test_what_is_the_owners_is_refused_to_managers_and_clerks(address: str, house: House):
    for client in (house.manager, house.clerk):
        assert client.get(address).status_code == 403
        assert client.post(address, {"name": "x"}).status_code in {403, 405}
    assert house.owner.get(address).status_code == 200


def test_the_audit_log_is_for_managers_and_owners(house: House):
    assert house.clerk.get("/settings/audit/").status_code == 403
    assert house.manager.get("/settings/audit/").status_code == 200


def test_a_manager_changes_the_own_facility_and_a_clerk_does_not(house: House):
    typed = {"name": "Lamar Storage Rooms", "timezone": "America/Chicago"}
    assert house.clerk.post("/settings/facilities/LAMAR/", typed).status_code == 403
    assert house.manager.post("/settings/facilities/LAMAR/", typed).status_code == 302
    house.lamar.refresh_from_db()
    assert house.lamar.name == "Lamar Storage Rooms"


def test_settings_show_only_what_the_role_may_open(house: House):
    page = house.clerk.get("/settings/").content.decode()
    for label in ("Staff", "API tokens", "Audit log", "Add facility"):
        assert f">{label}<" not in page


def test_a_refusal_is_a_page_that_says_so(house: House):
    page = house.clerk.get("/settings/staff/").content.decode()
    assert "Your role does not allow this; ask a manager or an owner." in page


def test_a_refusal_is_a_toast_where_htmx_asked(house: House):
    answer = house.clerk.get("/settings/staff/", headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert "Your role does not allow this" in answer.headers["HX-Trigger"]
    assert answer.headers["HX-Reswap"] == "none"
