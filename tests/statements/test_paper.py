"""Statements on paper: what waits, who has no address, printing it, printing it again."""

from __future__ import annotations

import zipfile
from datetime import timedelta

import pytest

from tenantline.kernel.errors import NotFound, Refused
from tenantline.printing import actions, files, queries
from tenantline.statements import issuing
from tenantline.statements.paper import PAPERS
from tenantline.tenants import actions as tenants
from tests import cast
from tests.statements import people

pytestmark = pytest.mark.django_db
NOON = cast.at_noon()
HOME = {"street": "12 Oak Street", "city": "Austin", "state": "TX", "postal_code": "78704"}


@pytest.fixture
def where():
    return cast.site()


def waits(where, name, **details):
    who = cast.tenant(where, name, **(HOME | details))
    return people.issue(who, NOON, chosen="print").statement


def printed(where, *, unaddressed=False, now=NOON, **narrowed):
    rows = queries.waiting(PAPERS, facility=where, **narrowed)
    return actions.print_waiting(
        PAPERS, facility=where, rows=rows, unaddressed=unaddressed, by=cast.TESTER, now=now
    )


def cells(made):
    rows = [row for some in files.list_rows(PAPERS, made, NOON) for row in some]
    return [dict(zip(files.list_header(PAPERS), row, strict=True)) for row in rows]


def names(made):
    return [row["name"] for row in cells(made)]


def test_what_waits_is_printed_by_name_and_marked_with_who_and_when(where):
    for name in ("Zoe", "Ann"):
        waits(where, name)
    made = printed(where)
    assert names(made) == ["Ann", "Zoe"]
    assert (made.made_by, made.made_at) == (cast.TESTER.name, NOON)
    assert not queries.waiting(PAPERS, facility=where).exists()
    with pytest.raises(Refused):  # two who press the button
        printed(where)


def test_who_has_no_address_goes_on_waiting_until_there_is_one(where):
    waits(where, "Ann")
    lost = waits(where, "Lost", street="")
    assert names(printed(where)) == ["Ann"]
    assert [one.statement for one in queries.waiting(PAPERS, facility=where)] == [lost]
    tenants.change_details(tenant=lost.tenant, street="9 New Road", by=cast.TESTER, now=NOON)
    assert [row["street"] for row in cells(printed(where))] == ["9 New Road"]


def test_what_was_corrected_or_went_another_way_since_is_not_printed(where):
    ann, bob = waits(where, "Ann"), waits(where, "Bob")
    cast.entry(ann.tenant, cents=100)
    corrected = people.issue(ann.tenant, NOON, chosen="print", correction=True).statement
    issuing.send_again(statement=bob, chosen="email", by=cast.TESTER, now=NOON)
    assert [one.statement for one in queries.waiting(PAPERS, facility=where)] == [corrected]
    with pytest.raises(Refused):
        actions.print_again(PAPERS, paper=bob, by=cast.TESTER, now=NOON)


def test_what_is_corrected_after_it_was_printed_leaves_the_file(where):
    ann = waits(where, "Ann")
    made = printed(where)
    cast.entry(ann.tenant, cents=100)
    people.issue(ann.tenant, NOON, chosen="print", correction=True)
    assert cells(made) == []
    assert queries.dead(PAPERS, queries.sheets(PAPERS, made)) == {made.statements.get().pk}
    with pytest.raises(NotFound):
        files.part(PAPERS, made, 1)


def test_one_printed_again_says_so_and_bears_the_address_of_now(where):
    ann = waits(where, "Ann")
    printed(where)
    tenants.change_details(tenant=ann.tenant, street="9 New Road", by=cast.TESTER, now=NOON)
    later = NOON + timedelta(days=1)
    again = actions.print_again(PAPERS, paper=ann, by=cast.TESTER, now=later)
    [row] = cells(again)
    assert (row["street"], row["printed before"]) == ("9 New Road", f"{NOON:%Y-%m-%d}")
    assert [one.pk for one in queries.prints_of(PAPERS, [ann])[ann.pk]] == [again.pk - 1, again.pk]
    assert files.part(PAPERS, again, 1).startswith(b"%PDF-")


def test_a_month_and_some_statements_are_printed_alone(where):
    ann, bob = waits(where, "Ann"), waits(where, "Bob")
    assert not queries.waiting(PAPERS, facility=where, choice="2020-01").exists()
    assert names(printed(where, only=[bob.pk])) == ["Bob"]
    assert names(printed(where, choice=ann.period)) == ["Ann"]


def test_more_statements_than_one_file_holds_come_in_parts_and_in_an_archive(where):
    for name in ("Ann", "Bob", "Cat"):
        waits(where, name)
    made = printed(where)
    assert files.parts(PAPERS, made, together=2) == 2
    with files.archive(PAPERS, made, together=2) as file, zipfile.ZipFile(file) as archive:
        assert [name[-11:] for name in archive.namelist()] == ["part-01.pdf", "part-02.pdf"]
    with pytest.raises(NotFound):
        files.part(PAPERS, made, 3, together=2)
