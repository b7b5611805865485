"""Which characters the document's own fonts can show; the others stand as their names.

A name or a text may hold any character, and a PDF for an archive must not hold one without a
glyph. What is written out in words here stands as it is in the data that the PDF carries along.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import Final

# Measured with the fonts inside typst 0.15: Libertinus Serif and DejaVu Sans Mono.
_SHOWN: Final = (
    "20-7E A0-AC AE-377 37A-37F 384-38A 38C 38E-3A1 3A3-4FF 510-513 51A-51D 531-556 559-58A "
    "58D-58F 591-5C7 5D0-5EA 5EF-5F4 606-60C 615 61B 61F 621-63A 640-655 65A 660-66D 674 "
    "679-67B 67E-680 683-684 686-687 691 698 6A4 6A9 6AF 6BE 6CC 6F0-6F9 900-97F E3F E81-E82 "
    "E84 E87-E88 E8A E8D E94-E97 E99-E9F EA1-EA3 EA5 EA7 EAA-EAB EAD-EB9 EBB-EBC EC8-ECD "
    "10D0-10FF 115F-1160 13A0-13F5 13F8-13FD 17B4-17B5 17C1-17C3 180B-180D 180F 1AB0-1ACE "
    "1D00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4 "
    "1FB6-1FC4 1FC6-1FD3 1FD6-1FDB 1FDD-1FEF 1FF2-1FF4 1FF6-1FFE 2000-200A 2010-2027 "
    "202F-2040 2042 2044-2052 2054-205F 2070-2071 2074-208E 2090-209C 20A0-20C0 20D0-20F0 "
    "2100-211E 2120 2122 2124 2126-2151 2153-2184 2189 2190-23FF 2422-2423 2460-262F "
    "2638-268B 2690-269C 26A0-26A7 26AA-26B2 2701-2704 2706-2709 270C-2727 2729-274B 274D "
    "274F-2752 2756 2758-275E 2761-277F 2794 2798-27AF 27B1-2B73 2B76-2B95 2B97-2BFF "
    "2C60-2CF3 2CF9-2CFF 2E02-2E05 2E08-2E0A 2E17-2E18 2E1F 2E22-2E25 2E2E A640-A641 "
    "A648-A649 A656-A657 A720-A727 A72D A730 A735 A765 A789-A78E A790-A791 A793 A7AA "
    "A7F8-A7F9 AB52 AB66 FB00-FB06 FB13-FB17 FB1D-FB36 FB38-FB3C FB3E FB40-FB41 FB43-FB44 "
    "FB46-FB4F FB52-FB81 FB8A-FB95 FB9E-FB9F FBAA-FBAD FBE8-FBE9 FBFC-FBFF FE00-FE0F "
    "FE20-FE2F FE66 FE70-FE74 FE76-FEFC FFA0 FFFC-FFFD "
)


def _ranges() -> tuple[list[int], list[int]]:
    ends = [one.partition("-") for one in _SHOWN.split()]
    return [int(a, 16) for a, _, _ in ends], [int(b or a, 16) for a, _, b in ends]


_FIRST, _LAST = _ranges()
_ENDLESS: Final = re.compile(r"\S{25,}")
_CODE: Final = re.compile(r"[A-Z]{0,2}[0-9a-f]{32,64}")
_PIECE: Final = 12  # characters, between which a word without end may be broken
# Parts of emoji that add nothing to the name of what they follow.
_SILENT: Final = frozenset({0x200D, 0xFE0E, 0xFE0F})


def printable(text: str) -> str:
    """Return a text with every character that cannot be shown put in words, as [grinning face].

    So are those that would show and deceive: control characters and changes of direction. A word
    without end may be broken, but no hash and no MessageSid.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(_shown(char) for char in plain)
    return _ENDLESS.sub(lambda found: _breakable(found[0]), shown)


def _breakable(word: str) -> str:
    if _CODE.fullmatch(word):
        return word
    return "\u200b".join(word[at : at + _PIECE] for at in range(0, len(word), _PIECE))


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    code = ord(char)
    if char == "\n":
        return char
    if char == "\t":
        return " "
    if code in _SILENT:
        return ""
    place = bisect_right(_FIRST, code) - 1
    if place >= 0 and code <= _LAST[place]:
        return char
    name = unicodedata.name(char, "")
    plain = name.lower() if unicodedata.category(char) == "So" and name else f"U+{code:04X}"
    return f"[{plain}]"
