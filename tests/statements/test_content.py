"""What a statement says, kept and read back, in words and as a text: pure."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantline.kernel.errors import BadInput
from tenantline.kernel.segments import measure
from tenantline.statements import content, phrases, texting
from tenantline.statements.content import AutoPay, Line
from tests.statements.sample import statement

LINK = "https://desk.example.com/s/" + "x" * 22 + "/"


def test_a_month_has_its_first_and_last_day():
    assert content.month("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))


@pytest.mark.parametrize(
    "period", ["2026-13", "2026-1", "26-01", "2026-00", "1999-12", "2026-11-01", "", "٢٠٢٦-11"]
)
def test_what_is_no_month_is_refused(period):
    with pytest.raises(BadInput):
        content.month(period)


def test_a_month_that_has_not_begun_has_no_statement():
    with pytest.raises(BadInput):
        content.checked_period("2026-12", today=date(2026, 11, 30))


LINES = st.builds(
    Line,
    day=st.dates(date(2026, 11, 1), date(2026, 11, 30)),
    kind=st.sampled_from(["charge", "payment", "credit", "reversal"]),
    memo=st.text(max_size=40),
    effect_cents=st.integers(-(10**13), 10**13),
    undoes=st.none() | st.text(max_size=20),
)


@given(st.lists(LINES, max_size=12), st.integers(-(10**15), 10**15))
def test_a_statement_is_read_back_as_it_was_kept(lines, opening):
    closing = opening + sum(line.effect_cents for line in lines)
    said = statement(lines=tuple(lines), opening_cents=opening, closing_cents=closing)
    kept = content.to_json(said)
    assert content.from_json(kept) == said
    assert content.digest(content.to_json(content.from_json(kept))) == content.digest(kept)


def test_a_text_begins_with_the_facility_and_ends_with_the_stop_line():
    body = texting.body(statement(), link=LINK)
    assert body.startswith("South Lamar Storage: Your November 2026 statement is ready: https://")
    assert body.endswith("Reply STOP to stop.")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("due_on", [date(2026, 11, 1), date(2026, 12, 1), None])
def test_a_text_names_neither_unit_nor_amount_and_stays_cheap(language, due_on):
    body = texting.body(statement(language=language, due_on=due_on), link=LINK)
    assert "B12" not in body
    assert "148" not in body
    assert "$" not in body
    assert measure(body).encoding == "GSM-7"


def test_a_text_names_the_due_date():
    assert "Payment was due November 1, 2026." in texting.body(statement(), link=LINK)
    later = statement(due_on=date(2026, 12, 1))
    assert "Payment due December 1, 2026." in texting.body(later, link=LINK)


def test_what_a_text_costs_is_known_before_there_is_a_link():
    cost = texting.cost(statement(), public_url="https://desk.example.com")
    assert cost == measure(texting.body(statement(), link=LINK))


def test_a_draft_is_told_with_amount_and_day():
    said = statement(autopay=AutoPay("card", 5, 14_800, date(2026, 12, 5)))
    assert phrases.autopay(said) == (
        "AutoPay will draw $148.00 from your card on December 5, 2026."
    )


def test_without_autopay_the_statement_says_how_to_pay():
    assert phrases.autopay(statement()) == (
        "AutoPay is off. Please pay at the office or call (512) 555-0100."
    )


def test_who_owes_nothing_is_not_asked_to_pay():
    said = statement(closing_cents=0, due_on=None)
    assert phrases.due(said) == "No payment is due"
    assert phrases.autopay(said) == ""


def test_who_has_paid_ahead_is_told_how_much():
    said = statement(closing_cents=-2_550, due_on=None)
    assert phrases.due(said) == "No payment is due; you have paid $25.50 ahead"


def test_a_reversal_is_shown_as_one_with_what_it_reverses():
    shown = phrases.of(statement())["lines"][2]
    assert shown["what"] == "Reversal: Returned by the bank"
    assert shown["note"] == "reverses: Check 1042"
    assert shown["amount"] == "$128.00"


def test_a_correction_says_that_it_is_one():
    assert phrases.of(statement(number=3))["correction"] == (
        "Correction no. 2; it replaces the statements issued before it."
    )
