"""Taking a backup in, whole or not at all, and going into recovery (R7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tenantline.backups import archive, building, tables
from tenantline.backups.actions import Tell
from tenantline.backups.archive import Reader
from tenantline.backups.manifest import Manifest, Table, demand_fitting
from tenantline.consent import chain, ledger
from tenantline.kernel import walls
from tenantline.kernel.actor import Actor
from tenantline.kernel.crypto import WrongKey
from tenantline.kernel.errors import Refused, TenantlineError
from tenantline.kernel.secrets import vault
from tenantline.outbox import restored
from tenantline.recovery import actions as recovery
from tenantline.runs import actions as runs

# Ids that were given out after the backup, and that other programs may remember, name nobody else.
ID_GAP: Final = 1_000_000
# What the sandbox carrier holds is as little ours as what Twilio holds: it outlives a restore.
_CARRIERS: Final = "carrier_sandboxtext"
_SEALED: Final = "_sealed"  # how columns end that our key has encrypted


class NotWhole(TenantlineError):
    """What was restored is not what the backup says, so it was thrown away."""

    code = "not_whole"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it: the backup's manifest, and how many of its texts are unknown now.

    ``kept`` is where the database lies that was there before, None where nothing is left of it.
    """

    manifest: Manifest
    texts: int
    kept: Path | None


def check(*, file: Path, tell: Tell) -> Manifest:
    """Read a backup to its end as a restore would, and change nothing; return what is in it.

    Raises:
        Damaged: the file is no backup, or not whole.
        WrongKey: our keys do not open it.
        BadInput: another version of the program made it.
    """
    with archive.opened(file) as reader:
        _check(reader, _Steps(reader.manifest.rows, tell))
        return reader.manifest


def restore(*, file: Path, replace: bool, by: Actor, now: datetime, tell: Tell) -> Restored:
    """Put a backup in the place of the database; the installation is in recovery then.

    Everything is checked before anything is changed, and the change is one step. ``replace``: the
    installation may hold data, which are lost to it.

    Raises:
        Damaged: the file is no backup, or not whole.
        WrongKey: our keys do not open it.
        BadInput: another version of the program made it.
        Refused: the installation holds data, or a process runs on it.
    """
    with archive.opened(file) as reader:
        steps = _Steps(reader.manifest.rows * 2, tell)
        _check(reader, steps)
        building.demand_idle(now)
        held = building.holds_anything()
        if held and not replace:
            raise Refused(
                "not_empty",
                "This installation holds data already; give --replace to put the backup in their "
                "place.",
            )
        at_carrier = _at_the_sandbox(reader.manifest) if held else []
        with building.anew(keep=held, now=now) as kept:
            _load(reader, at_carrier, steps)
            texts = _begin_recovery(reader.manifest, by, now)
        ledger.note_end()
        return Restored(reader.manifest, texts, kept)


def _check(reader: Reader, steps: _Steps) -> None:
    _demand_fitting(reader.manifest)
    reader.check(_opening_secrets(steps))


def _demand_fitting(manifest: Manifest) -> None:
    rooms = {model._meta.app_label for model in tables.kept()}
    on_disk = MigrationLoader(None).disk_migrations
    demand_fitting(
        manifest,
        migrations=[f"{app}.{name}" for app, name in on_disk if app in rooms],
        tables={tables.table_of(model): tables.columns_of(model) for model in tables.kept()},
    )


def _opening_secrets(steps: _Steps) -> Callable[[Table, bytes], None]:
    """Return what looks at each line: does our key open what is sealed in it?"""

    def look(table: Table, line: bytes) -> None:
        steps.one_more()
        sealed = [at for at, name in enumerate(table.columns) if name.endswith(_SEALED)]
        if not sealed:
            return
        values = tables.read(line)
        for place in sealed:
            if values[place]:
                _demand_opens(values[place])

    return look


def _demand_opens(value: str) -> None:
    try:
        vault().open(value)
    except WrongKey as error:
        raise WrongKey(
            "This backup holds secrets that an earlier key sealed: add that key to "
            "TENANTLINE_SECRET_KEY_OLD. Nothing was restored."
        ) from error


def _at_the_sandbox(manifest: Manifest) -> list[bytes]:
    """Return what the sandbox carrier holds now, if this database can tell."""
    model = next(model for model in tables.kept() if tables.table_of(model) == _CARRIERS)
    if building.migrations() != sorted(manifest.migrations):
        return []
    return list(tables.written(model, using=connection.alias))


def _load(reader: Reader, at_carrier: list[bytes], steps: _Steps) -> None:
    contents = {table.name: table for table in reader.manifest.tables}
    for model in tables.kept():
        table = contents[tables.table_of(model)]
        lines = at_carrier if at_carrier and table.name == _CARRIERS else reader.lines(table)
        rows = []
        for line in lines:
            rows.append(tables.read(line))
            if len(rows) >= tables.rows_at_once(model):
                tables.insert(connection, model, rows)
                steps.more(len(rows))
                rows = []
        tables.insert(connection, model, rows)
        steps.more(len(rows))
        tables.skip_ids(connection, model, gap=ID_GAP)
    _demand_whole(reader.manifest, besides=len(at_carrier))


def _demand_whole(manifest: Manifest, *, besides: int) -> None:
    found = {tables.table_of(model): model._base_manager.count() for model in tables.kept()}
    wanted = {table.name: table.rows for table in manifest.tables}
    if besides:
        wanted[_CARRIERS] = besides
    wrong = [name for name, rows in wanted.items() if found[name] != rows]
    missing = walls.missing(connection)
    if wrong or missing:
        what = (wrong or missing)[0]
        raise NotWhole(f"The restore did not come out whole ({what}); nothing was changed.")
    chain.verify()


def _begin_recovery(manifest: Manifest, by: Actor, now: datetime) -> int:
    """R7: nobody knows what has happened since; the ledger says so, and nothing leaves yet."""
    texts = restored.make_unknown(made_at=manifest.made_at, now=now)
    runs.pause_all(now=now)
    chain.go_on_after_restore(backup_id=manifest.id, made_at=manifest.made_at, now=now)
    recovery.begin(backup_id=manifest.id, made_at=manifest.made_at, texts=texts, by=by, now=now)
    return texts


class _Steps:
    """Counts rows, once read and once written, for who looks at a progress bar."""

    def __init__(self, total: int, tell: Tell) -> None:
        self._total = total
        self._tell = tell
        self._done = 0

    def one_more(self) -> None:
        self._done += 1
        if self._done % 200 == 0:
            self._tell(self._done, self._total)

    def more(self, rows: int) -> None:
        self._done += rows
        self._tell(self._done, self._total)
