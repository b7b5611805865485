"""Every code has plain words, and what is not listed leads to nothing automatic."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tenantline.carrier.codes import ACCOUNT_WIDE, NEXT, Kind, known, meaning_of

DOC = Path(__file__).parents[2] / "docs" / "sending.md"
# By what follows, as Twilio's pages have it.
CLASSES = {
    Kind.PERMANENT: [21211, 21612, 21614, 30005, 30006, 30007, 30019, 11751],
    Kind.RETRY: [20429, 21611, 30001, 30003, 30017, 30022, 30023, 30036, 30450, 30500, 30610],
    Kind.STOP: [21610, 30004, 30640],
    Kind.ACCOUNT: [
        *(10001, 20003, 20005, 20404, 90010, 21212, 21601, 21606, 21608, 21701, 21703, 21704),
        *(21705, 30002, 30024, 30032, 30033, 30034, 30035, 30037, 30044, 57012, 63038),
        *(572002, 572005, 572006),
    ],
    Kind.BUG: [14107, 21602, 21603, 21609, 21617, 21619, 21620, 21623],
    Kind.UNKNOWN: [20500, 20503, 30008, 30410, 39999],
}


def test_every_listed_code_has_one_plain_sentence() -> None:
    for meaning in known():
        assert meaning.words.endswith("."), meaning
        assert 10 < len(meaning.words) < 120, meaning


@pytest.mark.parametrize(
    ("code", "kind"), [(code, kind) for kind, found in CLASSES.items() for code in found]
)
def test_what_follows_from_a_code(code: int, kind: Kind) -> None:
    assert meaning_of(code).kind is kind


def test_each_kind_says_what_to_do_next() -> None:
    assert set(NEXT) == set(Kind)


def test_what_concerns_a_whole_account_is_an_accounts_trouble() -> None:
    assert all(meaning_of(code).kind is Kind.ACCOUNT for code in ACCOUNT_WIDE)


def test_the_document_lists_every_code_as_it_is() -> None:
    rows = re.findall(r"(?m)^\| (\d+) \| (\w+) \| (.+) \|$", DOC.read_text(encoding="utf-8"))
    assert rows == [(str(m.code), m.kind.value, m.words) for m in known()]


def test_an_unlisted_code_names_itself_and_decides_nothing() -> None:
    meaning = meaning_of(39999)
    assert meaning.kind is Kind.UNKNOWN
    assert "39999" in meaning.words
