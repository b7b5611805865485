"""The proof packet as a tagged PDF (PDF/A-3a and PDF/UA-1), set by typst.

The template takes data and never markup. The facts themselves travel in the file as an attachment.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import typst

from tenantline.evidence.glyphs import printable
from tenantline.evidence.packet import Packet
from tenantline.evidence.printing import printed

_TEMPLATE: Final = Path(__file__).with_name("packet.typ")
_FOR_ARCHIVES: Final = ["a-3a", "ua-1"]


def render(packet: Packet) -> bytes:
    """Return the packet as a PDF: tagged, in English, for an archive, its facts attached."""
    made: bytes = _compile(packet, format="pdf", pdf_standards=_FOR_ARCHIVES)
    return made


def pictures(packet: Packet, *, ppi: float = 96) -> list[bytes]:
    """Return the packet's pages as PNG pictures, for documents about it."""
    made = _compile(packet, format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made)


def _compile(packet: Packet, **how: Any) -> Any:
    data = _cleaned(printed(packet))
    return typst.compile(
        _TEMPLATE.read_bytes(),
        ignore_system_fonts=True,  # the same pages on every machine
        sys_inputs={"data": json.dumps(data), "facts": packet.as_json()},
        timestamp=int(packet.made_at.timestamp()),
        **how,
    )


def _cleaned(value: Any) -> Any:
    """Return data with every text in characters that the document's fonts have."""
    match value:
        case str():
            return printable(value)
        case dict():
            return {name: _cleaned(one) for name, one in value.items()}
        case list() | tuple():
            return [_cleaned(one) for one in value]
    return value
