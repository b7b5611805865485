"""A text as a row of class letters, with the words they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tenantline.consent.wordings import lexicon
from tenantline.consent.wordings.plain import spelled

_TOKEN: Final = re.compile(
    r"[^\W_]+(?:[*@$][^\W_]+)*|[$@][^\W_]{2,}|[.!?;…\n]+|[,:()/&]|\s[-–—]\s|[🛑🚫⛔📵]|#"
)
_LONGEST: Final = 1600  # letters that are looked at


@dataclass(frozen=True, slots=True)
class Row:
    """``letters`` is one class after the other; ``words[i]`` is what ``letters[i]`` stands for."""

    letters: str
    words: tuple[str, ...]

    def said(self, start: int, end: int) -> str:
        """Return the words between two places in ``letters``."""
        return " ".join(dict.fromkeys(w for w in self.words[start:end] if w))


def row_of(text: str) -> Row:
    """Return the row of a text. Words that change nothing are left out."""
    tokens = _TOKEN.findall(spelled(text[:_LONGEST]))
    letters: list[str] = []
    words: list[str] = []
    at = 0
    while at < len(tokens):
        length, classes = _phrase(tokens, at)
        said = " ".join(tokens[at : at + length])
        at += length
        for letter in classes:
            if not lexicon.left_out(letter):
                letters.append(letter)
                words.append("" if letter in ".,&" else said)
    return Row("".join(letters), tuple(words))


def _phrase(tokens: list[str], at: int) -> tuple[int, str]:
    """Return how many tokens from ``at`` belong together, and their classes."""
    token = tokens[at]
    for words, classes in lexicon.lexicon().phrases.get(token, ()):
        if tuple(tokens[at : at + len(words)]) == words:
            return len(words), classes
    return 1, _mark(token) or lexicon.class_of(token)


def _mark(token: str) -> str:
    if token == "#":
        return "N"
    if token == "&":
        return "&"
    if token[0] in ".!?;…\n":
        return "."
    if token in ",:()/" or not token.strip(" -–—"):
        return ","
    return ""
