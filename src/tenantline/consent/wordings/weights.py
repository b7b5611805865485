"""The weights of the model, by feature, in little memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from zlib import crc32

_PILES: Final = 4096  # of some twenty lines each


class Weights:
    """Read from lines of a feature, a tab and its weight; a feature that is in none weighs 0.

    Tens of thousands of them as a dict would take some fifteen megabytes in every process. Here
    the lines stay as they stand in the file, dealt out to small piles by a checksum of the
    feature, and a feature is looked for in its pile.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        """Deal out the lines, each with its line's end; those that begin with ``#`` say nothing."""
        piles = [bytearray(b"\n") for _ in range(_PILES)]
        for line in lines:
            if not line.startswith(b"#"):
                feature = line.partition(b"\t")[0]
                piles[crc32(feature) % _PILES] += line
        self._piles = [bytes(pile) for pile in piles]

    def of(self, feature: str) -> float:
        """Return what a feature weighs."""
        sought = feature.encode(errors="surrogatepass")
        pile = self._piles[crc32(sought) % _PILES]
        found = pile.find(b"\n" + sought + b"\t")
        if found < 0:
            return 0.0
        begins = found + len(sought) + 2
        return float(pile[begins : pile.index(b"\n", begins)])
