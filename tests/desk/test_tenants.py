"""The list of tenants, adding one, changing one."""

from __future__ import annotations

import pytest

from tenantline.consent import queries as consent
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel.clock import now
from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants
from tenantline.tenants.actions import add_tenant
from tests import cast
from tests.desk.conftest import House


def text(client, address: str) -> str:
    return client.get(address).content.decode()


def only(name: str):
    return tenants.listing(scope=EVERYWHERE, search=name).get()


@pytest.mark.parametrize("words", ["whitfield", "Dana W", "B77", "737-555-7788", "5557788"])
def test_a_tenant_is_found_by_name_unit_and_number(house: House, words: str):
    cast.tenant(house.lamar, "Dana Whitfield", number=Number("+17375557788"), units=["B77"])
    cast.tenant(house.lamar, "Otto Other")
    page = house.clerk.get("/tenants/", {"q": words}).content.decode()
    assert "Dana Whitfield" in page
    assert "Otto Other" not in page


def test_the_list_can_be_narrowed_to_a_status(house: House):
    cast.opted_in(house.lamar, "Anna Agreed")
    cast.tenant(house.lamar, "Nora None")
    page = text(house.clerk, "/tenants/?status=opted_in")
    assert "Anna Agreed" in page
    assert "Nora None" not in page


def test_long_lists_come_in_pages_that_keep_the_filter(house: House):
    for n in range(51):
        add_tenant(facility=house.lamar, name=f"Person {n:02}", by=cast.TESTER, now=now())
    page = text(house.clerk, "/tenants/?q=person")
    assert "1\N{EN DASH}50 of 51" in page
    assert "?q=person&amp;page=2" in page
    assert "51\N{EN DASH}51 of 51" in text(house.clerk, "/tenants/?q=person&page=2")


def names(page: str, *known: str) -> list[str]:
    """Return the known names in the order in which the list shows them."""
    table = page.partition("<tbody>")[2]
    return sorted((name for name in known if name in table), key=table.index)


def test_the_list_is_sorted_as_the_address_says(house: House):
    cast.entry(cast.tenant(house.lamar, "Ann"), "charge", 500)
    cast.entry(cast.tenant(house.lamar, "Bob"), "charge", 9_900)
    cast.entry(cast.tenant(house.lamar, "Cleo"), "payment", 100)
    known = ("Ann", "Bob", "Cleo")
    assert names(text(house.clerk, "/tenants/"), *known) == ["Ann", "Bob", "Cleo"]
    page = text(house.clerk, "/tenants/?sort=-balance")
    assert names(page, *known) == ["Bob", "Ann", "Cleo"]
    assert 'aria-sort="descending"' in page
    assert "?sort=balance" in page
    assert names(text(house.clerk, "/tenants/?sort=balance"), *known) == ["Cleo", "Ann", "Bob"]
    assert names(text(house.clerk, "/tenants/?sort=-name"), *known) == ["Cleo", "Bob", "Ann"]
    assert names(text(house.clerk, "/tenants/?sort=nonsense"), *known) == ["Ann", "Bob", "Cleo"]


def test_an_empty_list_offers_the_next_step(house: House):
    assert "There are no tenants yet." in text(house.clerk, "/tenants/")
    cast.tenant(house.lamar)
    assert "No tenant matches." in text(house.clerk, "/tenants/?q=nobodyhere")


def test_a_number_leads_to_its_chat_in_a_window_of_its_own(house: House):
    who = cast.tenant(house.lamar)
    page = text(house.clerk, "/tenants/")
    link = " ".join(page[: page.index("(SMS Chat)")].split("<a ")[-1].split())
    assert f'href="/tenants/{who.pk}/chat/"' in link
    assert f'data-window="chat-{who.pk}"' in link


def test_a_tenant_is_added_with_units_and_number(house: House):
    typed = {"name": "Nina New", "site": "LAMAR", "units": "A1, A2", "mobile": "512 555 0190"}
    answer = house.clerk.post(
        "/tenants/add/", typed | {"language": "es", "delivery_method": "email"}
    )
    who = only("Nina New")
    assert answer.headers["Location"] == f"/tenants/{who.pk}/"
    assert tenants.units(who.pk, now()) == ["A1", "A2"]
    assert cast.mobile_of(who) == "+15125550190"


