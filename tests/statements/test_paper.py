"""What is to be printed of a month: as one file or as several."""

import zipfile

import pytest

from tenantline.kernel import clock
from tenantline.statements import issuing, paper
from tenantline.statements.content import Party
from tests import cast
from tests.statements import people
from tests.statements.sample import statement

pytestmark = pytest.mark.django_db


def test_more_than_one_file_holds_come_in_an_archive():
    site, now = cast.site(), clock.now()
    for name in ("Ann A", "Bob B", "Cat C"):
        people.issue(cast.tenant(site, name), now)
    found = paper.print_file(facility=site, period=people.period_of(now), together=2)
    assert found.media_type == "application/zip"
    with found.file, zipfile.ZipFile(found.file) as archive:
        assert len(archive.namelist()) == 2


def test_what_was_corrected_or_went_another_way_since_is_not_printed():
    site, now = cast.site(), clock.now()
    ann, bob = cast.tenant(site, "Ann A"), cast.tenant(site, "Bob B")
    people.issue(ann, now)
    cast.entry(ann, cents=100)
    corrected = people.issue(ann, now, correction=True).statement
    went = people.issue(bob, now).statement
    issuing.send_again(statement=went, chosen="email", by=cast.TESTER, now=now)
    rows = paper.waiting(facility=site, period=people.period_of(now))
    assert list(rows) == [corrected]


def test_the_mailing_list_says_who_gets_what_where():
    said = [statement(), statement(tenant=Party("Nobody Nowhere"))]
    [rows] = paper.list_rows(said)
    ann = said[0]
    assert rows[0] == ["1", ann.tenant.name, *ann.tenant.address, ann.period]
    assert rows[1] == ["2", "Nobody Nowhere", "", "", ann.period]
