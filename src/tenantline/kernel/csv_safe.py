"""Cells of a CSV file that no spreadsheet takes for a formula.

What a tenant typed may stand in the file that an office opens: `=HYPERLINK(…)` would run there. An
apostrophe in front makes any program show it as the text that it is (OWASP, CSV injection).
"""

from __future__ import annotations

from typing import Final

# The wide forms are what some East Asian spreadsheets take for the same signs.
_BEGINS_A_FORMULA: Final = (
    *("=", "+", "-", "@", "\t", "\r", "\n"),
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)


def safe(cell: str) -> str:
    """Return a cell as it is, or behind an apostrophe if it would begin a formula."""
    return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell
