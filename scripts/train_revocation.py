"""Train the linear model of consent.wordings.weighing on the development texts; write its weights.

Run by `make revocation-train`. The same texts give the same weights: the order of learning is
drawn from a fixed seed. The held-out texts are never read here.
"""

from __future__ import annotations

import csv
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tenantline.consent.wordings import order, patterns, quoted, weighing

ROOT = Path(__file__).parent.parent
DEVELOPMENT = ROOT / "tests/consent/wordings/development.csv"
WEIGHTS = Path(weighing.__file__).with_name("weights.tsv")
EPOCHS = 12
RATE = 0.09
DECAY = 3e-4
SURE = 0.001  # a text that is decided so nearly right teaches nothing
LEAST = 0.1  # a weight nearer to nothing is left out
COMPOSED = 0.6  # longer texts made of two, for each text there is

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
    return sorted(weighing.features(row, list(patterns.matches(row.letters))))


def learned(data: list[Example], draw: random.Random) -> dict[str, float]:
    """Return the weights of a logistic regression, by feature; the constant's name is empty."""
    often = Counter(name for names, _ in data for name in names)
    data = [([name for name in names if often[name] > 1], revokes) for names, revokes in data]
    weights: dict[str, float] = {"": 0.0}
    slopes: dict[str, float] = {}
    for _ in range(EPOCHS):
        draw.shuffle(data)
        for names, revokes in data:
            _step(weights, slopes, ["", *names], revokes)
    return {name: w for name, w in weights.items() if not name or abs(w) >= LEAST}


def _step(
    weights: dict[str, float], slopes: dict[str, float], names: Iterable[str], revokes: float
) -> None:
    """Learn from one text, with steps that grow smaller the more often a feature was seen."""
    names = list(names)
    total = sum(weights.get(name, 0.0) for name in names)
    slope = 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - revokes
    if abs(slope) < SURE:
        return
    for name in names:
        slopes[name] = slopes.get(name, 1e-6) + slope * slope
        weight = weights.get(name, 0.0)
        weights[name] = weight - RATE * slope / math.sqrt(slopes[name]) - DECAY * weight


if __name__ == "__main__":
    main()
