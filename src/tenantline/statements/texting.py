"""What a statement's text says: facility, month, link, due date, STOP line (R16). Pure.

Neither unit nor amount is in it: a text is read on a lock screen.
"""

from __future__ import annotations

from typing import Final

from tenantline.conversations.framing import framed
from tenantline.kernel.segments import Measure, measure
from tenantline.statements import phrases, words
from tenantline.statements.content import Content

TOKEN_BYTES: Final = 16  # 128 bits nobody guesses, in 22 characters of a text


def body(content: Content, *, link: str) -> str:
    """Return the text that carries a statement's link."""
    said = words.of(content.language)["text"].format(
        month=phrases.month_of(content), link=link, due=phrases.due_in_a_text(content)
    )
    return framed(said, facility=content.facility.name, language=content.language)


def cost(content: Content, *, public_url: str) -> Measure:
    """Return what the text costs to send, before there is a link: all links are equally long."""
    return measure(body(content, link=address(public_url, "x" * 22)))


def address(public_url: str, token: str) -> str:
    """Return the address of a statement's page."""
    return f"{public_url}/s/{token}/"
