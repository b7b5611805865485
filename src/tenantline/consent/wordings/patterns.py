"""The order of words: which rows of class letters are a revocation, and which are unclear.

``patterns.txt`` holds them. A gap in a pattern never runs over the end of a sentence, and most not
over a word that names something else to be stopped (``O``) or another channel (``E``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final, Literal

_END: Final = r"(?=$|[.,])"
# "don't stop", "do not unsubscribe me", "never said stop": what is denied is not done.
_DENIED: Final = re.compile(
    r"[nj](?:[WcPkDdT]{0,3}|x[TMP])(?:[Sge]|[UuCR][^.,]*)|[nj]W[^.,]{0,3}[Sg]"
    r"|W[^.,]{0,3}n[Ss]|b[^.]{0,4}[SU]|[SU]{1,2}[^.]{0,2}b"
)
# "not getting the texts": somebody would like to have them.
_MISSES: Final = re.compile(r"(?:j|hn|nX?)G(?![^.]{0,4}[SU])")
# "at night", "until Friday", "only", "if", "but keep": only part of a wish, or not yet one
_NARROWED_AFTER: Final = re.compile(r"[MmNTVdDA]{0,3}[xF]{0,1}[zyv]|[^.]{0,2}&y")
_NARROWED_BEFORE: Final = re.compile(r"(?:[iy][^.,&]*|(?:^|[.,])X?z[^.,&]*)\Z")
_KEEPS: Final = re.compile(r"(?<!W)k[mdF]?[TAL](?!M)")


Verdict = Literal["revoke", "lean", "ask"]
_VERDICTS: Final[dict[str, Verdict]] = {"revoke": "revoke", "lean": "lean", "ask": "ask"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One order of words: what it is called in reports, and what it decides.

    Those that are tried ``first`` hold whatever is denied or narrowed around them, ``whole`` ones
    whatever narrows them.
    """

    name: str
    how: str
    verdict: Verdict
    shape: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern was found, and what it decides there; what is narrowed only asks."""

    name: str
    verdict: Verdict
    start: int
    end: int


def matches(letters: str) -> Iterator[Match]:
    """Yield what is found in a row of letters, in the order in which it is to be believed."""
    granted = _DENIED.sub(lambda denied: "~" * len(denied[0]), letters)
    for pattern in _patterns():
        found = pattern.shape.search(letters if pattern.how == "first" else granted)
        if found:
            whole = pattern.how != "then" or not _is_narrowed(granted, *found.span())
            yield Match(pattern.name, pattern.verdict if whole else "ask", *found.span())


def denies(letters: str) -> bool:
    """Tell whether a text denies a revocation, or misses texts that it would like to have."""
    return bool(_DENIED.search(letters) or _MISSES.search(letters))


def _is_narrowed(letters: str, start: int, end: int) -> bool:
    return bool(
        _NARROWED_AFTER.match(letters, end)
        or _NARROWED_BEFORE.search(letters[:start])
        or _KEEPS.search(letters)
    )


@cache
def _patterns() -> tuple[Pattern, ...]:
    text = Path(__file__).with_name("patterns.txt").read_text(encoding="utf-8")
    rows = [line.split(" | ", 3) for line in text.splitlines() if line and line[0] != "#"]
    found = []
    for (how, verdict, name), lines in groupby(rows, key=lambda row: tuple(row[:3])):
        shape = "|".join(line[3] for line in lines).replace("<end>", _END)
        found.append(Pattern(name, how, _VERDICTS[verdict], re.compile(shape)))
    return tuple(found)
