"""Papers for the printer: what waits, who has no address, printing it, printing it again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel.errors import NotFound, Refused
from tenantline.printing import files, queries
from tenantline.tenants import actions as tenants
from tests import cast
from tests.printing.kinds import NOON, letters_at, statements_at

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[letters_at, statements_at])
def kind(request):
    return request.param(cast.site())


def test_what_waits_is_printed_by_name_and_marked_with_who_and_when(kind):
    for name in ("Zoe", "Ann"):
        kind.waits(name)
    assert queries.count_waiting(kind.papers, scope=EVERYWHERE) == 2
    made = kind.printed()
    assert kind.names(made) == ["Ann", "Zoe"]
    assert (made.made_by, made.made_at) == (cast.TESTER.name, NOON)
    assert kind.waiting() == []


def test_nothing_is_printed_twice_by_two_who_press_the_button(kind):
    kind.waits("Ann")
    kind.printed()
    with pytest.raises(Refused):
        kind.printed()


def test_who_has_no_address_is_named_and_goes_on_waiting_until_handed_over(kind):
    kind.waits("Ann")
    lost = kind.waits("Lost", street="")
    rows = queries.waiting(kind.papers, facility=kind.where)
    [lacking] = queries.without_address(kind.papers, rows)
    assert kind.papers.waiting(lacking).paper == lost
    assert kind.names(kind.printed()) == ["Ann"]
    assert kind.waiting() == [lost]
    assert kind.names(kind.printed(unaddressed=True)) == ["Lost"]


def test_who_has_no_address_is_printed_as_soon_as_there_is_one(kind):
    who = kind.waits("Lost", street="").tenant
    tenants.change_details(tenant=who, street="9 New Road", by=cast.TESTER, now=NOON)
    assert [row["street"] for row in kind.cells(kind.printed())] == ["9 New Road"]


def test_one_printed_again_says_so_and_bears_the_address_of_now(kind):
    ann = kind.waits("Ann")
    first = kind.printed()
    tenants.change_details(tenant=ann.tenant, street="9 New Road", by=cast.TESTER, now=NOON)
    again = kind.again(ann, now=NOON + timedelta(days=1))
    [row] = kind.cells(again)
    assert (row["street"], row["printed before"]) == ("9 New Road", f"{NOON:%Y-%m-%d}")
    assert queries.prints_of(kind.papers, [ann]) == {ann.pk: [first, again]}
    assert kind.part(again).startswith(b"%PDF-")


def test_some_papers_are_printed_alone(kind):
    kind.waits("Ann")
    bob = kind.waits("Bob")
    assert kind.names(kind.printed(only=[bob.pk])) == ["Bob"]


def test_the_file_is_tagged_and_its_last_page_is_the_mailing_list(kind):
    for name in ("Ann", "Bob"):
        kind.waits(name)
    made = kind.printed()
    content = kind.part(made)
    assert all(mark in content for mark in (b"/StructTreeRoot", b"/Marked true", b"/Title"))
    assert content == kind.part(made)
    assert len(kind.pictures(made)) == 3


def test_more_papers_than_one_file_holds_come_in_parts(kind):
    for name in ("Ann", "Bob", "Cat"):
        kind.waits(name)
    made = kind.printed()
    assert files.parts(kind.papers, made, together=2) == 2
    assert [row["number"] for row in kind.cells(made)] == ["1", "2", "3"]
    assert kind.part(made, 2, together=2).startswith(b"%PDF-")
    with pytest.raises(NotFound):
        kind.part(made, 3, together=2)
