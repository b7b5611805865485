"""The rows of a file as they were read, kept small: a hundred thousand take some 15 MB.

Reading a row costs more than anything else that is done with it but storing it, and an import goes
through the rows three times.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator

from tenantline.imports.rows import Row

_TOGETHER = 200


class Kept:
    """Rows in the order in which they were put in."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._open: list[Row] = []

    def put(self, row: Row) -> None:
        """Add a row at the end."""
        self._open.append(row)
        if len(self._open) == _TOGETHER:
            self._packed.append(pickle.dumps(self._open, pickle.HIGHEST_PROTOCOL))
            self._open = []

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows, unpacked a few at a time."""
        for packed in self._packed:
            yield from pickle.loads(packed)  # noqa: S301 - packed above, in this process
        yield from self._open
