"""Letters on paper: what waits, who has no address, printing it, printing it again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import typesetting
from tenantline.kernel.errors import NotFound, Refused
from tenantline.letters import actions, queries
from tenantline.letters.paper import PAPERS
from tenantline.printing import actions as printing
from tenantline.printing import files
from tenantline.printing import queries as prints
from tenantline.tenants import actions as tenants
from tests import cast

pytestmark = pytest.mark.django_db
NOON = cast.at_noon()
HOME = {
    "street": "12 Oak Street",
    "city": "Austin",
    "state": "TX",
    "postal_code": "78704",
}


@pytest.fixture
def where():
    return cast.site()


def waits(where, name, **details):
    who = cast.tenant(where, name, **(HOME | details))
    known = queries.letters(scope=EVERYWHERE).first() or cast.letter()
    return actions.issue(letter=known, tenant=who, method="print", by=cast.TESTER, now=NOON).notice


def printed(where, *, unaddressed=False, now=NOON):
    rows = prints.waiting(PAPERS, facility=where)
    return printing.print_waiting(
        PAPERS, facility=where, rows=rows, unaddressed=unaddressed, by=cast.TESTER, now=now
    )


def pictures(made, *, both_sides=False):
    return PAPERS.form.pictures(files.batch(PAPERS, made, 1, both_sides), ppi=20)


def names(made):
    return [row.recipient["name"] for row in prints.sheets(PAPERS, made)]


def cells(made):
    rows = [row for some in files.list_rows(PAPERS, made, NOON) for row in some]
    return [dict(zip(files.list_header(PAPERS), row, strict=True)) for row in rows]


def test_what_waits_is_printed_by_name_and_marked_with_who_and_when(where):
    for name in ("Zoe", "Ann"):
        waits(where, name)
    made = printed(where)
    assert names(made) == ["Ann", "Zoe"]
    assert (made.made_by, made.made_at) == (cast.TESTER.name, NOON)
    assert not prints.waiting(PAPERS, facility=where).exists()


def test_who_has_no_address_is_named_and_goes_on_waiting(where):
    waits(where, "Ann")
    lost = waits(where, "Lost", street="")
    assert list(prints.without_address(PAPERS, prints.waiting(PAPERS, facility=where))) == [lost]
    assert names(printed(where)) == ["Ann"]
    assert list(prints.waiting(PAPERS, facility=where)) == [lost]
    assert names(printed(where, unaddressed=True)) == ["Lost"]


def test_nothing_is_printed_twice_by_two_who_press_the_button(where):
    waits(where, "Ann")
    printed(where)
    with pytest.raises(Refused):
        printed(where)


def test_a_letter_printed_again_says_so_and_bears_the_address_of_now(where):
    notice = waits(where, "Ann")
    printed(where)
    who = notice.tenant
    tenants.change_details(tenant=who, street="9 New Road", by=cast.TESTER, now=NOON)
    notice.refresh_from_db()
    later = NOON + timedelta(days=1)
    again = printing.print_again(PAPERS, paper=notice, by=cast.TESTER, now=later)
    [row] = cells(again)
    assert row["street"] == "9 New Road"
    assert row["printed before"] == f"{NOON:%Y-%m-%d}"
    notice.refresh_from_db()
    assert notice.printed_at == NOON


def test_what_was_taken_back_is_not_in_the_file_any_more(where):
    ann, bob = waits(where, "Ann"), waits(where, "Bob")
    made = printed(where)
    actions.withdraw(notice=bob, reason="Paid.", by=cast.TESTER, now=NOON)
    assert [row["name"] for row in cells(made)] == [ann.tenant.name]
    actions.withdraw(notice=ann, reason="Paid.", by=cast.TESTER, now=NOON)
    with pytest.raises(NotFound):
        files.part(PAPERS, made, 1)
    with pytest.raises(Refused):
        printing.print_again(PAPERS, paper=ann, by=cast.TESTER, now=NOON)


def test_the_file_is_tagged_and_its_last_page_is_the_mailing_list(where):
    for name in ("Ann", "Bob"):
        waits(where, name)
    made = printed(where)
    content = files.part(PAPERS, made, 1)
    assert all(mark in content for mark in (b"/StructTreeRoot", b"/Marked true", b"/Title"))
    assert content == files.part(PAPERS, made, 1)
    assert len(pictures(made)) == 3


def test_for_both_sides_each_letter_begins_on_a_sheet_of_its_own(where):
    for name in ("Ann", "Bob"):
        waits(where, name)
    pages = pictures(printed(where), both_sides=True)
    assert len(pages) == 5
    assert pages[1] == pages[3]  # blank


def test_one_letter_alone_needs_no_list(where):
    waits(where, "Ann")
    assert len(pictures(printed(where))) == 1


def test_more_letters_than_one_file_holds_come_in_parts(where):
    for name in ("Ann", "Bob", "Cat"):
        waits(where, name)
    made = printed(where)
    assert files.parts(PAPERS, made, together=2) == 2
    assert [row["number"] for row in cells(made)] == ["1", "2", "3"]
    assert files.part(PAPERS, made, 2, together=2).startswith(b"%PDF-")
    with pytest.raises(NotFound):
        files.part(PAPERS, made, 3, together=2)


@pytest.mark.parametrize("name", ["W" * 200, "#eval(1) $x$ @a <b>", "\N{GRINNING FACE}" * 60])
def test_whatever_people_are_called_the_letter_is_set(where, name):
    waits(where, name, street="W" * 120, city="W" * 80, state="W" * 40)
    assert files.part(PAPERS, printed(where), 1).startswith(b"%PDF-")


def test_an_address_of_more_than_six_lines_is_known_as_long():
    assert not typesetting.is_long(["Dana Whitfield", "12 Oak Street, Apt 4", "Austin, TX 78704"])
    assert typesetting.is_long(["W" * 200, "12 Oak Street", "Austin, TX 78704"])
