"""R3: what an inbound text asks for: to revoke, to start, for help, unclear, or nothing of these.

``docs/revocation.md`` explains how it decides, and how well. Pure and deterministic; it reads
nothing but the files beside ``consent.wordings``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from tenantline.consent import keywords
from tenantline.consent.wordings import foreign, order, patterns, quoted, stranger, weighing, whole

Heard = Literal["revoke", "start", "help", "ask", "nothing"]

# How heavy the words of a text must weigh, where no pattern decides. A missed revocation costs far
# more than a question, and a question more than nothing: docs/revocation.md shows the measures.
_ASKS: Final = 0.8
_REVOKES: Final = 3.0
# The same, where a pattern leans towards a revocation.
_DOUBTS: Final = -3.0
_LEANS: Final = 0.0
_SIGNS: Final[dict[str, Heard]] = {
    "🛑": "revoke",
    "📵": "revoke",
    "🚫": "ask",
    "⛔": "ask",
    "✋": "ask",
    "🤚": "ask",
    "🖕": "ask",
}
_WISHES: Final = "SUCRZn03"  # classes of words that wish for something even when they stand alone
_BLANKS: Final = re.compile(r"\s{2,}")  # many at once take long to search
_SAYS_NOTHING: Final = dict.fromkeys(map(ord, "x2.,"))  # classes of words that mean nothing here
_DENIED: Final = 5.0  # taken off where a text says that it does not want out, or misses texts
_WRONG_PERSON: Final = frozenset({"wrong person", "who is this"})  # patterns that say so


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
    body = _BLANKS.sub(lambda found: "\n" if "\n" in found[0] else " ", body)
    own = quoted.own_words(body)
    if quoted.is_instruction(body) and not any(map(str.isalpha, own)):
        return Decision("ask", order.row_of(body).shown, "our own instruction, typed")
    if not any(map(str.isalnum, own)):
        return _by_sign(own)
    words = foreign.stop_words(own)
    if words:
        return Decision("revoke", words, "plain stop word of another language")
    words = whole.meant(own)
    if words:
        return Decision("revoke", words, "a well-known wording")
    row = order.row_of(own)
    weight = _weight(row)
    found = _by_order(row, weight)
    if found.heard == "nothing" and stranger.says_so(own):
        return Decision("ask", "somebody else", "wrong person", wrong_person=True)
    return found if found.heard != "nothing" else _by_weight(row, weight)


def _by_sign(own: str) -> Decision:
    """Decide a text without a word by its first sign that says "stop" or "no"."""
    for sign, heard in _SIGNS.items():
        if sign in own:
            return Decision(heard, sign, "a sign")
    return NOTHING


def _by_order(row: order.Row, weight: float) -> Decision:
    """Decide by the first pattern that revokes, then one that leans to it, then one in doubt."""
    found = list(patterns.matches(row.letters))
    wrong = any(match.name in _WRONG_PERSON for match in found)
    for match in found:
        if match.verdict == "revoke" or (match.verdict == "lean" and weight > _LEANS):
            return Decision("revoke", row.said(match.start, match.end), match.name)
    for match in found:
        if match.verdict == "ask" or weight > _DOUBTS:
            said = row.said(match.start, match.end)
            return Decision("ask", said, match.name, wrong_person=wrong)
    return NOTHING


def _weight(row: order.Row) -> float:
    weight = weighing.weigh(row)
    return weight - _DENIED if patterns.denies(row.letters) else weight


def _by_weight(row: order.Row, weight: float) -> Decision:
    meant = row.letters.translate(_SAYS_NOTHING)
    if not meant or (len(meant) == 1 and meant not in _WISHES):
        return NOTHING  # the name of one thing ("number", "messages") is too little to weigh
    if weight > _REVOKES:
        return Decision("revoke", weighing.telling(row), "weight of the words")
    if weight > _ASKS:
        return Decision("ask", weighing.telling(row), "weight of the words")
    return NOTHING
