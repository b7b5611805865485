"""Whatever stands in a name or a text can be shown, and cannot deceive."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tenantline.kernel.glyphs import printable


def test_letters_of_europe_and_the_near_east_stay_as_they_are():
    words = "Zoë Łukasz Ελένη Жанна \u05e9\u05dc\u05d5\u05dd “quoted” 5 €"
    assert printable(words) == words


def test_what_the_fonts_lack_is_named():
    assert printable("\u4f60 \U0001f642") == "[U+4F60] [slightly smiling face]"


def test_what_would_deceive_is_named():
    assert printable("a\u202eb\x07") == "a[U+202E]b[U+0007]"


def test_an_endless_word_may_be_broken_but_no_code():
    assert "\u200b" in printable("W" * 30)
    code = "SM" + "a1" * 16
    assert printable(code) == code


@given(st.text(max_size=60))
def test_no_text_makes_it_stumble_and_lines_stay_lines(text: str):
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert printable(text).count("\n") == plain.count("\n")
