"""A file of tenants in through the browser."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenantline.imports import actions
from tenantline.imports.models import FilePart, ImportJob
from tenantline.imports.shift import Shift
from tenantline.tenants.models import Tenant

TEXT = "Tenant ID,Name,Phone,Unit,Who knows\nT1,Ana Diaz,5125550143,A1,x\nT2,,5125550144,A2,\n"


def upload(client, text=TEXT, site="LAMAR"):
    file = SimpleUploadedFile("export.csv", text.encode(), content_type="text/csv")
    return client.post("/tenants/import/", {"site": site, "file": file}, follow=True)


def job():
    return ImportJob.objects.latest("pk")


def worked_off():
    shift = Shift()
    while shift.step():
        pass


def test_the_tenants_page_leads_to_imports(house):
    assert b'href="/tenants/import/"' in house.clerk.get("/tenants/").content


def test_a_file_is_looked_at_first_and_changes_nothing(house):
    page = upload(house.clerk).content.decode()
    assert "What it would do at Storage LAMAR" in page
    assert "Import: 1 tenant new or changed" in page
    assert "A tenant needs a name." in page
    assert "Not read: Who knows" in page
    assert not Tenant.objects.exists()


def test_the_worker_applies_it_and_the_page_says_so(house):
    upload(house.clerk)
    house.clerk.post(f"/tenants/import/{job().pk}/start/")
    page = house.clerk.get(f"/tenants/import/{job().pk}/").content.decode()
    assert "Importing into Storage LAMAR" in page
    assert 'hx-trigger="every 1s"' in page
    worked_off()
    page = house.clerk.get(f"/tenants/import/{job().pk}/").content.decode()
    assert "The file is in." in page
    assert Tenant.objects.get().name == "Ana Diaz"
    assert not FilePart.objects.exists()


def test_while_it_runs_only_the_state_is_fetched(house):
    upload(house.clerk)
    house.clerk.post(f"/tenants/import/{job().pk}/start/")
    part = house.clerk.get(f"/tenants/import/{job().pk}/", headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b"<progress" in part.content


def test_another_column_can_be_chosen_and_the_file_is_looked_at_again(house):
    upload(house.clerk)
    columns = {"external_id": "0", "name": "1", "home_phone": "2", "unit": "3"}
    house.clerk.post(f"/tenants/import/{job().pk}/columns/", columns)
    assert job().found["chosen"] == {"external_id": 0, "name": 1, "home_phone": 2, "unit": 3}
    house.clerk.post(f"/tenants/import/{job().pk}/start/")
    worked_off()
    assert Tenant.objects.get().home_phone == "5125550143"


def test_a_large_file_waits_for_the_worker(house):
    rows = "".join(f"T{n},Name {n},,,{'x' * 200}\n" for n in range(2500))
    page = upload(house.clerk, TEXT + rows).content.decode()
    assert "Reading the file" in page
    worked_off()
    assert job().state == "checked"
    assert job().counts == {"added": 2500, "refused": 2}


def test_an_import_can_be_cancelled_before_it_begins(house):
    upload(house.clerk)
    house.clerk.post(f"/tenants/import/{job().pk}/cancel/")
    assert house.clerk.post(f"/tenants/import/{job().pk}/start/").status_code == 409
    worked_off()
    assert (job().state, Tenant.objects.count(), FilePart.objects.count()) == ("cancelled", 0, 0)


def test_a_file_that_page_and_worker_both_looked_at_is_told_of_once(house):
    upload(house.clerk)
    late = job()
    late.state = "checking"
    actions.check(late)  # it began before the page had finished
    page = house.clerk.get(f"/tenants/import/{late.pk}/").content.decode()
    assert page.count("A tenant needs a name.") == 1


def test_the_report_lists_every_row_once(house):
    upload(house.clerk)
    house.clerk.post(f"/tenants/import/{job().pk}/start/")
    worked_off()
    answer = house.clerk.get(f"/tenants/import/{job().pk}/report.csv")
    rows = list(csv.DictReader(StringIO(b"".join(answer).decode())))
    assert [(row["line"], row["outcome"]) for row in rows] == [("2", "added"), ("3", "refused")]


@pytest.mark.parametrize("way", ["", "report.csv", "start/", "cancel/", "columns/"])
def test_imports_of_other_facilities_are_not_there(house, way):
    upload(house.owner, site="MESA")
    path = f"/tenants/import/{job().pk}/{way}"
    call = house.clerk.post if way.endswith("/") else house.clerk.get
    assert call(path).status_code == 404
    assert job().state == "checked"


def test_nobody_imports_into_a_facility_that_is_not_theirs(house):
    assert upload(house.clerk, site="MESA").status_code == 404
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(("text", "words"), [("", "empty"), ("a,b\n1,2\n", "a tenant&#x27;s name")])
def test_a_file_that_cannot_be_used_is_told_in_the_page(house, text, words):
    assert words in upload(house.clerk, text).content.decode()


def test_what_a_file_says_is_shown_as_text(house):
    page = upload(house.clerk, "Name,<script>\n,<b>bold</b>\n").content.decode()
    assert "<b>bold" not in page
    assert "<script>\n" not in page


def test_a_worker_takes_up_what_another_left_behind(house):
    upload(house.clerk)
    house.clerk.post(f"/tenants/import/{job().pk}/start/")
    first, second = Shift(), Shift()
    first.step()
    assert second.step() == 0  # somebody has it
    ImportJob.objects.update(held_until=job().created_at)  # … and has been silent since
    while second.step():
        pass
    assert (job().state, Tenant.objects.count()) == ("done", 1)
