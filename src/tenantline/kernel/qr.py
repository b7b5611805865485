"""QR codes as a path: the dark squares in one string that an ``<svg>`` can draw without styles."""

from __future__ import annotations

from dataclasses import dataclass

_QUIET_ZONE = 4  # modules of empty margin, as the standard (ISO/IEC 18004) asks for


@dataclass(frozen=True, slots=True)
class Drawing:
    """A code of ``size`` by ``size`` modules, margin included; ``path`` fills the dark ones."""

    size: int
    path: str


def drawn(words: str) -> Drawing:
    """Return a code that says ``words`` (an address, or what a phone's camera understands)."""
    from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415 - megabytes that few pages need
    from qrcode.main import QRCode  # noqa: PLC0415

    code = QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET_ZONE)
    code.add_data(words)
    rows = code.get_matrix()
    return Drawing(len(rows), "".join(_runs(y, row) for y, row in enumerate(rows)))


def _runs(y: int, row: list[bool]) -> str:
    """Return a row's dark stretches, each as one rectangle a module high."""
    path, x = "", 0
    while x < len(row):
        start = x
        while x < len(row) and row[x]:
            x += 1
        if x > start:
            path += f"M{start} {y}h{x - start}v1H{start}z"
        x += 1
    return path
