"""The proof packet on the tenant's page: who may take it along, of whose number, and erasing."""

from __future__ import annotations

import pytest

from tenantline.audit.models import Entry
from tenantline.consent.models import Particulars
from tenantline.tenants.models import Tenant
from tests import cast
from tests.desk.conftest import House

pytestmark = pytest.mark.django_db


def address(who: Tenant, what: str = "") -> str:
    return f"/tenants/{who.pk}/proof/{who.periods.get(ended_at=None).pk}/{what}"


def test_a_manager_takes_the_packet_along_as_a_file(house: House):
    who = cast.opted_in(house.lamar)
    answer = house.manager.get(address(who))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="proof-of-')
    assert answer.content.startswith(b"%PDF-1.7")


def test_the_audit_log_says_who_took_it(house: House):
    who = cast.opted_in(house.lamar)
    house.manager.get(address(who))
    entry = Entry.objects.get(act="consent.proof_made")
    assert (entry.actor_name, entry.facility_id) == ("marcus", house.lamar.pk)
    assert "made a proof packet" in house.manager.get("/settings/audit/").content.decode()


def test_a_clerk_is_offered_none_and_given_none(house: House):
    who = cast.opted_in(house.lamar)
    page = house.clerk.get(f"/tenants/{who.pk}/consent/").content.decode()
    assert "Proof packet" not in page
    assert house.clerk.get(address(who)).status_code == 403


def test_the_consent_history_offers_a_packet_for_each_number(house: House):
    who = cast.opted_in(house.lamar)
    cast.change_number(who, cast.mobile())
    page = house.manager.get(f"/tenants/{who.pk}/consent/").content.decode()
    assert page.count("Proof packet (PDF)") == 2
    assert "/erase/" not in page


def test_another_facilitys_tenant_and_another_tenants_number_look_absent(house: House):
    mine, theirs = cast.opted_in(house.lamar), cast.opted_in(house.mesa)
    assert house.manager.get(address(theirs)).status_code == 404
    period = theirs.periods.get().pk
    assert house.manager.get(f"/tenants/{mine.pk}/proof/{period}/").status_code == 404


def test_an_owner_erases_after_saying_so_expressly(house: House):
    who = cast.stopped(house.lamar)
    assert b"What stays" in house.owner.get(address(who, "erase/")).content
    early = house.owner.post(address(who, "erase/"), {"why": "their wish"})
    assert (early.status_code, b"kept for five" in early.content) == (400, True)
    done = house.owner.post(address(who, "erase/"), {"why": "their wish", "early": "on"})
    assert done.status_code == 302
    assert not Particulars.objects.filter(number=cast.mobile_of(who)).exists()
    page = house.owner.get(f"/tenants/{who.pk}/consent/").content.decode()
    assert "What stood beside earlier events was erased" in page


def test_a_manager_erases_nothing(house: House):
    who = cast.stopped(house.lamar)
    data = {"why": "their wish", "early": "on"}
    assert house.manager.post(address(who, "erase/"), data).status_code == 403


def test_active_consent_is_not_erased(house: House):
    who = cast.opted_in(house.lamar)
    answer = house.owner.post(address(who, "erase/"), {"why": "their wish", "early": "on"})
    assert b"record a revocation first" in answer.content
    assert Particulars.objects.filter(number=cast.mobile_of(who)).exists()


def test_an_owner_of_one_facility_erases_nothing_that_others_know(house: House):
    who = cast.stopped(house.lamar)
    other = cast.tenant(house.mesa, number=cast.mobile_of(who))
    cast.issue_form(other)
    data = {"why": "their wish", "early": "on"}
    assert house.owner_of_lamar.post(address(who, "erase/"), data).status_code == 403
