"""A whole text that is one of the well-known short wordings, with a slip in it.

"Stio", "op tout", "no mroe texts" and "leave me alnoe" are seen through here, because all of the
text is looked at at once: inside longer texts so many slips would be too bold.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from tenantline.consent.wordings import lexicon
from tenantline.consent.wordings.plain import spelled, unstretched
from tenantline.consent.wordings.slips import Slips

_WORD: Final = re.compile(r"[^\W_]+")
_MOST: Final = 6  # words
_LEAST: Final = 3  # letters
_LIKE_S: Final = "zxwec"


def meant(text: str) -> str:
    """Return the well-known wording that a whole text was meant to be, empty for none."""
    words = [unstretched(word) for word in _WORD.findall(spelled(text))]
    if len(words) > 2 * _MOST:
        return ""
    words = [word for word in words if lexicon.class_of(word) != "p"]
    letters = "".join(words)
    if not words or len(words) > _MOST or len(letters) < _LEAST:
        return ""
    wordings, slips = _wordings()
    if letters not in wordings and not _has_a_slip(words):
        return ""
    return wordings.get(slips.meant(letters), "") or wordings.get(_with_s(letters), "")


def _with_s(letters: str) -> str:
    """Return a wording that begins with a key beside S, or sounds so ("ztop"), with its S."""
    return f"s{letters[1:]}" if letters[0] in _LIKE_S else ""


def _has_a_slip(words: list[str]) -> bool:
    """Tell whether a word is none that we know: "stop in" is not meant to be "stop it"."""
    known = lexicon.lexicon().known
    return not any(map(str.isdecimal, words)) and any(word not in known for word in words)


@cache
def _wordings() -> tuple[dict[str, str], Slips]:
    """Return the wordings by their letters alone, and what finds them."""
    text = Path(__file__).with_name("wholes.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line and line[0] != "#"]
    by_letters = {line.replace(" ", ""): line for line in lines}
    return by_letters, Slips(by_letters, most=1)
