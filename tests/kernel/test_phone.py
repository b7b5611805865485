"""Phone numbers: every usual spelling, and nothing that is not one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from tenantline.kernel import phone
from tenantline.kernel.errors import BadInput
from tenantline.kernel.phone import Number

AUSTIN = Number("+15125550143")


@pytest.mark.parametrize(
    "text",
    [
        "(512) 555-0143",
        "512-555-0143",
        "512.555.0143",
        "5125550143",
        "15125550143",
        "1-512-555-0143",
        "+1 512 555 0143",
        " tel:+1-512-555-0143 ",
        "512\u00a0555\u20110143",
        "\u202a+1 (512) 555\u20110143\u202c",
        "\uff0b\uff11 512 555 0143",
    ],
)
def test_every_usual_spelling_is_the_same_number(text: str) -> None:
    assert phone.parse(text) == AUSTIN


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("512-555-0143 x12", "extension"),
        ("512-555-0143 ext. 9", "extension"),
        ("512-555-0143,,9", "extension"),
        ("tel:+15125550143;ext=4", "extension"),
        ("5125550143 (cell)", "digits"),
        ("none", "digits"),
        ("28777", "short code"),
        ("512 555 014", "digits"),
        ("512-555-0143 / 512-555-0144", "phone number"),
        ("911", "short code"),
        ("+999 555 0143 000", "phone number"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(text: str, word: str) -> None:
    with pytest.raises(BadInput, match=word) as refused:
        phone.parse(text)
    assert refused.value.field == "mobile"


def test_a_number_from_abroad_needs_its_country_code() -> None:
    assert phone.parse("+44 7700 900123") == "+447700900123"
    assert phone.parse("07700 900123", region="GB") == "+447700900123"


def test_a_fictional_number_is_a_number() -> None:
    assert phone.parse("(555) 010-1234") == "+15550101234"
    assert phone.textable(Number("+15550101234"))


@given(st.text(max_size=40))
def test_whatever_is_typed_a_number_reads_back_as_itself(text: str) -> None:
    try:
        number = phone.parse(text)
    except BadInput:
        return
    assert phone.parse(number) == number


@given(st.from_regex(r"\+1[2-9][0-9]{9}", fullmatch=True))
def test_the_national_form_reads_back_as_the_same_number(text: str) -> None:
    assert phone.parse(phone.national(Number(text))) == text


def test_numbers_are_shown_as_people_read_them() -> None:
    assert phone.national(AUSTIN) == "(512) 555-0143"
    assert phone.national(Number("+447700900123")) == "+44 7700 900123"
    assert phone.national(Number("28777")) == "28777"


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+15125550143", {"America/Chicago"}),
        ("+12125550143", {"America/New_York"}),
        ("+18125550143", {"America/New_York", "America/Chicago"}),
        ("+18505550143", {"America/New_York", "America/Chicago"}),
        ("+18005550143", set()),
        ("+15005550006", set()),
        ("+15550101234", set()),
        ("28777", set()),
    ],
)
def test_a_prefix_means_the_zones_of_its_places(number: str, zones: set[str]) -> None:
    assert phone.zones(Number(number)) == zones


def test_every_zone_that_a_prefix_may_mean_exists() -> None:
    for zone in {zone for zones in TIMEZONE_DATA.values() for zone in zones}:
        assert ZoneInfo(zone)


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("+15125550143", True),
        ("+16045550143", True),
        ("+17875550143", True),
        ("+18005550143", True),
        ("+19005550143", False),
        ("+19115550143", False),
        ("+15120550143", False),
        ("+15129110143", False),
        ("+18765550143", False),
        ("+447700900123", False),
        ("28777", False),
    ],
)
def test_only_numbers_at_home_can_be_texted(number: str, answer: bool) -> None:
    assert phone.textable(Number(number)) is answer


@pytest.mark.parametrize(
    ("text", "answer"), [("28777", True), (" 7726 ", True), ("5125550143", False)]
)
def test_a_short_code_is_recognised(text: str, answer: bool) -> None:
    assert phone.looks_like_short_code(text) is answer


@pytest.mark.parametrize("text", ["555-0143", "5550143", "+1 555 0143"])
def test_a_number_without_its_area_code_is_refused(text):
    with pytest.raises(BadInput):
        phone.parse(text)
