"""Segments as Twilio's calculator counts them; the table's figures come from running it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantline.kernel.graphemes import graphemes
from tenantline.kernel.segments import (
    GSM_BASIC,
    GSM_EXTENSION,
    Measure,
    measure,
    plain_form,
    utf16_units,
)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
GSM_TEXT = st.text(st.sampled_from(GSM_BASIC + GSM_EXTENSION), max_size=700)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", Measure("GSM-7", 1, 0, 160, None)),
        ("a" * 160, Measure("GSM-7", 1, 160, 0, None)),
        ("a" * 161, Measure("GSM-7", 2, 161, 145, None)),
        ("a" * 306, Measure("GSM-7", 2, 306, 0, None)),
        ("a" * 307, Measure("GSM-7", 3, 307, 152, None)),
        ("{" + "a" * 158, Measure("GSM-7", 1, 160, 0, None)),
        ("{" + "a" * 159, Measure("GSM-7", 2, 161, 145, None)),
        # The euro's pair does not fit into the last septet of a part and moves on whole.
        ("a" * 152 + "€" + "a" * 152, Measure("GSM-7", 3, 306, 152, None)),
        ("ж" * 70, Measure("UCS-2", 1, 70, 0, "ж")),
        ("ж" * 71, Measure("UCS-2", 2, 71, 63, "ж")),
        ("ж" * 134, Measure("UCS-2", 2, 134, 0, "ж")),
        ("ж" * 135, Measure("UCS-2", 3, 135, 66, "ж")),
        ("\U0001f61c" + "2" * 68, Measure("UCS-2", 1, 70, 0, "\U0001f61c")),
        ("\U0001f61c" + "2" * 69, Measure("UCS-2", 2, 71, 63, "\U0001f61c")),
        ("a" * 60 + FAMILY, Measure("UCS-2", 2, 71, 56, FAMILY)),
        ("it`s", Measure("UCS-2", 1, 4, 66, "`")),
        ("one\r\ntwo", Measure("GSM-7", 1, 7, 153, None)),
    ],
)
def test_a_text_measures_as_at_twilio(body: str, expected: Measure) -> None:
    assert measure(body) == expected


@pytest.mark.parametrize(
    "cluster",
    [
        FAMILY,
        "\U0001f44d\U0001f3fd",
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
        "\U0001f1fa\U0001f1f8",
        "e\u0301",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "\U0001f3f3\ufe0f\u200d\U0001f308",
        "\u1112\u1161\u11ab",
    ],
)
def test_what_a_person_sees_as_one_character_stays_whole(cluster: str) -> None:
    assert list(graphemes(f"a{cluster}b{cluster}{cluster}")) == [
        "a",
        cluster,
        "b",
        cluster,
        cluster,
    ]


@given(st.text(max_size=300))
def test_splitting_loses_nothing(text: str) -> None:
    assert "".join(graphemes(text)) == text


@given(st.text(max_size=700))
def test_the_units_fill_the_segments(body: str) -> None:
    result = measure(body)
    room = {"GSM-7": (160, 153), "UCS-2": (70, 67)}[result.encoding][result.segments > 1]
    assert 0 <= result.left <= room
    assert result.units <= result.segments * room - result.left
    assert (result.costly is None) == (result.encoding == "GSM-7")


@given(GSM_TEXT)
def test_gsm_characters_never_force_the_dear_encoding(body: str) -> None:
    assert measure(body).encoding == "GSM-7"


@given(st.text(max_size=300), st.text(max_size=20))
def test_more_text_never_costs_less_within_one_encoding(body: str, more: str) -> None:
    shorter, longer = measure(body), measure(body + more)
    assert shorter.encoding != longer.encoding or longer.segments >= shorter.segments


@given(st.text(max_size=200))
def test_utf16_units_are_what_utf16_takes(body: str) -> None:
    assert utf16_units(body) == len(body.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        ("\u201cIt\u2019s due\u201d \u2013 now\u2026", '"It\'s due" - now...'),
        ("Unit\u00a012\u200b", "Unit 12"),
        ("1\u00bd months, \u00bd off", "1 1/2 months, 1/2 off"),
        ("\uff21\uff22 \u2022 \ufb01ne\u2122", "AB - fineTM"),
        ("\u2212$12.00", "-$12.00"),
        ("e\u0301", "\u00e9"),
        ("10\u00b2 s\u00ed \U0001f44d", "10\u00b2 s\u00ed \U0001f44d"),
    ],
)
def test_the_plain_form_changes_looks_and_not_meaning(body: str, plain: str) -> None:
    assert plain_form(body) == plain


@given(st.text(max_size=200))
def test_a_second_pass_of_the_plain_form_changes_nothing(body: str) -> None:
    once = plain_form(body)
    assert plain_form(once) == once


@given(GSM_TEXT)
def test_a_cheap_text_is_its_own_plain_form(body: str) -> None:
    assert plain_form(body) == body
