"""Train the linear model of consent.wordings.weighing on the development texts; write its weights.

Run by `make revocation-train`. The same texts give the same weights: the order of learning is
drawn from a fixed seed. The held-out texts are never read here.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tenantline.consent.wordings import order, patterns, quoted, weighing

ROOT = Path(__file__).parent.parent
DEVELOPMENT = ROOT / "tests/consent/wordings/development.csv"
WEIGHTS = Path(weighing.__file__).with_name("weights.tsv")
PASSES = 12
AVERAGED = 8  # of the last passes the mean is kept: it is steadier than where learning ended
RATE = 0.09
DECAY = 1e-4
SURE = 0.001  # a text that is decided so nearly right teaches nothing
LEAST = 0.05  # a weight nearer to nothing is left out
COMPOSED = 0.6  # longer texts made of two, for each text there is
# Each time a text is learned from, each way of seeing it (patterns, words, parts of words, the
# order of classes, what is to be stopped) is covered this often: none may lean on another.
COVERED = 0.4
WAYS = ("pvd", "wbk", "c", "otuy")  # first letters of features; all others are one way more

# How much of a revocation a text is. What is for a person to decide lies in the middle.
MUCH = {"revoke": 1.0, "ask": 0.5, "nothing": 0.0}

Example = tuple[list[str], float]


def main() -> None:
    """Read, learn, write."""
    draw = random.Random(20)  # noqa: S311 - no secret hangs on it
    texts = list(_texts())
    weights = learned(list(examples(texts, draw)), draw)
    lines = [f"{name}\t{weight:.2f}" for name, weight in sorted(weights.items())]
    head = "# Trained by scripts/train_revocation.py on the development texts. Feature, weight."
    WEIGHTS.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    print(f"{len(weights)} weights from {len(texts)} texts")


def _texts() -> Iterator[tuple[str, float]]:
    with DEVELOPMENT.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["label"] in MUCH:
                yield row["text"], MUCH[row["label"]]


def examples(texts: list[tuple[str, float]], draw: random.Random) -> Iterator[Example]:
    """Yield each text, and longer ones made of two: with one revocation in it, it is one."""
    ordinary = [text for text, revokes in texts if not revokes]
    for text, revokes in texts:
        yield _seen(text), revokes
        if draw.random() < COMPOSED:
            other = draw.choice(ordinary)
            pair = [text, other] if draw.random() < 0.5 else [other, text]
            yield _seen(". ".join(pair)), revokes


def _seen(text: str) -> list[str]:
    row = order.row_of(quoted.own_words(text))
    found = list(patterns.matches(row.letters))
    return sorted(map(sys.intern, weighing.features(row, found)))  # each name once in memory


def learned(data: list[Example], draw: random.Random) -> dict[str, float]:
    """Return the weights of a logistic regression, by feature; the constant's name is empty."""
    names, texts = _numbered(data)
    learner = Learner(len(names))
    total = [0.0] * (len(names) + 1)
    for number in range(PASSES):
        draw.shuffle(texts)
        for ways, revokes in texts:
            kept = [way for way in ways if draw.random() >= COVERED]
            learner.learn(kept, revokes)
        if number >= PASSES - AVERAGED:
            total = [sum(pair) for pair in zip(total, learner.weights, strict=True)]
    mean = dict(zip([*names, ""], (weight / AVERAGED for weight in total), strict=True))
    return {name: weight for name, weight in mean.items() if not name or abs(weight) >= LEAST}


Numbered = tuple[list[list[int]], float]


def _numbered(data: list[Example]) -> tuple[list[str], list[Numbered]]:
    """Return all features seen more than once, and the texts by their numbers, way by way."""
    often = Counter(name for names, _ in data for name in names)
    names = [name for name, times in often.items() if times > 1]
    numbers = {name: number for number, name in enumerate(names)}
    ways = [_way(name) for name in names]
    texts = []
    for seen, revokes in data:
        split: list[list[int]] = [[] for _ in range(len(WAYS) + 1)]
        for number in (numbers[name] for name in seen if name in numbers):
            split[ways[number]].append(number)
        texts.append((split, revokes))
    return names, texts


def _way(name: str) -> int:
    return next((at for at, firsts in enumerate(WAYS) if name[:1] in firsts), len(WAYS))


class Learner:
    """Logistic regression, a text at a time. The last weight is the constant."""

    def __init__(self, size: int) -> None:
        """Start with nothing learned about ``size`` features."""
        self.weights = [0.0] * (size + 1)
        self._slopes = [1e-6] * (size + 1)

    def learn(self, ways: list[list[int]], revokes: float) -> None:
        """Learn from one text, with steps that grow smaller the more often a feature was seen."""
        weights, slopes = self.weights, self._slopes
        total = weights[-1] + sum(sum(map(weights.__getitem__, way)) for way in ways)
        slope = 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - revokes
        if abs(slope) < SURE:
            return
        step, square = RATE * slope, slope * slope
        for number in chain(*ways, (-1,)):
            slopes[number] += square
            weight = weights[number]
            weights[number] = weight - step / math.sqrt(slopes[number]) - DECAY * weight


if __name__ == "__main__":
    main()
