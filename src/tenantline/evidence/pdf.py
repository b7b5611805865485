"""The proof packet as a tagged PDF (PDF/A-3a and PDF/UA-1).

The facts themselves travel in the file as an attachment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tenantline.evidence.packet import Packet
from tenantline.evidence.printing import printed
from tenantline.kernel import typesetting

_TEMPLATE: Final = Path(__file__).with_name("packet.typ")


def render(packet: Packet) -> bytes:
    """Return the packet as a PDF: tagged, in English, for an archive, its facts attached."""
    facts = {"facts": packet.as_json()}
    return typesetting.pdf(_TEMPLATE, printed(packet), at=packet.made_at, more=facts)


def pictures(packet: Packet, *, ppi: float = 96) -> list[bytes]:
    """Return the packet's pages as PNG pictures, for documents about it."""
    facts = {"facts": packet.as_json()}
    return typesetting.pictures(_TEMPLATE, printed(packet), at=packet.made_at, more=facts, ppi=ppi)
