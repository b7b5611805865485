"""Plain stop words of other languages, which the rows of classes do not know."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from tenantline.consent.wordings import lexicon
from tenantline.consent.wordings.plain import spelled

_NOTHING: Final = "p-&"  # classes of courtesies, articles and "and"
_LETTERS: Final = re.compile(r"[^\W_]+")


def stop_words(text: str) -> str:
    """Return the words of another language that ask to stop, empty where there are none."""
    alone, parts = _tables()
    plain = spelled(text)
    words = [w for w in _LETTERS.findall(plain) if _first_class(w, alone) not in _NOTHING]
    if words and all(word in alone for word in words):
        return " ".join(words)
    if plain.isascii():
        return ""
    return next((part for part in parts if part in plain), "")


def _first_class(word: str, alone: frozenset[str]) -> str:
    return "x" if word in alone else lexicon.class_of(word)


@cache
def _tables() -> tuple[frozenset[str], tuple[str, ...]]:
    alone, parts = [], []
    text = Path(__file__).with_name("foreign.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        kind, _, words = line.partition(" ")
        if kind == "word":
            alone.append(words)
        elif kind == "part":
            parts.append(spelled(words))
    return frozenset(alone), tuple(parts)
