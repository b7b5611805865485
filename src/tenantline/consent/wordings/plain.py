# ruff: noqa: RUF001 - the look-alikes are the point
"""Letters: one plain spelling for full-width, accented, look-alike, spaced and stretched ones."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Letters of other scripts (and signs) that are drawn like a Latin one.
_LOOK_ALIKES: Final = str.maketrans(
    "асеорхуіјѕтнквмгԁԛԝѡοαεικνρτυχωηβλπѵɡıℓѐёӧ",
    "aceopxyijsthkbmrdqwwoaeiknptuxwnblnvgileeo",
)
_SIGNS: Final = str.maketrans("0135$@!|", "oless" + "ail")
_APOSTROPHES: Final = re.compile(r"['’‘`´ʼ;](?=(?:t|m|s|re|ve|ll|d|all)\b)")
_SPACED: Final = re.compile(r"(?<![^\W_])[^\W\d_](?:[\s.\-_*·,/\\|]{1,3}[^\W\d_](?![^\W_])){2,}")
_NOT_ACCENTED: Final = str.maketrans({"đ": "d", "ß": "ss", "ı": "i", "ł": "l", "ø": "o"})
_APART: Final = re.compile(r"[\W\d_]+")
_STRETCHED: Final = re.compile(r"(.)\1{2,}")
_MASKED: Final = re.compile(r"\b(f|sh|b|a|d)[*#@$%&!\-]{1,4}([a-z]{0,6})")
_LATIN: Final = re.compile(r"[a-z]")
_CYRILLIC_OR_GREEK: Final = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_MARKED: Final = re.compile(r"[^\x00-\x7f]")


def spelled(text: str) -> str:
    """Return ``text`` in lower case, NFKC, without invisible characters, accents and apostrophes.

    Scripts other than Latin keep their letters.
    """
    plain = unicodedata.normalize("NFKC", text)
    if _MARKED.search(plain):
        plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
        plain = _APOSTROPHES.sub("", plain.casefold())
        apart = unicodedata.normalize("NFKD", plain.translate(_NOT_ACCENTED))
        plain = unicodedata.normalize("NFC", "".join(c for c in apart if not _is_accent(c)))
    else:
        plain = _APOSTROPHES.sub("", plain.casefold())
    plain = _MASKED.sub(_unmasked, plain)
    return _SPACED.sub(lambda found: _APART.sub("", found[0]), plain)


def latin(word: str) -> str:
    """Return a word with the letters that only look Latin, and signs for letters, replaced."""
    if _CYRILLIC_OR_GREEK.search(word):
        word = word.translate(_LOOK_ALIKES)
    if len(word) > 2 and not word.isalpha() and _LATIN.search(word):
        word = word.translate(_SIGNS)
    return word


def unstretched(word: str) -> str:
    """Return a word without letters held down: ``stooop`` is ``stop``."""
    return _STRETCHED.sub(r"\1", word)


def _unmasked(found: re.Match[str]) -> str:
    """Undo the stars of a swear word: it says nothing but how angry somebody is."""
    return "fucking" if found[2].endswith(("ing", "in")) else "damn"


def _is_accent(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"
