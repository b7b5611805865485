"""The table of rounds and counts, and its place in the document."""

from __future__ import annotations

import re
from typing import Any

from tenantline.kernel import clock

BEGIN, END = "<!-- rounds -->", "<!-- end of rounds -->"
COUNTED = ("texts", "stops", "inbound", "callbacks")
WRONG = ("lost", "twice", "after_stop", "unstored", "disagreements")
HEADER = (
    "| fault | rounds: SQLite | rounds: PostgreSQL | texts taken | STOPs | texts in | callbacks "
    "| lost | twice | after a STOP | not stored | disagree | stuck |\n"
    "| --- |" + " ---: |" * 12
)
Results = dict[str, dict[str, Any]]


def written(document: str, results: Results, command: str, machine: str) -> str:
    """Return the document with this table in place of the one before."""
    made = f"Made by `{command}` on {clock.now():%d %B %Y} ({machine}).\n\n{_table(results)}"
    replaced, times = re.subn(
        rf"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{made}\n\n{END}", document, flags=re.DOTALL
    )
    assert times == 1, f"the document has no place for the table between {BEGIN} and {END}"
    return replaced


def _table(results: Results) -> str:
    names = sorted({name for rows in results.values() for name in rows})
    rows = [_row(name, [rows[name] for rows in results.values() if name in rows], results)
            for name in names]  # fmt: skip
    every = [row for rows in results.values() for row in rows.values()]
    rounds = [sum(row["rounds"] for row in results[e].values()) for e in results]
    total = _cells("**all**", rounds, every)
    return "\n".join([HEADER, *rows, total])


def _row(name: str, rows: list[dict[str, Any]], results: Results) -> str:
    rounds = [found[name]["rounds"] if name in found else 0 for found in results.values()]
    return _cells(name, rounds, rows)


def _cells(name: str, rounds: list[int], rows: list[dict[str, Any]]) -> str:
    counts = [sum(row["count"][key] for row in rows) for key in (*COUNTED, *WRONG)]
    cells = [*rounds, *counts, sum(row["stuck"] for row in rows)]
    return f"| {name} | " + " | ".join(f"{cell:,}" for cell in cells) + " |"
