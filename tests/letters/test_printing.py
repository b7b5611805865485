"""Letters on paper: taken back, on both sides, alone; whatever people are called."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.kernel import typesetting
from tenantline.kernel.errors import NotFound, Refused
from tenantline.letters import actions
from tests import cast
from tests.printing.kinds import NOON, letters_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters():
    return letters_at(cast.site())


def test_the_day_of_the_first_time_stays(letters):
    notice = letters.waits("Ann")
    letters.printed()
    letters.again(notice, now=NOON + timedelta(days=1))
    notice.refresh_from_db()
    assert notice.printed_at == NOON


def test_what_was_taken_back_is_not_in_the_file_any_more(letters):
    ann, bob = letters.waits("Ann"), letters.waits("Bob")
    made = letters.printed()
    actions.withdraw(notice=bob, reason="Paid.", by=cast.TESTER, now=NOON)
    assert letters.names(made) == [ann.tenant.name]
    actions.withdraw(notice=ann, reason="Paid.", by=cast.TESTER, now=NOON)
    with pytest.raises(NotFound):
        letters.part(made)
    with pytest.raises(Refused):
        letters.again(ann)


def test_for_both_sides_each_letter_begins_on_a_sheet_of_its_own(letters):
    for name in ("Ann", "Bob"):
        letters.waits(name)
    pages = letters.pictures(letters.printed(), both_sides=True)
    assert len(pages) == 5
    assert pages[1] == pages[3]  # blank


def test_one_letter_alone_needs_no_list(letters):
    letters.waits("Ann")
    assert len(letters.pictures(letters.printed())) == 1


@pytest.mark.parametrize("name", ["W" * 200, "#eval(1) $x$ @a <b>", "\N{GRINNING FACE}" * 60])
def test_whatever_people_are_called_the_letter_is_set(letters, name):
    letters.waits(name, street="W" * 120, city="W" * 80, state="W" * 40)
    assert letters.part(letters.printed()).startswith(b"%PDF-")


def test_an_address_of_more_than_six_lines_is_known_as_long():
    assert not typesetting.is_long(["Dana Whitfield", "12 Oak Street, Apt 4", "Austin, TX 78704"])
    assert typesetting.is_long(["W" * 200, "12 Oak Street", "Austin, TX 78704"])
