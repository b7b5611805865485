"""What a backup says of itself, and whether this program can take it in. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from tenantline.kernel.errors import BadInput

FORMAT: Final = 1


class Damaged(BadInput):
    """The file is no backup, or not the one that was written."""

    code = "damaged"


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in the order of a row, how many rows, the SHA-256 of its lines."""

    name: str
    columns: Sequence[str]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup's table of contents. ``made_at`` is the moment it shows; ``id`` names it.

    ``migrations`` are the applied ones of our rooms as ``room.name``.
    """

    id: str
    made_at: datetime
    version: str
    engine: str
    migrations: Sequence[str]
    tables: Sequence[Table]

    @property
    def rows(self) -> int:
        """Return how many rows there are in all."""
        return sum(table.rows for table in self.tables)

    def as_json(self) -> bytes:
        """Return the manifest as it stands in the file."""
        said = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat()}
        return json.dumps(said, indent=1, sort_keys=True).encode()


def parsed(raw: bytes) -> Manifest:
    """Return a manifest from its JSON, which our own key has signed.

    Raises:
        BadInput: it is of a later format than this program knows.
    """
    said: dict[str, Any] = json.loads(raw)
    if said.pop("format") != FORMAT:
        raise BadInput("This backup was made by a newer version of Tenantline; restore it there.")
    said["made_at"] = datetime.fromisoformat(said["made_at"])
    said["tables"] = tuple(Table(**table) for table in said["tables"])
    return Manifest(**said)


def demand_fitting(
    manifest: Manifest, *, migrations: Sequence[str], tables: Mapping[str, Sequence[str]]
) -> None:
    """Raise ``BadInput`` unless the backup has exactly the tables of this program's version."""
    theirs = {table.name: list(table.columns) for table in manifest.tables}
    ours = {name: list(columns) for name, columns in tables.items()}
    if sorted(manifest.migrations) != sorted(migrations) or theirs != ours:
        raise BadInput(
            f"This backup was made by Tenantline {manifest.version}, whose tables are not this "
            "version's: restore it with that version, then upgrade."
        )
