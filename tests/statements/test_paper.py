"""Statements on paper: corrected or sent another way since, by month, in an archive."""

from __future__ import annotations

import zipfile

import pytest

from tenantline.kernel.errors import NotFound, Refused
from tenantline.printing import files, queries
from tenantline.statements import issuing
from tests import cast
from tests.printing.kinds import NOON, statements_at
from tests.statements import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def statements():
    return statements_at(cast.site())


def corrected(statement):
    cast.entry(statement.tenant, cents=100)
    return people.issue(statement.tenant, NOON, chosen="print", correction=True).statement


def test_what_was_corrected_or_went_another_way_since_is_not_printed(statements):
    ann, bob = statements.waits("Ann"), statements.waits("Bob")
    correction = corrected(ann)
    issuing.send_again(statement=bob, chosen="email", by=cast.TESTER, now=NOON)
    assert statements.waiting() == [correction]
    with pytest.raises(Refused):
        statements.again(bob)


def test_what_is_corrected_after_it_was_printed_leaves_the_file(statements):
    ann = statements.waits("Ann")
    made = statements.printed()
    corrected(ann)
    assert statements.cells(made) == []
    sheets = queries.sheets(statements.papers, made)
    assert queries.dead(statements.papers, sheets) == {made.statements.get().pk}
    with pytest.raises(NotFound):
        statements.part(made)


def test_one_sent_by_print_anew_says_that_it_was_printed_before(statements):
    ann = statements.waits("Ann")
    statements.printed()
    issuing.send_again(statement=ann, chosen="print", by=cast.TESTER, now=NOON)
    [row] = statements.cells(statements.printed())
    assert row["printed before"] == f"{NOON:%Y-%m-%d}"


def test_a_month_is_printed_alone(statements):
    ann = statements.waits("Ann")
    assert statements.waiting(choice="2020-01") == []
    assert statements.names(statements.printed(choice=ann.period)) == ["Ann"]


def test_all_parts_come_in_an_archive(statements):
    for name in ("Ann", "Bob", "Cat"):
        statements.waits(name)
    made = statements.printed()
    with (
        files.archive(statements.papers, made, together=2) as file,
        zipfile.ZipFile(file) as archive,
    ):
        assert [name[-11:] for name in archive.namelist()] == ["part-01.pdf", "part-02.pdf"]
