"""What a cell says, or why it says nothing clear."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantline.imports import values
from tenantline.imports.dates import Order, day
from tenantline.imports.errors import Unreadable
from tenantline.kernel import phone


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("$1,234.50", 123450), ("(12.00)", -1200), ("-12", -1200), ("12.00-", -1200),
        ("1234.5", 123450), ("$ (1,000)", -100000), ("-$5", -500), ("$-5.25", -525),
        ("\N{MINUS SIGN}5", -500), ("12.00 CR", -1200), ("12.00 DR", 1200), ("USD 7", 700),
        ("7 USD", 700), (".50", 50), ("$ -", 0), ("+3", 300), ("0", 0),
    ],
)  # fmt: skip
def test_money_is_read_in_every_usual_form(cell, cents):
    assert values.cents(cell) == cents


@pytest.mark.parametrize(
    "cell",
    [
        "1.234,50",
        "1,23",
        "12.345",
        "1,2345.00",
        "--5",
        "-(5)",
        "1e3",
        "EUR 5",
        "five",
        "1 234",
        "()",
    ],
)
def test_money_that_could_mean_something_else_is_refused(cell):
    with pytest.raises(Unreadable):
        values.cents(cell)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("2026-03-04", date(2026, 3, 4)), ("2026/3/4", date(2026, 3, 4)),
        ("20260304", date(2026, 3, 4)), ("2026-03-04T00:00:00Z", date(2026, 3, 4)),
        ("12/25/2025", date(2025, 12, 25)), ("12-25-2025", date(2025, 12, 25)),
        ("3/3/2026", date(2026, 3, 3)), ("Mar 4, 2026", date(2026, 3, 4)),
        ("March 4 2026", date(2026, 3, 4)), ("4-Mar-2026", date(2026, 3, 4)),
        ("12/25/2025 12:00:00 AM", date(2025, 12, 25)), ("1/31/99", date(1999, 1, 31)),
        ("0000-00-00", None),
    ],
)  # fmt: skip
def test_dates_are_read_in_the_usual_us_and_iso_forms(cell, wanted):
    assert day(cell, is_us=False, this_year=2026) == wanted


@pytest.mark.parametrize(
    "cell",
    ["03/04/2026", "25/12/2025", "2026-02-30", "46085", "4/31/2026", "next week", "03/03/03",
     "1/1/0026", "2026-13-01", "12/25/1066"],
)  # fmt: skip
def test_a_date_that_is_ambiguous_or_none_is_refused(cell):
    with pytest.raises(Unreadable):
        day(cell, is_us=False, this_year=2026)


def test_a_column_decides_only_where_it_makes_sense_in_one_way():
    us, mixed, open_ = Order(), Order(), Order()
    for cell in ("03/04/2026", "12/25/2025"):
        us.see(cell)
    for cell in ("12/25/2025", "25/12/2025"):
        mixed.see(cell)
    open_.see("03/04/2026")
    assert (us.is_us, mixed.is_us, open_.is_us) == (True, False, False)


@pytest.mark.parametrize(
    "cell",
    ["(512) 555-0143", "512.555.0143", "512-555-0143", "5125550143", "+1 512 555 0143",
     "1-512-555-0143", "tel:+15125550143", "C: 512-555-0143", "512-555-0143 (cell)",
     "512 555 0143 m", "5125550143.0", "mobile 512-555-0143"],
)  # fmt: skip
def test_a_mobile_number_is_read_in_every_spelling(cell):
    assert values.phone_number(cell).number == "+15125550143"


@pytest.mark.parametrize(
    "cell",
    ["512-555-0143 (home)", "H: 512-555-0143", "w 512-555-0143", "512-555-0143 landline",
     "(Office) 512-555-0143", "Casa: 512 555 0143"],
)  # fmt: skip
def test_a_number_that_says_it_is_no_mobile_is_kept_as_home_phone(cell):
    found = values.phone_number(cell)
    assert (found.kind, found.number) == ("home", None)
    assert "512" in found.written


def test_a_number_in_a_home_column_is_never_a_mobile_whatever_it_says():
    assert values.phone_number("512-555-0143 (cell)", kind="home").number is None


@pytest.mark.parametrize(
    "cell",
    ["512-555-0143 x12", "555-0143", "5.12556E+09", "512-555-0143 / 512-555-0144", "12345",
     "call first", "512-555-0143 or 512-555-0144", "51255501431234"],
)  # fmt: skip
def test_a_mobile_number_that_is_not_clear_is_refused(cell):
    with pytest.raises(Unreadable):
        values.phone_number(cell)


@given(
    st.from_regex(r"(\+?1[ .-]?)?\(?[2-9][0-9]{2}\)?[ .-]?[0-9]{3}[ .-]?[0-9]{4}", fullmatch=True)
)
def test_the_quick_way_with_plain_numbers_says_what_the_slow_one_says(cell):
    assert values.phone_number(cell).number == phone.parse(cell)


@pytest.mark.parametrize(
    ("cell", "may"),
    [("Yes", True), ("y", True), ("SÍ", True), ("1", True), ("X", True), ("Opted In", True),
     ("No", False), ("n", False), ("FALSE", False), ("0", False), ("opted-out", False),
     ("Do not text", False), ("STOP", False), ("Declined", False), ("Unsubscribed", False)],
)  # fmt: skip
def test_yes_and_no_are_read_in_english_and_spanish(cell, may):
    assert values.yes_or_no(cell) is may


def test_a_yes_to_do_not_text_is_a_no():
    assert values.yes_or_no("Yes", question="must not") is False
    assert values.yes_or_no("No", question="must not") is True
    assert values.yes_or_no("Opted out", question="must not") is False


@pytest.mark.parametrize("cell", ["maybe", "2", "ask", "yes/no"])
def test_what_is_neither_yes_nor_no_is_refused(cell):
    with pytest.raises(Unreadable):
        values.yes_or_no(cell)


def test_languages_have_many_names_and_others_are_refused():
    assert {values.language(w) for w in ("English", "en-US", "ENG")} == {"en"}
    assert {values.language(w) for w in ("Español", "spanish", "es_MX", "SPA")} == {"es"}
    with pytest.raises(Unreadable):
        values.language("French")


def test_what_a_spreadsheet_wraps_around_text_is_taken_off():
    assert values.text('="00123"') == "00123"
    assert values.text("'+15125550143") == "+15125550143"
    assert values.text("\u200b Dana\xa0W ") == "Dana W"
    assert values.text('=HYPERLINK("x")') == '=HYPERLINK("x")'
    assert values.text("'t Hooft") == "'t Hooft"


def test_units_stand_between_commas_semicolons_bars_and_ampersands():
    assert values.unit_names("A1, B 2;C3 & D4 | A1") == ["A1", "B 2", "C3", "D4"]
