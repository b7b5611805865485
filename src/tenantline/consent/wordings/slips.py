"""Slips of the finger: which known word somebody meant who missed a key, or hit one too many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SHORTEST: Final = 4  # letters of a word whose slips are looked for
LONG: Final = 8  # letters from which two slips are allowed
_LONGEST: Final = 24  # letters; nothing that is looked for is longer, whatever slips into it
_BESIDE: Final = {  # keys beside each other on a phone
    key: row[max(0, i - 1) : i + 2].replace(key, "")
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for i, key in enumerate(row)
}


class Slips:
    """Words by themselves with one or two letters left out, so that near ones are found fast."""

    def __init__(self, words: Iterable[str], *, most: int = 2) -> None:
        """Index ``words`` of four letters and more; no more than ``most`` slips are allowed."""
        self._most = most
        self._index: dict[str, str] = {}  # the words in a row: a list of each takes more memory
        for word in words:
            if len(word) >= SHORTEST and word.isascii():
                for key in _shortened(word, 2 if len(word) >= LONG - 1 else 1):
                    known = self._index.get(key)
                    self._index[key] = f"{known} {word}" if known else word

    def meant(self, word: str) -> str:
        """Return the nearest word that a slip or two would explain, empty where none would."""
        if not SHORTEST - 1 <= len(word) <= _LONGEST or not word.isascii():
            return ""
        allowed = min(self._most, 2 if len(word) >= LONG else 1)
        best = allowed + 1, ""
        for key in sorted(_shortened(word, allowed)):
            for target in self._index.get(key, "").split():
                if allowed == 2 and len(target) < LONG - 1:
                    continue
                if begins_alike(word, target):
                    best = min(best, (distance(word, target), target))
        return best[1]


def begins_alike(word: str, target: str) -> bool:
    """Tell whether two words begin alike: the same key, the one beside it, or swapped letters."""
    first, meant = word[0], target[0]
    return first == meant or first in _BESIDE.get(meant, "") or word[:2] == target[1::-1]


def distance(one: str, other: str) -> int:
    """Return how many letters are missing, added, wrong or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _shortened(word: str, times: int) -> set[str]:
    found = {word}
    for _ in range(times):
        found |= {w[:i] + w[i + 1 :] for w in found for i in range(len(w))}
    return found
