# ruff: noqa: RUF001 - the apostrophes are the point
"""R3: what an inbound text asks for: to revoke, to start, for help, unclear, or nothing of these.

``docs/revocation.md`` explains how it decides, and how well. Pure and deterministic; it reads
nothing but the files beside ``consent.wordings``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from tenantline.consent import keywords
from tenantline.consent.wordings import foreign, order, patterns, quoted, weighing

Heard = Literal["revoke", "start", "help", "ask", "nothing"]

# How heavy the words of a text must weigh, where no pattern decides. A missed revocation costs far
# more than a question, and a question more than nothing: docs/revocation.md shows the measures.
_ASKS: Final = 0.5
_REVOKES: Final = 3.5
_WISHES: Final = "SUCRZn03"  # classes of words that wish for something even when they stand alone
_SAYS_NOTHING: Final = dict.fromkeys(map(ord, "x2.,"))  # classes of words that mean nothing here
_DENIED: Final = 2.5  # taken off where a text says that it does not want out, or misses texts
_WRONG_PERSON: Final = frozenset({"wrong person", "who is this"})  # patterns that say so

# "This isn't Maria": a name, told by its capital
_SOMEBODY_ELSE: Final = re.compile(
    r"\W*(?:sorry\W+|no\W+)?(?:this|that|it|i)(?:\s*['’]?(?:is|s|m)\s+not|\s+am\s+not"
    r"|\s+is\s?n['’]?t|\s+aint)\s+(?-i:[A-Z][a-z]+)\W*\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a text was decided to be, the words that decided, and by which pattern.

    ``words`` are in plain spelling. They name nobody: what is not in the lexicon is an ellipsis.
    ``wrong_person`` tells, of an unclear text, that somebody else seems to have the phone ("wrong
    number", "who is this", "this isn't Maria"), whatever else the text may say.
    """

    heard: Heard
    words: str = ""
    why: str = ""
    wrong_person: bool = False


NOTHING: Final = Decision("nothing")


def decide(body: str, *, opt_out_type: str = "") -> Decision:
    """Return what an inbound text asks for. ``opt_out_type`` is Twilio's finding, if it sent one.

    Exact keywords come first, then plain stop words of other languages, then the order of words,
    and where that says nothing, their weight. START and HELP are only ever exact.
    """
    keyword = keywords.read(body, opt_out_type=opt_out_type)
    if keyword.heard == "stop":
        return Decision("revoke", keyword.words, "keyword")
    if keyword.heard != "nothing":
        return Decision(keyword.heard, keyword.words, "keyword")
    own = quoted.own_words(body)
    if quoted.is_instruction(body) and not any(map(str.isalpha, own)):
        return Decision("ask", order.row_of(body).shown, "our own instruction, typed")
    words = foreign.stop_words(own)
    if words:
        return Decision("revoke", words, "plain stop word of another language")
    row = order.row_of(own)
    found = _by_order(row)
    if found.heard == "nothing" and _SOMEBODY_ELSE.match(own):
        return Decision("ask", "this is not …", "wrong person", wrong_person=True)
    return found if found.heard != "nothing" else _by_weight(row)


def _by_order(row: order.Row) -> Decision:
    """Decide by the first pattern that revokes, else by the first that leaves it in doubt."""
    doubt: patterns.Match | None = None
    wrong = False
    for found in patterns.matches(row.letters):
        if found.revokes:
            return Decision("revoke", row.said(found.start, found.end), found.name)
        doubt = doubt or found
        wrong = wrong or found.name in _WRONG_PERSON
    if doubt is None:
        return NOTHING
    return Decision("ask", row.said(doubt.start, doubt.end), doubt.name, wrong_person=wrong)


def _by_weight(row: order.Row) -> Decision:
    meant = row.letters.translate(_SAYS_NOTHING)
    if not meant or (len(meant) == 1 and meant not in _WISHES):
        return NOTHING  # the name of one thing ("number", "messages") is too little to weigh
    weight = weighing.weigh(row)
    if patterns.denies(row.letters):
        weight -= _DENIED
    if weight > _REVOKES:
        return Decision("revoke", weighing.telling(row), "weight of the words")
    if weight > _ASKS:
        return Decision("ask", weighing.telling(row), "weight of the words")
    return NOTHING
