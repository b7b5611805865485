"""Splits a text into what people see as single characters (Unicode's grapheme clusters, UAX #29).

Compact on purpose: Python has no such function and a library for it would be the only one that a
count of segments needs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

_JOINER: Final = "\u200d"
_MARKS: Final = frozenset({"Mn", "Me", "Mc"})
_CONTROLS: Final = frozenset({"Cc", "Zl", "Zp"})


def graphemes(text: str) -> Iterator[str]:
    """Yield the characters of a text as people see them.

    Combining marks, variation selectors, skin tones, keycaps, joined emoji,
    pairs of flag letters and Korean syllables stay whole. Rare Indic conjuncts do not.
    """
    start, flags = 0, 0
    for index in range(1, len(text)):
        flags = flags + 1 if _is_flag(text[index - 1]) else 0
        if not _joined(text, index, flags):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _joined(text: str, index: int, flags: int) -> bool:
    """Say whether no border lies before ``text[index]``, right after ``flags`` flag letters."""
    before, character = text[index - 1], text[index]
    if max(before, character) < "\u0300":
        return False  # the usual case, quickly
    if unicodedata.category(before) in _CONTROLS:
        return False
    if _extends(character):
        return True
    if _is_flag(character):
        return flags % 2 == 1
    if before == _JOINER:
        return _is_pictograph(character) and _ends_in_pictograph(text, index - 1)
    return _is_korean_pair(before, character)


def _extends(character: str) -> bool:
    return (
        unicodedata.category(character) in _MARKS
        or character in "\u200c\u200d\uff9e\uff9f"
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # tags in the flags of regions
    )


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_pictograph(character: str) -> bool:
    # The blocks that emoji come from; in the older ones they are symbols by category.
    return "\U0001f000" <= character <= "\U0001faff" or (
        "\u2000" <= character <= "\u3300" and unicodedata.category(character) in {"So", "Sm"}
    )


def _ends_in_pictograph(text: str, joiner: int) -> bool:
    index = joiner - 1
    while index >= 0 and _extends(text[index]):
        index -= 1
    return index >= 0 and _is_pictograph(text[index])


def _is_korean_pair(before: str, character: str) -> bool:
    if not ("\u1100" <= character <= "\u11ff" or "\uac00" <= character <= "\ud7a3"):
        return False
    if "\u1100" <= before <= "\u115f":
        return character <= "\u11a7" or character >= "\uac00"
    open_syllable = "\uac00" <= before <= "\ud7a3" and (ord(before) - 0xAC00) % 28 == 0
    if open_syllable or "\u1160" <= before <= "\u11a7":
        return "\u1160" <= character <= "\u11ff"
    closed = "\uac00" <= before <= "\ud7a3" or "\u11a8" <= before <= "\u11ff"
    return closed and "\u11a8" <= character <= "\u11ff"
