"""Small helpers for words that people read."""

from __future__ import annotations

import re
from typing import Final

_UNSEEN: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff]+")
# A full stop ends a sentence after a real word (not "Dr." or "e.g.") and before a capital letter.
_END: Final = re.compile(
    r"(?:(?<=[^\W\d_]{4})|(?<=[\d)\"'\u2019]))\.(?= [A-ZÁÉÍÓÚÑ¿¡\"'(])|[!?](?= )"
)


def one_sentence(text: str, limit: int = 300) -> str:
    """Make one line of one sentence, at most ``limit`` characters, from any text.

    Used for what other programs and libraries say: line breaks and control characters become
    blanks, what follows the first sentence is dropped, what is too long ends in an ellipsis.
    """
    line = _UNSEEN.sub(" ", text).strip()
    if end := _END.search(line):
        line = line[: end.end()]
    if len(line) <= limit:
        return line
    return line[: limit - 1].rstrip() + "…"
