"""Writes the tables of docs/performance.md from what `tenantline bench --json FILE` measured.

    python scripts/performance.py FILE…

Parts that were measured apart (`--only`) come in files of their own; a later file wins.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from tenantline.bench.report import meanwhile, words

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
SPEED = "million_additions_ms"
BEGINS, ENDS = "<!-- measured: begins -->", "<!-- measured: ends -->"


def main(files: list[str]) -> None:
    """Put the files' figures between the page's marks."""
    reports = [json.loads(Path(file).read_text(encoding="utf-8")) for file in files]
    if not reports:
        raise SystemExit("Name at least one file that `tenantline bench --json FILE` has written.")
    measured: dict[str, dict[str, Any]] = {}
    for report in reports:
        for engine, sheets in report["measured"].items():
            measured.setdefault(engine, {}).update(sheets)
    tables = [
        "\n\n".join([table(f"{sheet['title']} ({engine})", sheet["rows"]), meanwhile(sheet[SPEED])])
        for engine, sheets in measured.items()
        for sheet in sheets.values()
    ]
    last = reports[-1]
    cores, system = last["machine"]["cores"], last["machine"]["system"]
    where = f"Tenantline {last['version']}, Python {last['python']}, {cores} cores, {system}."
    said = "\n\n".join([BEGINS, where, *tables, ENDS])
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(f"{BEGINS}.*{ENDS}", lambda _: said, page, flags=re.S), encoding="utf-8")


def table(title: str, rows: list[dict[str, Any]]) -> str:
    """Return rows as a table in Markdown, figures to the right."""
    columns = list(rows[0])
    lines = [
        f"| {' | '.join(columns)} |",
        f"| --- {'| ---: ' * (len(columns) - 1)}|",
        *(f"| {' | '.join(words(cell) for cell in row.values())} |" for row in rows),
    ]
    return "\n".join([f"**{title}**", "", *lines])


if __name__ == "__main__":
    main(sys.argv[1:])
