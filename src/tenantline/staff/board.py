"""Which widgets a person's home screen shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tenantline.kernel.errors import BadInput

WIDGETS: Final = ("unread", "waiting", "failed", "consent", "runs", "lines")
DEFAULT: Final = ("unread", "waiting", "consent")


def kept(stored: Sequence[str] | None) -> list[str]:
    """Return the board from what is stored: None is a new person's; what is gone is left out."""
    return list(DEFAULT) if stored is None else [name for name in stored if name in WIDGETS]


def checked(names: Sequence[str]) -> list[str]:
    """Return a board that may be kept, each widget once; raise ``BadInput`` for unknown names."""
    for name in names:
        _demand(name)
    return list(dict.fromkeys(names))


def opened(board: Sequence[str], name: str) -> list[str]:
    """Put a widget at the end, where it is not on the board yet."""
    return checked([*board, name])


def closed(board: Sequence[str], name: str) -> list[str]:
    """Take a widget off."""
    _demand(name)
    return [other for other in board if other != name]


def moved(board: Sequence[str], name: str, step: int) -> list[str]:
    """Move a widget by ``step`` places (-1: up), at most to an end of the board."""
    rest = closed(board, name)
    if len(rest) == len(board):
        return rest
    at = max(0, min(board.index(name) + step, len(rest)))
    return [*rest[:at], name, *rest[at:]]


def reordered(board: Sequence[str], order: Sequence[str]) -> list[str]:
    """Put the widgets of the board into this order; one that it does not name stays behind them."""
    wanted = [name for name in checked(order) if name in board]
    return [*wanted, *(name for name in board if name not in wanted)]


def _demand(name: str) -> None:
    if name not in WIDGETS:
        raise BadInput("There is no such widget.", field="widgets")
