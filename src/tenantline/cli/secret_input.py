"""Secrets come from the environment or standard input, never from arguments others can see."""

from __future__ import annotations

import sys
from typing import Final

import click

from tenantline.kernel.errors import BadInput

_LONGEST: Final = 1024


def read_secret(what: str, *, confirm: bool = False) -> str:
    """Read one line from standard input, or ask for it without showing it.

    ``what`` names it to people, e.g. ``password``. Raises ``BadInput`` for none, or no text.
    """
    if sys.stdin is not None and sys.stdin.isatty():
        prompt = what[0].upper() + what[1:]
        return str(click.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True))
    return _line(what)


def _line(what: str) -> str:
    raw = sys.stdin.buffer.readline(_LONGEST + 2) if sys.stdin is not None else b""
    try:
        line = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise BadInput(f"The {what} on standard input is not valid UTF-8.") from None
    if not line:
        raise BadInput(f"No {what} was given: write it to standard input, as one line.")
    if len(line) > _LONGEST:
        raise BadInput(f"The {what} on standard input is too long.")
    return line
