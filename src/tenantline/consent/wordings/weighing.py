"""A second opinion: a linear model over words and over the order of their classes.

It is asked where no pattern decides. ``weights.tsv`` was trained by ``scripts/train_revocation.py``
on the development texts in ``tests/consent/wordings``; nothing is learned or fetched at run time.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from tenantline.consent.wordings.order import Row

_MOST: Final = 60  # letters and words that are weighed
_FAR: Final = 4  # letters apart that still count as a pair
_MANY: Final = 8


def features(row: Row) -> set[str]:
    """Return what the model sees of a text.

    Its words and pairs of words, rows of one to three letters, letters a little apart, its length.
    """
    return {*_of_letters(row.letters[:_MOST]), *_of_words(row.heard[:_MOST])}


def weigh(row: Row) -> float:
    """Return how much a text sounds like a revocation: above 0 more so than not."""
    weights = _weights()
    return weights[""] + sum(weights.get(feature, 0.0) for feature in sorted(features(row)))


def telling(row: Row) -> str:
    """Return the words that weighed most for a revocation, in their order."""
    weights = _weights()
    pairs = zip(row.heard[:_MOST], row.words[:_MOST], strict=True)
    known = [(word, weights.get(f"w{heard}", 0.0)) for heard, word in pairs if word and word != "…"]
    told = [word for word, weight in known if weight > 0]
    return " … ".join(told or [word for word, _ in known][:6])


def _of_letters(letters: str) -> Iterator[str]:
    inner = letters.strip(".,")
    row = f"^{inner}$"
    for i, letter in enumerate(row):
        yield f"1{letter}"
        yield f"2{row[i : i + 2]}"
        yield f"3{row[i : i + 3]}"
        for j in range(i + 2, min(i + _FAR + 1, len(row))):
            if "." in row[i + 1 : j]:
                break
            yield f"s{letter}{row[j]}"
    yield f"n{min(len(inner), _MANY)}"


def _of_words(words: tuple[str, ...]) -> Iterator[str]:
    for before, word in pairwise(("", *words)):
        if word:
            yield f"w{word}"
        if word and before:
            yield f"b{before} {word}"


@cache
def _weights() -> dict[str, float]:
    text = Path(__file__).with_name("weights.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {feature: float(weight) for feature, weight in rows}