BAD = [
    ({"name": "  "}, "A tenant needs a name."),
    ({"mobile": "12"}, "phone number"),
    ({"mobile": "512 555 0190 ext 4"}, "extension"),
    ({"email": "not an address"}, "is not an e-mail address"),
    ({"language": "fr"}, "language must be one of"),
    ({"name": "x" * 201}, "longer than 200"),
    ({"units": "u" * 41}, "at most 40"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD)
def test_a_bad_value_is_told_beside_its_field_and_nothing_is_lost(house: House, wrong, sentence):
    typed = {"name": "Nina New", "site": "LAMAR", "mobile": "512 555 0190", "email": "n@x.org"}
    typed |= {"language": "en", "delivery_method": "print", "home_phone": "kept as typed"} | wrong
    answer = house.clerk.post("/tenants/add/", typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert "kept as typed" in page
    assert not tenants.listing(scope=EVERYWHERE).exists()


def test_a_tenant_cannot_be_added_at_a_facility_out_of_scope(house: House):
    typed = {"name": "Nina", "site": "MESA", "language": "en", "delivery_method": "print"}
    assert house.clerk.post("/tenants/add/", typed).status_code == 404
    assert not tenants.listing(scope=EVERYWHERE).exists()


def test_contact_data_is_saved(house: House):
    who = cast.tenant(house.lamar)
    typed = {"name": "Dana W. Hill", "email": "new@example.com", "statements_by_sms": "on"}
    house.clerk.post(f"/tenants/{who.pk}/", typed | {"autopay_method": "card"})
    saved = only("Dana W. Hill")
    assert (saved.email, saved.statements_by_sms, saved.autopay_method) == (
        "new@example.com",
        True,
        "card",
    )


def test_a_confirmed_time_zone_is_said_to_go_with_the_address(house: House):
    who = cast.tenant(house.lamar)
    zone = {"timezone": "America/Denver"}
    saved = house.clerk.post(f"/tenants/{who.pk}/", {"name": who.name} | zone, follow=True)
    assert "fill it in again" not in saved.content.decode()
    moved = {"name": who.name, "street": "9 New Rd"} | zone
    page = house.clerk.post(f"/tenants/{who.pk}/", moved, follow=True).content.decode()
    assert "fill it in again if it still holds" in page
    assert only(who.name).timezone == ""


def test_bad_contact_data_changes_nothing(house: House):
    who = cast.tenant(house.lamar)
    answer = house.clerk.post(f"/tenants/{who.pk}/", {"name": "Somebody", "email": "broken"})
    assert answer.status_code == 400
    assert 'value="Somebody"' in answer.content.decode()
    assert only("Dana Whitfield").email == who.email


def test_an_id_that_is_taken_is_told_in_the_rooms_own_words(house: House):
    cast.tenant(house.lamar, "First", external_id="T-1")
    who = cast.tenant(house.lamar, "Second")
    answer = house.clerk.post(f"/tenants/{who.pk}/", {"name": "Second", "external_id": "T-1"})
    assert answer.status_code == 400
    assert "The id T-1 belongs to another tenant" in answer.content.decode()


def test_before_a_number_changes_the_page_says_what_ends(house: House):
    who = cast.opted_in(house.lamar)
    page = text(house.clerk, f"/tenants/{who.pk}/number/")
    assert "What ends with" in page
    assert page.count("<li>Consent for") == 3
    assert "The new number needs an opt-in of its own" in page


def test_a_changed_number_ends_the_consent(house: House):
    who = cast.opted_in(house.lamar)
    house.clerk.post(f"/tenants/{who.pk}/number/", {"mobile": "(512) 555-0191"})
    found = consent.of(tenant=who, scope=EVERYWHERE, now=now())
    assert (found.number, found.status) == ("+15125550191", "number_changed")


def test_a_bad_number_changes_nothing(house: House):
    who = cast.opted_in(house.lamar)
    answer = house.clerk.post(f"/tenants/{who.pk}/number/", {"mobile": "five"})
    assert answer.status_code == 400
    assert 'value="five"' in answer.content.decode()
    assert consent.of(tenant=who, scope=EVERYWHERE, now=now()).status == "opted_in"


def test_units_are_moved_into_and_out_of(house: House):
    who = cast.tenant(house.lamar, units=["A1"])
    house.clerk.post(f"/tenants/{who.pk}/move-in/", {"unit": "C9"})
    assert tenants.units(who.pk, now()) == ["A1", "C9"]
    assert "so consent stays as it is" in text(house.clerk, f"/tenants/{who.pk}/move-out/?unit=A1")
    house.clerk.post(f"/tenants/{who.pk}/move-out/", {"unit": "A1"})
    assert tenants.units(who.pk, now()) == ["C9"]


def test_the_last_move_out_says_what_ends(house: House):
    who = cast.opted_in(house.lamar)
    [unit] = tenants.units(who.pk, now())
    page = text(house.clerk, f"/tenants/{who.pk}/move-out/?unit={unit}")
    assert "Statements and notices by text end at once" in page
    assert "Chat goes on for 60 days: until" in page


def test_a_unit_that_is_not_rented_cannot_be_left(house: House):
    who = cast.tenant(house.lamar)
    answer = house.clerk.post(f"/tenants/{who.pk}/move-out/", {"unit": "nowhere"})
    assert answer.status_code == 400
