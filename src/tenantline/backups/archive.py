"""The file of a backup: a zip archive with a member for each table, sealed by our key (ADR 17).

``README.txt`` for whoever finds it, ``tables/NAME.jsonl`` with a row a line, ``manifest.json``
with counts and hashes, and ``manifest.mac``, the manifest's keyed hash.
"""

from __future__ import annotations

import hashlib
import hmac
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Self

from tenantline.backups.manifest import Damaged, Manifest, Table, parsed
from tenantline.kernel.crypto import WrongKey
from tenantline.kernel.secrets import vault

_MANIFEST: Final = "manifest.json"
_MAC: Final = "manifest.mac"
_README: Final = "README.txt"
_MOST: Final = 16 * 1024 * 1024  # bytes of a manifest
_PURPOSE: Final = "backup"
_HARM: Final = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError)
_DAMAGED: Final = "The backup is damaged or was cut off; nothing was restored."
_WORDS: Final = """\
A backup of Tenantline, taken while it ran. It shows one moment.

Restore it with: tenantline restore FILE
It needs the TENANTLINE_SECRET_KEY of the installation that made it. That key is not in here:
without it the Auth Tokens of lines and the key of the consent ledger stay sealed.

Each file below tables/ holds one table, a row a line, as a JSON array; manifest.json names the
columns, counts the rows and has each file's SHA-256. Names, numbers and texts of tenants are in
plain sight: keep this file as you would keep the database.
"""


class Writer:
    """Writes one archive, as a context. ``finish`` has to be called, else it is no backup."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._zip.writestr(_README, _WORDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._zip.close()
        except OSError:
            if kind is None:
                raise

    def table(self, name: str, columns: list[str], lines: Iterable[bytes]) -> Table:
        """Write one table and return what the manifest says of it."""
        digest, rows = hashlib.sha256(), 0
        with self._zip.open(_member(name), "w", force_zip64=True) as member:
            for line in lines:
                member.write(line)
                digest.update(line)
                rows += 1
        return Table(name, columns, rows, digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Write the table of contents under our key."""
        raw = manifest.as_json()
        self._zip.writestr(_MANIFEST, raw)
        self._zip.writestr(_MAC, vault().mac(_PURPOSE, raw).hex())


class Reader:
    """Reads an archive whose manifest our key has signed. Made by ``opened``."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        names = sorted(archive.namelist())
        self.manifest = parsed(_signed(archive))
        wanted = [_member(table.name) for table in self.manifest.tables]
        if names != sorted([*wanted, _MANIFEST, _MAC, _README]):
            raise Damaged(_DAMAGED)

    def lines(self, table: Table) -> Iterator[bytes]:
        """Yield a table's lines; raise ``Damaged`` where they are not those that were written."""
        digest, rows = hashlib.sha256(), 0
        try:
            with self._zip.open(_member(table.name)) as member:
                for line in member:
                    digest.update(line)
                    rows += 1
                    yield line
        except _HARM as error:
            raise Damaged(_DAMAGED) from error
        if (rows, digest.hexdigest()) != (table.rows, table.sha256):
            raise Damaged(_DAMAGED)

    def check(self, look: Callable[[Table, bytes], None]) -> None:
        """Read all of it once; ``look`` sees every line. Raise ``Damaged`` at the first fault."""
        for table in self.manifest.tables:
            for line in self.lines(table):
                look(table, line)


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Open a backup for reading.

    Raises:
        Damaged: it is no backup, or not whole.
        WrongKey: our keys have not signed it.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
            reader = Reader(archive)
        except _HARM as error:
            raise Damaged(
                f"{path.name} is not a backup of Tenantline, or it is damaged or was cut off."
            ) from error
        yield reader


def _signed(archive: zipfile.ZipFile) -> bytes:
    if max(archive.getinfo(name).file_size for name in (_MANIFEST, _MAC)) > _MOST:
        raise Damaged(_DAMAGED)
    raw, signature = archive.read(_MANIFEST), archive.read(_MAC)
    ours = (mac.hex().encode() for mac in vault().macs(_PURPOSE, raw))
    if not any(hmac.compare_digest(mac, signature) for mac in ours):
        raise WrongKey(
            "This backup was made under another TENANTLINE_SECRET_KEY, or somebody has changed it; "
            "set the key of that time (or add it to TENANTLINE_SECRET_KEY_OLD). Nothing was "
            "restored."
        )
    return raw


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"
