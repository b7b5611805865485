# ruff: noqa: RUF001 - the look-alikes are the point of the list below
"""How many billed segments a text takes, exactly as Twilio's segment calculator counts.

A segment carries 140 octets: 160 GSM-7 septets or 70 UCS-2 code units. From the second segment on
each one gives 6 octets to a header, which leaves 153 or 67. One character outside GSM-7 makes the
whole text UCS-2. What a person sees as one character is never split over two segments, so the
count can be higher than a division says. (Source: Twilio's message-segment-calculator 1.3.)

``desk``'s composer does the same sums in JavaScript; a test holds the two together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from tenantline.kernel.graphemes import graphemes

GSM_BASIC: Final = (
    "\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    "¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ"
)
"""Characters that take one septet."""
GSM_EXTENSION: Final = "\f[\\]^{|}~€"
"""Characters that take two septets, an escape before each."""

_SEPTETS: Final = dict.fromkeys(GSM_BASIC, 1) | dict.fromkeys(GSM_EXTENSION, 2)
_SINGLE: Final = {"GSM-7": 160, "UCS-2": 70}
_PART: Final = {"GSM-7": 153, "UCS-2": 67}


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text costs to send.

    ``units`` are septets (GSM-7) or UTF-16 code units (UCS-2), headers not counted; ``left`` is
    how many more fit into the last segment; ``costly`` the first character that forces UCS-2.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    units: int
    left: int
    costly: str | None


def measure(body: str) -> Measure:
    """Measure a text as it will be sent; an empty one counts as one segment, as at Twilio."""
    clusters = list(graphemes(body.replace("\r\n", "\n")))
    costly = next((cluster for cluster in clusters if cluster not in _SEPTETS), None)
    encoding: Literal["GSM-7", "UCS-2"] = "GSM-7" if costly is None else "UCS-2"
    if encoding == "GSM-7":
        sizes = [_SEPTETS[cluster] for cluster in clusters]
    else:
        sizes = [utf16_units(cluster) for cluster in clusters]
    units = sum(sizes)
    if units <= _SINGLE[encoding]:
        return Measure(encoding, 1, units, _SINGLE[encoding] - units, costly)
    segments, used = _fill(sizes, _PART[encoding])
    return Measure(encoding, segments, units, _PART[encoding] - used, costly)


def utf16_units(body: str) -> int:
    """Return the length in UTF-16 code units, as JavaScript and Twilio's 1,600 limit count it."""
    return len(body) + sum(character > "\uffff" for character in body)


def _fill(sizes: Iterable[int], room: int) -> tuple[int, int]:
    """Fill parts greedily; return how many and what the last one holds."""
    parts, used = 1, 0
    for size in sizes:
        # A heap of combining marks that fits no part cannot stay whole; it goes on by code units.
        if used + size > room >= size:
            parts, used = parts + 1, size
        else:
            more, used = divmod(used + size - 1, room)
            parts, used = parts + more, used + 1
    return parts, used


# --- the plain form -----------------------------------------------------------------------------

_LOOKALIKES: Final = {
    '"': "«»“”„‟ʺˮ″‶❝❞〝〞",
    "'": "‘’‚‛‹›ʹʻʼʽˈ´`ˊˋ′‵❛❜",
    "-": "‐‑‒–—―−⁃•·‧∙▪●◦",
    "/": "÷⁄∕⧸",
    "*": "∗⁎✱✲✳⭑",
    "|": "∣ǀ¦",
    "~": "∼˜",
    "^": "ˆ",
    ":": "ː∶",
    "!": "ǃ",
    ",": "、",
    ".": "。․",
    " ": "\t\v\u0085\u00a0\u1680\u180e\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B))),
    "": "\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff" + "".join(map(chr, range(0x202A, 0x202F))),
}
_PLAIN: Final = {ord(odd): plain for plain, odds in _LOOKALIKES.items() for odd in odds}
# 1½ becomes 1 1/2, not 11/2.
_MIXED_NUMBER: Final = re.compile(r"(?<=\d)(?=[¼½¾⅐-⅞])")


def plain_form(body: str) -> str:
    """Replace look-alikes by GSM-7 characters where the meaning stays the same.

    Quotes, dashes, bullets, ellipses, odd blanks, full-width letters, fractions and ligatures are
    replaced, invisible characters removed. Accents, emoji and other scripts stay: "sí" is not
    "si". A text that is GSM-7 already comes back as it is, and a second pass changes nothing.
    """
    apart = _MIXED_NUMBER.sub(" ", unicodedata.normalize("NFC", body))
    return "".join(_plain(character) for character in apart)


def _plain(character: str) -> str:
    if character in _SEPTETS:
        return character
    if (known := _PLAIN.get(ord(character))) is not None:
        return known
    form = unicodedata.normalize("NFKC", character).translate(_PLAIN)
    if not form or not all(part in _SEPTETS for part in form):
        return character
    kind = unicodedata.decomposition(character).partition(">")[0]
    # 10² is not 102, but ™ may be TM.
    return character if kind in {"<super", "<sub", "<circle"} and not form.isalpha() else form
