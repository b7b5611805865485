"""Printing letters at the desk: who has no address is shown, one PDF, a mailing list, again."""

from __future__ import annotations

from typing import Any

import pytest

from tenantline.letters.models import Notice
from tenantline.printing.models import Printing
from tests import cast
from tests.desk.conftest import House

HOME = {"street": "12 Oak Street", "city": "Austin", "state": "TX", "postal_code": "78704"}


@pytest.fixture
def letter():
    return cast.letter(text="Dear {{tenant.name}},\n\nWelcome.")


def waits(house, letter, name, **details):
    who = cast.tenant(house.lamar, name, **(HOME | details))
    made = house.clerk.post(
        f"/tenants/{who.pk}/letters/", {"letter": letter.pk, "method": "print", "key": name}
    )
    assert made.status_code == 302
    return Notice.objects.get(tenant=who)


def text(answer) -> str:
    return answer.content.decode()


def test_who_has_no_address_is_named_before_anything_is_printed(house: House, letter):
    waits(house, letter, "Ann Arbor")
    lost = waits(house, letter, "Lou Lost", street="")
    page = text(house.clerk.get("/letters/print/"))
    assert "no whole postal address" in page
    assert f"/tenants/{lost.tenant_id}/#id_street" in page
    assert "Print 1 letter" in page
    assert "Print all 2, 1 to be handed over" in page


def test_one_press_prints_all_marks_them_and_gives_pdf_and_list(house: House, letter):
    waits(house, letter, "Ann Arbor")
    waits(house, letter, "=HYPERLINK(1)")
    answer = house.clerk.post("/letters/print/", {"site": "LAMAR"}, follow=True)
    assert "by carla" in text(answer)
    [made] = Printing.objects.all()
    file = house.clerk.get(f"/letters/printings/{made.pk}/1.pdf?sides=2")
    assert (file["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")
    listed: Any = house.clerk.get(f"/letters/printings/{made.pk}/mailing-list.csv")
    rows = b"".join(listed.streaming_content).decode().splitlines()
    assert len(rows) == 3
    assert ",'=HYPERLINK(1),12 Oak Street,Austin,TX,78704," in rows[1]
    assert "No letter waits" in text(house.clerk.get("/letters/print/"))


def test_a_letter_is_printed_again_from_the_tenants_page_and_both_are_told(house: House, letter):
    notice = waits(house, letter, "Ann Arbor")
    for _ in range(2):
        house.clerk.post(f"/tenants/{notice.tenant_id}/letters/{notice.pk}/print/")
    page = text(house.clerk.get(f"/tenants/{notice.tenant_id}/letters/"))
    assert "Printed again" in page
    assert "Print again" in page


def test_printings_of_another_facility_are_absent(house: House, letter):
    waits(house, letter, "Ann Arbor")
    house.clerk.post("/letters/print/", {"site": "LAMAR"})
    [made] = Printing.objects.all()
    stranger = cast.member("stan", "owner", house.mesa)
    browser = house.clerk.__class__()
    browser.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("", "1.pdf", "mailing-list.csv"):
        assert browser.get(f"/letters/printings/{made.pk}/{name}").status_code == 404
    assert browser.post("/letters/print/", {"site": "LAMAR"}).status_code == 404


def test_a_printing_of_letters_is_none_of_statements(house: House, letter):
    waits(house, letter, "Ann Arbor")
    house.clerk.post("/letters/print/", {"site": "LAMAR"})
    [made] = Printing.objects.all()
    for name in ("", "1.pdf", "mailing-list.csv"):
        assert house.clerk.get(f"/statements/printings/{made.pk}/{name}").status_code == 404
