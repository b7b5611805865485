"""What was measured, as tables for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tenantline import __version__

Cell = str | float | int | None


@dataclass
class Sheet:
    """One measurement on one database: columns, and rows of what was found."""

    name: str
    engine: str
    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    yardstick: tuple[float, ...] = ()
    """What ``million_additions`` took before and after: a machine may be shared and vary."""

    def add(self, *cells: Cell) -> None:
        """Add a row, one cell for each column."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{self.name}: {len(cells)} cells for {len(self.columns)} columns")
        self.rows.append(cells)

    def as_dict(self) -> dict[str, Any]:
        """Return the rows by column, for JSON."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return {"title": self.title, "rows": rows, "million_additions_ms": self.yardstick}


def as_dict(sheets: Iterable[Sheet]) -> dict[str, Any]:
    """Return all that was measured, by database and name, with what it was measured on."""
    machine = {"cores": os.cpu_count(), "system": platform.platform()}
    measured: dict[str, dict[str, Any]] = {}
    for sheet in sheets:
        measured.setdefault(sheet.engine, {})[sheet.name] = sheet.as_dict()
    return {
        "version": __version__,
        "python": platform.python_version(),
        "machine": machine,
        "measured": measured,
    }


def kept(sheets: Iterable[Sheet], file: Path | None) -> Iterator[Sheet]:
    """Yield each measurement when the file, if there is one, holds it and those before it.

    A run that is interrupted so keeps what it has measured.
    """
    done: list[Sheet] = []
    for sheet in sheets:
        done.append(sheet)
        if file is not None:
            whole = file.with_name(f"{file.name}.new")
            whole.write_text(json.dumps(as_dict(done), indent=2) + "\n", encoding="utf-8")
            whole.replace(file)
        yield sheet


def million_additions() -> float:
    """Return how many milliseconds one thread needs for them at this moment."""
    began = time.perf_counter()
    total = 0
    for number in range(1_000_000):
        total += number
    return (time.perf_counter() - began) * 1000


def meanwhile(milliseconds: Sequence[float]) -> str:
    """Say how fast the machine was before and after."""
    before, after = (f"{one:.0f}" for one in milliseconds)
    return f"A million additions in Python took {before} ms before and {after} ms after."


def show(sheet: Sheet, console: Console) -> None:
    """Print one measurement as a table."""
    table = Table(title=f"{sheet.title} ({sheet.engine})", title_justify="left", title_style="bold")
    if sheet.yardstick:
        table.caption, table.caption_justify = meanwhile(sheet.yardstick), "left"
    for nth, column in enumerate(sheet.columns):
        table.add_column(column, justify="left" if nth == 0 else "right")
    for row in sheet.rows:
        table.add_row(*(words(cell) for cell in row))
    console.print(table)


def words(cell: Cell) -> str:
    """Return a cell as it is shown."""
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.2f}".rstrip("0").rstrip(".")
    return f"{cell:,}" if isinstance(cell, int) else cell
