"""Which characters the bytes of a file are. Reads in pieces; never the whole file at once."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from tenantline.imports.errors import Unusable

_PIECE: Final = 1 << 18
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES: Final = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
)
_BROKEN: Final = re.compile("[\udc80-\udcff]")
_FOREIGN: Final = re.compile("[^\x00-\x7f]")


def encoding_of(path: Path) -> str:
    """Return the name of a file's encoding: what its mark says, else UTF-8 or Windows-1252.

    Raises:
        Unusable: it is empty, or no text.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for start, what in _OTHER_FILES:
        if head.startswith(start):
            raise Unusable(f"This file is {what}; export the tenants as CSV and try again.")
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if not head.strip(b"\x00 \r\n\t"):
        raise Unusable("The file is empty.")
    return _wide(head) or _narrow(path)


def _wide(head: bytes) -> str | None:
    """Tell UTF-16 without a mark by its NULs: every other byte of Latin text."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    if head.count(0) > len(head) * 0.3:
        raise Unusable("The file is not text; export the tenants as CSV and try again.")
    return None


def _narrow(path: Path) -> str:
    """Choose by what more of the characters beyond ASCII make sense as.

    One broken byte must not turn every accent of a UTF-8 file into two wrong letters.
    """
    good = broken = 0
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            if piece.isascii() and not decoder.getstate()[0]:
                continue
            text = decoder.decode(piece)
            bad = len(_BROKEN.findall(text))
            broken += bad
            good += len(_FOREIGN.findall(text)) - bad
    broken += len(decoder.decode(b"", final=True))
    return "utf-8" if not broken or good > broken else "cp1252"
