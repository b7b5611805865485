"""R3: what an inbound text asks for: to revoke, to start, for help, unclear, or nothing of these.

``docs/revocation.md`` explains how it decides, and how well. Pure, deterministic, no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from tenantline.consent import keywords
from tenantline.consent.wordings import foreign, order, patterns, quoted

Heard = Literal["revoke", "start", "help", "ask", "nothing"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a text was decided to be, the words that decided, and the pattern's name."""

    heard: Heard
    words: str = ""
    why: str = ""


NOTHING: Final = Decision("nothing")


def decide(body: str, *, opt_out_type: str = "") -> Decision:
    keyword = keywords.read(body, opt_out_type=opt_out_type)
    if keyword.heard == "stop":
        return Decision("revoke", keyword.words, "keyword")
    if keyword.heard != "nothing":
        return Decision(keyword.heard, keyword.words, "keyword")
    own = quoted.own_words(body)
    if quoted.is_instruction(body):
        return Decision("ask", body.strip(), "our own instruction, typed")
    words = foreign.stop_words(own)
    if words:
        return Decision("revoke", words, "plain stop words of another language")
    return _judge(order.row_of(own))


def _judge(row: order.Row) -> Decision:
    for pattern in patterns.FIRST:
        if found := pattern.shape.search(row.letters):
            return Decision("revoke", row.said(*found.span()), pattern.name)
    letters = patterns.DENIED.sub(lambda denied: "~" * len(denied[0]), row.letters)
    doubt = NOTHING
    for pattern in (*patterns.REVOKING, *patterns.DOUBTFUL):
        found = pattern.shape.search(letters)
        if found is None:
            continue
        words = row.said(*found.span())
        if pattern.verdict == "ask" or patterns.narrowed(letters, *found.span()):
            doubt = doubt if doubt.words else Decision("ask", words, pattern.name)
        else:
            return Decision("revoke", words, pattern.name)
    return doubt
