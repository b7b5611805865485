"""How a run moves, as data. Pure."""

from __future__ import annotations

from typing import Final

# From a state to those that may follow it.
MOVES: Final[dict[str, frozenset[str]]] = {
    "planning": frozenset({"planned", "running", "cancelled"}),
    "planned": frozenset({"running", "cancelled"}),
    "running": frozenset({"paused", "cancelled", "done"}),
    "paused": frozenset({"running", "cancelled"}),
    "done": frozenset({"running"}),  # what failed is tried again
    "cancelled": frozenset(),
}
OPEN: Final = frozenset({"planning", "planned", "running", "paused"})
LETTER_CHANGED: Final = "letter_changed"
# Why an item failed that no further try can help: the run itself is out of date.
FINAL: Final = frozenset({LETTER_CHANGED})
WORKED_ON: Final = ("planning", "running")


def may_move(state: str, to: str) -> bool:
    """Tell whether a run may go from one state to another."""
    return to in MOVES[state]
