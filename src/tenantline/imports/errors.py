"""What can go wrong with a file, and with one cell of it."""

from __future__ import annotations

from tenantline.kernel.errors import BadInput


class Unusable(BadInput):
    """The file as a whole cannot be used; nothing was read into the database."""

    code = "unusable_file"


class Unreadable(ValueError):
    """A cell does not say clearly what it must say; ``reason`` is shown to a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
