"""Whole numbers in text from outside."""

import pytest

from tenantline.kernel.digits import whole_number


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("42", 42), ("007", 7), ("9" * 17, 10**17 - 1)]
)
def test_digits_are_a_number(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", " 1", "1\n", "-1", "+1", "1_000", "1.0", "0x1", "²", "٣"])
def test_anything_else_is_none(text):
    assert whole_number(text) is None


def test_what_a_database_may_not_hold_is_none():
    assert whole_number("1" * 18) is None
    assert whole_number("1" * 1_000_000) is None


def test_a_place_may_take_fewer_digits_or_more():
    assert whole_number("999", most=3) == 999
    assert whole_number("1000", most=3) is None
    assert whole_number("1" * 19, most=19) == int("1" * 19)
