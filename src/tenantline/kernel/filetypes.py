"""What a file is, by its first bytes, whatever its sender says it is. Plain Python.

Only what a phone sends and a browser cannot run is known here: no HTML, no SVG, no scripts.
(Sources: the formats' own definitions; https://mimesniff.spec.whatwg.org for pictures.)
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# A picture that takes more memory than this when it is opened is offered as a file only.
MOST_PIXELS: Final = 50_000_000
_VCARD: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN:VCARD\s", re.IGNORECASE)
_CALENDAR: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN:VCALENDAR\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file is: MIME type, and a picture's size in pixels where it says it."""

    mime: str
    width: int | None = None
    height: int | None = None


ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/bmp": "bmp",
    "application/pdf": "pdf",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "video/quicktime": "mov",
    "audio/mp4": "m4a",
    "audio/amr": "amr",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "text/vcard": "vcf",
    "text/calendar": "ics",
}
"""Every kind that is kept, with the ending of its file name."""
_SHOWN: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def sniff(data: bytes) -> Sniffed | None:
    """Return what the bytes are, None for anything that is not in ``ENDINGS``."""
    for mime, is_it, size in _PICTURES:
        if is_it(data):
            width, height = size(data) or (None, None)
            return Sniffed(mime, width, height)
    mime = next((mime for start, mime in _STARTS if data.startswith(start)), "")
    mime = mime or _riff(data) or _box(data) or _words(data)
    return Sniffed(mime) if mime else None


def is_shown(mime: str, width: int | None, height: int | None) -> bool:
    """Tell whether a browser may show it as a picture without harm: type, and a sane known size."""
    if mime not in _SHOWN or not width or not height:
        return False
    return width * height <= MOST_PIXELS


_STARTS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"OggS\x00", "audio/ogg"),
    (b"BM", "image/bmp"),
)
_BRANDS: Final = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"avc1": "video/mp4",
    b"M4V ": "video/mp4",
}


def _riff(data: bytes) -> str:
    return "audio/wav" if data[:4] == b"RIFF" and data[8:12] == b"WAVE" else ""


def _box(data: bytes) -> str:
    """Read the brand of an ISO base media file."""
    if data[4:8] != b"ftyp":
        return ""
    brand = data[8:12]
    if brand[:2] == b"3g":
        return "video/3gpp"
    return "video/mp4" if brand[:3] in {b"iso", b"mp4"} else _BRANDS.get(brand, "")


def _words(data: bytes) -> str:
    if b"\x00" in data[:1024]:
        return ""
    if _VCARD.match(data):
        return "text/vcard"
    return "text/calendar" if _CALENDAR.match(data) else ""


def _is_png(data: bytes) -> bool:
    return data.startswith(b"\x89PNG\r\n\x1a\n")


def _is_gif(data: bytes) -> bool:
    return data[:6] in {b"GIF87a", b"GIF89a"}


def _is_jpeg(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff")


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:14] == b"WEBPVP"


def _png_size(data: bytes) -> tuple[int, int] | None:
    return struct.unpack(">II", data[16:24]) if data[12:16] == b"IHDR" and len(data) > 24 else None


def _gif_size(data: bytes) -> tuple[int, int] | None:
    return struct.unpack("<HH", data[6:10]) if len(data) >= 10 else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Walk the segments to the frame header, which has the size."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill bytes
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    if len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            wide, high = data[24:27], data[27:30]
            return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF
    return None


_Size = Callable[[bytes], tuple[int, int] | None]
_PICTURES: Final[tuple[tuple[str, Callable[[bytes], bool], _Size], ...]] = (
    ("image/png", _is_png, _png_size),
    ("image/gif", _is_gif, _gif_size),
    ("image/jpeg", _is_jpeg, _jpeg_size),
    ("image/webp", _is_webp, _webp_size),
)
