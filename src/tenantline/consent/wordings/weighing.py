"""How much a text sounds like a revocation: a linear model over all that is seen of it.

It sees the patterns that were found, the words, parts of words, and the order of their classes.
``weights.tsv`` was trained by ``scripts/train_revocation.py`` on the development texts in
``tests/consent/wordings``; nothing is learned or fetched at run time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from tenantline.consent.wordings.order import Row
from tenantline.consent.wordings.patterns import Match, denies
from tenantline.consent.wordings.weights import Weights

_MOST: Final = 60  # letters and words that are weighed
_FAR: Final = 4  # letters apart that still count as a pair
_MANY: Final = 8
_OFTEN: Final = 4096  # features whose weights are remembered
_NEAR: Final = 6  # words from a verb in which a topic is looked for
_REACH: Final = 3  # letters after a verb in which its object is looked for
_VERBS: Final = frozenset("SgeUCRrtnj0")
_CLAUSE_END: Final = re.compile(r"[.,]")
_PARTS: Final = (3, 4)  # characters in a part of a word


def features(row: Row, found: Sequence[Match]) -> set[str]:
    """Return what the model sees of a text in which the patterns ``found`` were found.

    The patterns' names and verdicts; its words, pairs of words and parts of words; rows of one to
    three letters, letters a little apart, its length; what stands after a verb like "stop".
    """
    words = row.heard[:_MOST]
    seen = {*_of_letters(row.letters[:_MOST]), *_of_words(words), *_of_parts(words)}
    seen.update(_of_patterns(row, found))
    seen.update(_of_objects(row))
    seen.update(_of_neighbours(row))
    seen.update(_of_topics(row))
    return seen


def weigh(row: Row, found: Sequence[Match]) -> float:
    """Return how much a text sounds like a revocation: above 0 more so than not."""
    of = _weight_of()
    return of("") + sum(map(of, sorted(features(row, found))))


def telling(row: Row) -> str:
    """Return the words that weighed most for a revocation, in their order."""
    of = _weight_of()
    pairs = zip(row.heard[:_MOST], row.words[:_MOST], strict=True)
    known = [(word, of(f"w{heard}")) for heard, word in pairs if word and word != "…"]
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
            yield f"b{before} {word}"
    said = [word for word in words if word]
    for before, word in zip(said, said[2:], strict=False):
        yield f"k{before} {word}"


def _of_objects(row: Row) -> Iterator[str]:
    """Yield what is to be stopped or removed: the words after such a verb, in its clause."""
    for at, verb in enumerate(row.letters[:_MOST]):
        if verb in _VERBS:
            clause = _CLAUSE_END.split(row.letters[at + 1 : at + 1 + _REACH])[0]
            for start, end in row.places[at + 1 : at + 1 + len(clause)]:
                yield from (f"o{verb}{word}" for word in row.heard[start:end])


def _of_neighbours(row: Row) -> Iterator[str]:
    """Yield each class with the word beside it: "not" or "never", then "text"."""
    firsts = [row.heard[start] for start, _ in row.places[:_MOST]]
    for (before, word), (letter, after) in pairwise(zip(row.letters, firsts, strict=False)):
        yield f"m{before}>{after}"
        yield f"m{word}<{letter}"


def _of_topics(row: Row) -> Iterator[str]:
    """Yield what else the text is about, and which topic comes next after or before a verb."""
    known = _topics()
    about = [known.get(word, "") for word in row.heard[:_MOST]]
    yield from (f"t{topic}" for topic in set(about))
    for (start, end), verb in zip(row.places, row.letters[:_MOST], strict=False):
        if verb in _VERBS or verb == "T":
            after = next(filter(None, about[end : end + _NEAR]), "")
            before = next(filter(None, reversed(about[max(0, start - _NEAR) : start])), "")
            yield f"u{verb}{after}"
            yield f"y{verb}{before}"


@cache
def _topics() -> dict[str, str]:
    """Return the topics of ``topics.txt`` by their words."""
    text = Path(__file__).with_name("topics.txt").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line and line[0] != "#":
            topic, _, words = line.partition(": ")
            for word in words.split():
                found.setdefault(word, topic)
                found.setdefault(f"{word}s", topic)
    return found


def _of_parts(words: tuple[str, ...]) -> Iterator[str]:
    for word in words:
        if word.isalpha():
            whole = f"<{word}>"
            for length in _PARTS:
                for at in range(len(whole) - length + 1):
                    yield f"c{whole[at : at + length]}"


def _of_patterns(row: Row, found: Sequence[Match]) -> Iterator[str]:
    for match in found:
        yield f"p{match.name}:{match.verdict}"
        yield f"v{match.verdict}"
    if not found:
        yield "v"
    if denies(row.letters):
        yield "d"


@cache
def _weight_of() -> Callable[[str], float]:
    """Return what tells a feature's weight; it remembers those that come up all the time."""
    with Path(__file__).with_name("weights.tsv").open("rb") as file:
        return lru_cache(maxsize=_OFTEN)(Weights(file).of)
