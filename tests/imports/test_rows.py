"""Rows that speak of one tenant, rows that contradict each other, rows of other facilities."""

from __future__ import annotations

from tenantline.imports.groups import MOST_HOLDERS
from tenantline.imports.rows import Accepted, Reader, Refused
from tenantline.imports.scan import Together, scan, tenants_in, why_too_common
from tenantline.imports.sheet import open_sheet
from tests.imports.offices import rows_of, written

HEAD = "Tenant ID,Name,Unit,Cell,Balance\n"


def scanned(path):
    return scan(Reader(open_sheet(path), frozenset(["lamar"]), 2026))


def together(folder, text):
    return list(tenants_in(scanned(written(folder, text))))


def test_a_tenant_with_two_units_stands_on_two_rows(tmp_path):
    [one] = together(tmp_path, HEAD + "T1,Ana,A1,5125550143,5\nT1,Ana,A2,,5\n")
    assert isinstance(one, Together)
    assert (one.lines, one.row.units) == ((2, 3), ("A1", "A2"))
    assert one.row.balance_cents == 500  # the same on both rows: said twice, owed once


def test_different_balances_mean_that_each_row_is_a_units_own(tmp_path):
    text = "T1,Ana,A1,,5\nT1,Ana,A2,,7.50\nT2,Bea,B1,,3\nT2,Bea,B2,,3\nT2,Bea,B2,,3\n"
    ana, bea = together(tmp_path, HEAD + text)
    assert ana.row.balance_cents == 1250
    assert bea.row.balance_cents == 600  # the third row is the second one again


def test_rows_that_contradict_their_tenants_first_are_refused(tmp_path):
    text = "T1,Ana,A1,5125550143,\nT1,Bea,A2,,\nT1,Ana,A3,5125550144,\nT1,Ana,A1,,9\nT1,Ana,A1,,8\n"
    found = together(tmp_path, HEAD + text)
    refused = {row.line: row.reason for row in found if isinstance(row, Refused)}
    assert "another name" in refused[3]
    assert "another mobile number" in refused[4]
    assert "another balance for the same unit" in refused[6]


def test_without_an_id_the_same_name_and_number_are_one_person(tmp_path):
    head = "Name,Unit,Cell,E-mail\n"
    [one] = together(tmp_path, head + "Ana,A1,5125550143,\nAna,A2,(512) 555-0143,\n")
    assert one.row.units == ("A1", "A2")


def test_without_an_id_nobody_can_say_who_shares_name_and_address(tmp_path):
    head = "Name,Unit,Cell,E-mail\n"
    text = head + "Ana,A1,5125550143,a@example.com\nAna,A2,5125550144,a@example.com\n"
    first, second = together(tmp_path, text)
    assert isinstance(first, Together)
    assert "may be the person on line 2" in second.reason


def test_a_number_on_very_many_tenants_is_nobodys(tmp_path):
    rows = "".join(f"T{n},Name {n},U{n},555-555-5555,\n" for n in range(MOST_HOLDERS + 1))
    found = scanned(written(tmp_path, HEAD + rows))
    people = [one for one in tenants_in(found) if isinstance(one, Together)]
    assert len(people) == MOST_HOLDERS + 1
    assert all(why_too_common(one.row, found.groups) for one in people)


def test_rows_of_another_facility_are_refused_where_the_file_has_several(tmp_path):
    text = "Name,Facility\nAna,Lamar\nBea,Mesa\n"
    ana, bea = rows_of(written(tmp_path, text), codes=frozenset(["lamar"]))
    assert isinstance(ana, Accepted)
    assert "another facility" in bea.reason


def test_a_file_of_one_facility_may_call_it_what_it_likes(tmp_path):
    [ana] = rows_of(written(tmp_path, "Name,Site\nAna,Site 12\n"), codes=frozenset(["lamar"]))
    assert ana.name == "Ana"


def test_first_and_last_name_make_a_name_and_a_company_stands_in(tmp_path):
    text = "First Name,Last Name,Company\nAna,Diaz,\n,,Acme LLC\n,Bo,X\n,,\n"
    rows = rows_of(written(tmp_path, text))
    assert [row.name for row in rows] == ["Ana Diaz", "Acme LLC", "Bo"]


def test_a_phone_type_beside_the_number_decides(tmp_path):
    text = (
        "Name,Phone,Phone Type\nAna,5125550143,Home\nBea,5125550144,Mobile\nCy,5125550145,Pager\n"
    )
    ana, bea, cy = rows_of(written(tmp_path, text))
    assert (ana.mobile, ana.home_phone) == (None, "5125550143")
    assert bea.mobile == "+15125550144"
    assert cy.mobile is None


def test_words_for_nothing_say_nothing(tmp_path):
    text = "Name,Cell,E-mail,Unit,Balance\nAna,N/A,none,-,\n"
    [row] = rows_of(written(tmp_path, text))
    assert (row.mobile, row.email, row.units, row.balance_cents) == (None, "", (), None)


def test_a_move_out_before_the_move_in_is_refused(tmp_path):
    [row] = rows_of(written(tmp_path, "Name,Move In,Move Out\nAna,2026-02-01,2026-01-01\n"))
    assert "before the move-in" in row.reason


def test_an_ambiguous_date_is_refused_unless_the_column_decides(tmp_path):
    [open_] = rows_of(written(tmp_path, "Name,Move In\nAna,03/04/2026\n"))
    assert "two days" in open_.reason
    decided = rows_of(written(tmp_path, "Name,Move In\nAna,03/04/2026\nBea,12/25/2025\n"))
    assert [row.stays[0].since.isoformat() for row in decided] == ["2026-03-04", "2025-12-25"]
