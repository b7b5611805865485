"""Every code has plain words, and what is not listed leads to nothing automatic."""

from __future__ import annotations

import pytest

from tenantline.carrier.codes import Kind, known, meaning_of


def test_every_listed_code_has_one_plain_sentence() -> None:
    for meaning in known():
        assert meaning.words.endswith("."), meaning
        assert 10 < len(meaning.words) < 120, meaning


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (21610, Kind.STOP),
        (30004, Kind.STOP),
        (30005, Kind.PERMANENT),
        (30003, Kind.RETRY),
        (20003, Kind.ACCOUNT),
        (30034, Kind.ACCOUNT),
        (21609, Kind.BUG),
        (30410, Kind.UNKNOWN),
    ],
)
def test_what_follows_from_a_code(code: int, kind: Kind) -> None:
    assert meaning_of(code).kind is kind


def test_an_unlisted_code_names_itself_and_decides_nothing() -> None:
    meaning = meaning_of(39999)
    assert meaning.kind is Kind.UNKNOWN
    assert "39999" in meaning.words
