"""Settings: facilities, lines, staff, tokens, the audit log."""

from __future__ import annotations

import re

import pytest

from tenantline.conversations import queries as conversations
from tenantline.conversations.actions import assign
from tenantline.facilities import queries as facilities
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel.clock import now
from tenantline.staff import queries as staff
from tenantline.tenants.actions import add_tenant
from tests import cast
from tests.desk.conftest import House


def text(client, address: str) -> str:
    return client.get(address).content.decode()


def test_an_owner_adds_a_facility(house: House):
    typed = {"code": "DOCK", "name": "Dockside", "timezone": "America/New_York"}
    assert house.owner.post("/settings/add-facility/", typed).status_code == 302
    assert facilities.facility(scope=EVERYWHERE, code="dock").name == "Dockside"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"code": "no blanks here"}, "A facility code has"),
        ({"code": "lamar"}, "already a facility with the code"),
        ({"timezone": "Texas"}, "is not a time zone"),
        ({"name": ""}, "needs a name"),
        ({"phone": "12"}, "phone number"),
    ],
)
def test_a_bad_facility_is_not_added_and_nothing_typed_is_lost(house: House, wrong, sentence):
    typed = {"code": "DOCK", "name": "Dockside", "timezone": "America/New_York", "city": "Salem"}
    answer = house.owner.post("/settings/add-facility/", typed | wrong)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert 'value="Salem"' in answer.content.decode()
    assert len(facilities.in_scope(EVERYWHERE)) == 2


@pytest.mark.parametrize(("opens", "closes"), [("07:00", "20:00"), ("08:00", "21:00")])
def test_the_hours_for_texts_cannot_be_widened(house: House, opens: str, closes: str):
    typed = {"name": "L", "timezone": "America/Chicago", "window_opens": opens}
    answer = house.owner.post("/settings/facilities/LAMAR/", typed | {"window_closes": closes})
    assert answer.status_code == 400
    assert "texts leave between 8:00 and 20:00" in answer.content.decode()
    house.lamar.refresh_from_db()
    assert house.lamar.window_opens.hour == 8


def test_the_hours_for_texts_can_be_narrowed(house: House):
    typed = {"name": "Lamar", "timezone": "America/Chicago", "window_opens": "09:30"}
    house.manager.post("/settings/facilities/LAMAR/", typed | {"window_closes": "18:00"})
    house.lamar.refresh_from_db()
    assert f"{house.lamar.window_opens:%H:%M}" == "09:30"
    assert house.lamar.texts_on_sunday is False


def test_units_are_added_several_at_once(house: House):
    house.manager.post("/settings/facilities/LAMAR/units/", {"units": "A1, A2,, A1"})
    assert [unit.name for unit in facilities.units(house.lamar.pk)] == ["A1", "A2"]


def test_lines_show_their_account_masked(house: House):
    page = text(house.manager, "/settings/lines/")
    assert cast.ACCOUNT not in page
    assert "ACa1…a1a1" in page


def test_a_line_is_paused_and_resumed(house: House):
    line = facilities.sending_line(house.lamar.pk)
    assert line is not None
    house.owner.post(f"/settings/lines/{line.pk}/pause/", {"reason": "Number is being ported."})
    assert "Number is being ported." in text(house.clerk, "/settings/lines/")
    house.owner.post(f"/settings/lines/{line.pk}/resume/")
    line.refresh_from_db()
    assert line.paused_at is None


def test_disconnecting_asks_first_and_then_no_line_sends(house: House):
    line = facilities.sending_line(house.lamar.pk)
    assert line is not None
    address = f"/settings/lines/{line.pk}/disconnect/"
    assert "can text nobody" in text(house.owner, address)
    assert facilities.sending_line(house.lamar.pk) == line
    house.owner.post(address)
    assert facilities.sending_line(house.lamar.pk) is None


