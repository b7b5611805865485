"""The consent picture: one stacked bar, drawn on the server (no style attributes: strict CSP)."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 1000.0
_GAP = 3.0
_LEAST = 8.0  # even one tenant among thousands stays visible
ORDER = ("opted_in", "waiting_for_start", "form_sent", "none", "opted_out", "number_changed")


@dataclass(frozen=True)
class Piece:
    """One status in the bar: how many tenants, which share, where it lies (0 to ``WIDTH``)."""

    status: str
    count: int
    percent: int
    x: float
    width: float


def stacked(counts: dict[str, int]) -> list[Piece]:
    """Return every status in order, with its place in the bar; a count of 0 has width 0."""
    total = sum(counts.values())
    shown = [status for status in ORDER if counts.get(status)]
    room = WIDTH - _GAP * max(len(shown) - 1, 0)
    raw = {status: max(room * counts[status] / total, _LEAST) for status in shown}
    scale = room / sum(raw.values()) if raw else 0.0
    pieces, x = [], 0.0
    for status in ORDER:
        width = raw.get(status, 0.0) * scale
        count = counts.get(status, 0)
        percent = round(100 * count / total) if total else 0
        pieces.append(Piece(status, count, percent, round(x, 2), round(width, 2)))
        x += width + _GAP if width else 0.0
    return pieces
