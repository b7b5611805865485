"""What every automatic text begins and ends with. Pure."""

from __future__ import annotations

from typing import Final

# The Spanish one does without accents: one of them would make every text twice as dear.
STOP_LINES: Final = {
    "en": "Reply STOP to stop.",
    "es": "Para terminar, responda STOP.",
}


def framed(body: str, *, facility: str, language: str) -> str:
    """Return an automatic text: the facility's name first, the STOP line last."""
    return f"{facility}: {body.strip()}\n{STOP_LINES.get(language, STOP_LINES['en'])}"
