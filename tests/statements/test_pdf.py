"""Statements as PDF: tagged, the same each time, whatever people are called."""

import re
from dataclasses import replace
from datetime import date

import pytest

from tenantline.kernel import typesetting
from tenantline.printing.batches import Batch
from tenantline.statements import pdf
from tenantline.statements.content import Line, Party
from tenantline.statements.pdf import Paper
from tests import cast
from tests.statements.sample import statement

MANY = tuple(Line(date(2026, 11, 1), "charge", f"Entry {n}", 100) for n in range(200))
HOSTILE = (
    '#eval(read("/etc/passwd")) $x$ *a* _b_ <c> @d `e` \\ [f] {g} //',
    "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED} \N{RIGHT-TO-LEFT OVERRIDE}abc",
    "\N{GRINNING FACE}\N{ZERO WIDTH JOINER}\N{HEAVY BLACK HEART}",
    "\N{CJK UNIFIED IDEOGRAPH-738B}\x00\x1b\n\t",
    "W" * 200,
)


def test_a_pdf_is_tagged_and_names_language_and_title():
    made = pdf.render(statement(language="es"))
    for mark in (b"/StructTreeRoot", b"/Marked true", b"(es", b"/Title"):
        assert mark in made


def test_the_same_statement_gives_the_same_bytes():
    assert pdf.render(statement()) == pdf.render(statement())


def test_a_long_statement_takes_the_pages_it_needs():
    pages = pdf.pictures(statement(lines=MANY, closing_cents=20_000), ppi=20)
    assert len(pages) > 3
    assert all(page.startswith(b"\x89PNG") for page in pages)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_people_are_called_is_never_markup_and_always_printable(name):
    said = statement(tenant=Party(name, (name,)), units=(name,))
    lines = (replace(said.lines[0], memo=name),)
    assert pdf.render(replace(said, lines=lines)).startswith(b"%PDF-")


@pytest.mark.parametrize(("both_sides", "pages"), [(False, 3), (True, 5)])
def test_a_file_of_many_ends_with_their_mailing_list(both_sides, pages):
    papers = [Paper(statement(units=(unit,)), again="Printed again") for unit in ("B1", "B2")]
    some = Batch(leaves=papers, note="Two", at=cast.at_noon(), both_sides=both_sides)
    assert pages_of(pdf.FORM.pdf(some)) == pages


def pages_of(made: bytes) -> int:
    found = re.search(rb"/Type ?/Pages/Count (\d+)", made, re.DOTALL)
    assert found is not None
    return int(found[1])


def test_the_text_reaches_the_page(tmp_path):
    """The same words make the same picture, other words another: what is said is drawn."""
    one, two = (pdf.pictures(statement(units=(unit,)), ppi=40)[0] for unit in ("B12", "C99"))
    assert one == pdf.pictures(statement(), ppi=40)[0]
    assert one != two
    assert typesetting.ACCESSIBLE == ("a-3a", "ua-1")
