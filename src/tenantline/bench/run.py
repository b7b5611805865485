"""Goes through the measurements, in a folder of its own that is removed afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tenantline.bench import NAMES, postgres
from tenantline.bench.measures import ALL, QUICK, Bench, Engine, Sizes
from tenantline.bench.report import Sheet, million_additions


def run(
    *,
    quick: bool = False,
    names: Sequence[str] = NAMES,
    server: str = "",
    sqlite: bool = True,
    postgresql: bool = True,
    where: Path | None = None,
    say: Callable[[str], None],
) -> Iterator[Sheet]:
    """Yield each measurement as it is done, SQLite first.

    ``server`` is a PostgreSQL where databases may be made; without one, one of our own is started
    if its wheel is installed. ``where`` is a folder on the disk that is to be measured.

    Raises:
        BenchError: a part could not be measured; the message says which.
    """
    with tempfile.TemporaryDirectory(prefix="tenantline-bench-", dir=where) as name:
        bench = Bench(Path(name), QUICK if quick else Sizes(), say)
        for engine in _engines(bench, server, sqlite=sqlite, postgresql=postgresql):
            for measure in names:
                before = million_additions()
                sheets = ALL[measure](bench, engine)
                yardstick = (before, million_additions())
                yield from (replace(sheet, yardstick=yardstick) for sheet in sheets)


def _engines(bench: Bench, server: str, *, sqlite: bool, postgresql: bool) -> Iterator[Engine]:
    if sqlite:
        yield "SQLite", ""
    if not postgresql:
        return
    address = server or postgres.own_server(bench.folder / "postgres")
    if address is None:
        bench.say("PostgreSQL is left out: name a server with --postgres.")
        return
    yield "PostgreSQL", address
