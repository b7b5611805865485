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
    alone, parts, phrases = _tables()
    plain = spelled(text)
    words = [w for w in _LETTERS.findall(plain) if _first_class(w, alone) not in _NOTHING]
    if words and all(word in alone for word in words):
        return " ".join(words)
    row = f" {' '.join(_LETTERS.findall(plain))} "
    said = next((phrase for phrase in phrases if f" {phrase} " in row), "")
    if said or plain.isascii():
        return said
    return next((part for part in parts if part in plain), "")


def _first_class(word: str, alone: frozenset[str]) -> str:
    return "x" if word in alone else lexicon.class_of(word)


@cache
def _tables() -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    alone, parts, phrases = [], [], []
    text = Path(__file__).with_name("foreign.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        kind, _, words = line.partition(" ")
        if kind == "word":
            alone.append(spelled(words))
        elif kind == "part":
            parts.append(spelled(words))
        elif kind == "phrase":
            phrases.append(words)
    return frozenset(alone), tuple(parts), tuple(phrases)