def test_credentials_that_cannot_be_right_are_refused_before_twilio_is_asked(house: House):
    typed = {"site": "LAMAR", "account_sid": "nonsense", "auth_token": "b2" * 16}
    answer = house.owner.post("/settings/connect-line/", typed | {"number": "+15125550111"})
    assert answer.status_code == 400
    assert 'value="+15125550111"' in answer.content.decode()
    assert "b2" * 16 not in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"username": "x"}, "A username has 2 to 60"),
        ({"username": "carla"}, "already a staff member called carla"),
        ({"facility": []}, "Name at least one facility."),
        ({"role": "king"}, "A role is owner, manager or clerk."),
    ],
)
def test_a_bad_staff_member_is_not_added(house: House, wrong, sentence):
    typed = {"username": "nina", "name": "Nina N", "role": "clerk", "facility": ["LAMAR"]} | wrong
    before = len(staff.everyone())
    answer = house.owner.post("/settings/add-staff/", typed)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert 'value="Nina N"' in answer.content.decode()
    assert len(staff.everyone()) == before


def test_role_and_facilities_of_a_person_are_changed(house: House):
    person = cast.member("dan", "clerk", house.lamar)
    typed = {"role": "manager", "facility": ["MESA"]}
    house.owner.post(f"/settings/staff/{person.pk}/", typed)
    person.refresh_from_db()
    assert person.role == "manager"
    assert facilities.scope_of(person).facility_ids == frozenset({house.mesa.pk})


def test_an_owner_of_one_facility_cannot_make_an_owner_of_all(house: House):
    typed = {"username": "boss", "role": "owner"}
    answer = house.owner_of_lamar.post("/settings/add-staff/", typed)
    assert answer.status_code == 400
    assert staff.by_username("boss") is None


def test_a_token_is_shown_once_works_and_is_revoked(house: House):
    typed = {"name": "gate system", "role": "clerk", "facility": ["LAMAR"]}
    page = house.owner.post("/settings/tokens/", typed).content.decode()
    found = re.search(r'value="(tl_[^"]+)"', page)
    assert found is not None
    token = staff.token_for(found[1])
    assert token is not None
    assert found[1] not in text(house.owner, "/settings/tokens/")
    house.owner.post(f"/settings/tokens/{token.pk}/revoke/")
    assert staff.token_for(found[1]) is None


def test_who_is_deactivated_is_taken_off_every_conversation(house: House):
    who = cast.opted_in(house.lamar)
    thread = conversations.with_number(house.lamar.pk, cast.mobile_of(who))
    assert thread is not None
    clerk = staff.by_username("carla")
    assert clerk is not None
    assign(conversation=thread, to=clerk, by=cast.TESTER, now=now())
    house.owner.post(f"/settings/staff/{clerk.pk}/active/", {"active": "no"})
    thread.refresh_from_db()
    assert thread.assigned_to is None


def test_a_token_without_a_name_is_not_made(house: House):
    answer = house.owner.post("/settings/tokens/", {"name": " ", "role": "owner"})
    assert answer.status_code == 400
    assert staff.tokens() == []


def test_the_audit_log_names_who_did_what_and_is_paged(house: House):
    for n in range(101):
        add_tenant(facility=house.lamar, name=f"Person {n}", by=cast.TESTER, now=now())
    page = text(house.manager, "/settings/audit/")
    assert "added a tenant" in page
    older = re.search(r'href="(\?before=\d+)"', page)
    assert older is not None
    assert "connected a line" in text(house.manager, f"/settings/audit/{older[1]}")


def test_the_theme_is_kept(house: House):
    house.clerk.post("/me/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in text(house.clerk, "/")
    assert house.clerk.post("/me/theme/", {"theme": "pink"}).status_code == 400


def test_whether_the_key_to_the_search_works_is_kept(house: House):
    house.clerk.post("/me/slash-key/", {"slash_key": "off"})
    assert 'data-slash_key="off"' in house.clerk.get("/").content.decode()
    assert house.clerk.post("/me/slash-key/", {"slash_key": "perhaps"}).status_code == 400
