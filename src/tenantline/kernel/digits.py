"""Whole numbers in text from outside: ids in addresses, small counts in forms and headers. Pure."""

from __future__ import annotations

from typing import Final

ID_DIGITS: Final = 17
"""Digits that any id may have: a database's 64 bits hold them all, whatever they are."""


def whole_number(text: str, *, most: int = ID_DIGITS) -> int | None:
    """Return the number that a text is, None where it is anything but 1 to ``most`` digits.

    Only ASCII digits count: ``isdigit`` also says yes to ``²``, at which ``int`` fails, and ``int``
    reads the digits of other scripts. The limit is there because SQLite refuses what needs more
    than 64 bits, and because ``int`` refuses, or takes long over, thousands of digits. Leading
    zeros are digits like others; a sign or a space is none.
    """
    if text.isascii() and text.isdigit() and len(text) <= most:
        return int(text)
    return None
