# ruff: noqa: RUF001 - the dashes are the point
"""A text as a row of class letters, with the words they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from tenantline.consent.wordings import lexicon, slips
from tenantline.consent.wordings.plain import spelled, unstretched

_PIECE: Final = re.compile(
    r"[^\W_]+(?:[*@$][^\W_]+)*|[$@][^\W_]{2,}|[.!?;…\n]+|[,:()/&]|\s[-–—]\s|[🛑🚫⛔📵📱❌]|#"
)
_CURSES: Final = re.compile(r"\b(?:the|da)\s+(?:hell|fuck|heck)\b|\btf\b|\bfucking\b")
# "opt my wife in" (not "my number out", nor what is denied) is the reverse of opting out
_OPTS_IN: Final = re.compile(
    r"(?<!not )(?<!dont )(?<!didnt )(?<!never )(?<!undo )"
    r"\bopt((?:\s+(?!out|of\b|put\b)[a-z]+){1,4}?)\s+(?:back\s+)?in\b(?![^.!?\n]*\bout\b)"
)
_NEAR_STOP: Final = re.compile(r"[a-z]{3,5}")
_TEXTING: Final = re.compile(r"[a-z]{3,}(?:in|n)g?")
_DETERMINER: Final = re.compile(
    r"the|an?|my|our|your|ur|his|her|their|th(?:is|at|ese|ose)"
    r"|el|la|los|las|mis?|sus?|una?|es[ae]|est(?:e|a|os|as)"
)
_GAP: Final = "…"
_LONGEST: Final = 1600  # letters that are looked at


@dataclass(frozen=True, slots=True)
class Row:
    """``letters`` is one class after the other; ``places[i]`` is which words ``letters[i]`` is.

    ``heard`` are all words of the text in plain spelling (a mark is empty, or ``?``), ``words`` the
    same as they may be shown and kept: an ellipsis for what is nobody's business here (names,
    figures).
    """

    letters: str
    places: tuple[tuple[int, int], ...]
    words: tuple[str, ...]
    heard: tuple[str, ...]

    def said(self, start: int, end: int) -> str:
        """Return the words that the letters between two places stand for."""
        if start >= end:
            return ""
        words = self.words[self.places[start][0] : self.places[end - 1][1]]
        return " ".join(word for word, _ in groupby(words) if word).strip(f" {_GAP}")

    @property
    def shown(self) -> str:
        """Return the whole text as it may be shown and kept."""
        return self.said(0, len(self.letters))


def row_of(text: str) -> Row:
    """Return the row of a text. Words that change nothing have no letter."""
    pieces = _pieces(text)
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    words: list[str] = []
    at = 0
    while at < len(pieces):
        length, classes = _phrase(pieces, at)
        if classes == "x" and at and _DETERMINER.fullmatch(pieces[at - 1]):
            classes = "O"  # "stop the lockout": a thing, whatever it may be
        words += [_shown(piece, classes) for piece in pieces[at : at + length]]
        for letter in classes:
            if not lexicon.left_out(letter):
                letters.append(letter)
                places.append((at, at + length))
        at += length
    return Row("".join(letters), tuple(places), tuple(words), tuple(_heard(pieces)))


def _pieces(text: str) -> list[str]:
    """Return the words and marks of a text; words that were run together stand apart."""
    plain = _OPTS_IN.sub(r"enroll\1", _CURSES.sub("", spelled(text[:_LONGEST])))
    found = _PIECE.findall(plain)
    parts = (part for piece in found for part in lexicon.parts(unstretched(piece)))
    pieces = [lexicon.plain_word(part) for part in parts]
    return [_before_texting(piece, after) for piece, after in pairwise((*pieces, ""))]


def _before_texting(piece: str, after: str) -> str:
    """Return "stop" or "quit" for what is one slip from it, where "texting" or the like follows."""
    if not _NEAR_STOP.fullmatch(piece) or not _TEXTING.fullmatch(after):
        return piece
    if lexicon.class_of(after) not in "TKV":
        return piece
    return next((w for w in ("stop", "quit") if slips.distance(piece, w) == 1), piece)


def _heard(pieces: list[str]) -> list[str]:
    return [_heard_mark(piece) if _mark(piece) in (".", ",") else piece for piece in pieces]


def _heard_mark(mark: str) -> str:
    """Return what is heard of a mark: only whether it asks."""
    return "?" if "?" in mark else ""


def _shown(piece: str, classes: str) -> str:
    """Return a word as the ledger may keep it: one that is in the lexicon, else an ellipsis."""
    if _mark(piece) in (".", ","):
        return ""
    known = piece in lexicon.lexicon().known or classes not in ("x", "O")
    return piece if known and not piece.isdecimal() else _GAP


def _phrase(pieces: list[str], at: int) -> tuple[int, str]:
    """Return how many pieces from ``at`` belong together, and their classes."""
    piece = pieces[at]
    for words, classes in lexicon.lexicon().phrases.get(piece, ()):
        if tuple(pieces[at : at + len(words)]) == words:
            return len(words), classes
    return 1, _mark(piece) or lexicon.class_of(piece)


def _mark(piece: str) -> str:
    if piece == "#":
        return "N"
    if piece == "&":
        return "&"
    if piece[0] in ".!?;…\n":
        return "."
    if piece in ",:()/" or not piece.strip(" -–—"):
        return ","
    return ""
