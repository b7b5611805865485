"""Money and sentences as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantline.kernel.money import format_cents
from tenantline.kernel.text import one_sentence


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "$0.00"),
        (5, "$0.05"),
        (123_450, "$1,234.50"),
        (-1_200, "\u2212$12.00"),
        (100_000_000, "$1,000,000.00"),
    ],
)
def test_cents_are_written_as_dollars(cents: int, words: str) -> None:
    assert format_cents(cents) == words


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  connection\n\trefused  ", "connection refused"),
        ("It failed here. Try later.", "It failed here."),
        ("Ask Dr. Smith at 1.5 Main St. Now", "Ask Dr. Smith at 1.5 Main St. Now"),
        ("What? No.", "What?"),
        ("see example.com. and more", "see example.com. and more"),
        ("", ""),
    ],
)
def test_any_text_becomes_one_sentence(text: str, sentence: str) -> None:
    assert one_sentence(text) == sentence


@given(st.text(max_size=500), st.integers(2, 300))
def test_a_sentence_is_one_line_within_its_limit(text: str, limit: int) -> None:
    sentence = one_sentence(text, limit)
    assert len(sentence) <= limit
    assert "\n" not in sentence
