"""R3: what an inbound text asks for: to revoke, to start, for help, unclear, or nothing of these.

``docs/revocation.md`` explains how it decides, and how well. Pure and deterministic; it reads
nothing but the files beside ``consent.wordings``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from tenantline.consent import keywords
from tenantline.consent.wordings import (
    choosing,
    foreign,
    order,
    patterns,
    quoted,
    stranger,
    weighing,
    whole,
)

Heard = Literal["revoke", "start", "help", "ask", "nothing"]

# How heavy a text must weigh to revoke, and to ask, by the strongest pattern found in it; the
# last is for texts in which little is known but the name of one thing ("texts"). A missed
# revocation costs far more than a question, and a question more than nothing: docs/revocation.md
# shows the measures.
_LIMITS: Final[dict[str, tuple[float, float]]] = {
    "revoke": (2.5, -1.25),
    "lean": (2.75, 0.25),
    "ask": (5.0, -2.25),
    "": (2.5, -1.0),
    "little": (3.0, 0.75),
}
_SENTENCE: Final = re.compile(r"[^.!?…;\n]*[^\W_][^.!?…;\n]*[.!?…;\n]*")
_LONG_SENTENCE: Final = 11  # words
_EASE: Final = 0.5  # a clause, which only asks, may weigh so much less than a text that revokes
_CLAUSES: Final = re.compile(
    r"(?i)[,:]|\b(?:and|so|but|also|anyway|because|since|though|y|pero|porque|as[ií] que)\b"
)
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
_STRENGTH: Final = ("revoke", "lean", "ask")
_DENIED: Final = 2.0  # taken off where a text says that it does not want out, or misses texts
_SHOUTED: Final = 2.5  # a text that weighs less than this does not revoke by one "Stop!" in it
_KEYWORD_AMONG_OTHERS: Final = "keyword in a sentence of its own"
_OPTION: Final = "the stop option of our messages"
_WRONG_PERSON: Final = frozenset({"wrong person", "who is this"})  # patterns that say so
_NO_WISH: Final = frozenset({"too many texts"})  # beside a wrong person no wish: it is parked
_PARKED: Final = 1.0  # so much more must such a text weigh to revoke


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


@cache
def prepare() -> None:
    """Read the files that decisions rest on, once: better than within somebody's transaction."""
    decide("Hello")


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
    if quoted.does_so(body, own):
        return Decision("revoke", order.row_of(own).shown, "does what our own instruction says")
    return _by_wordings(own) or _by_all_of(own) or _by_earlier_wish(own)


def _by_wordings(own: str) -> Decision | None:
    """Decide a text that says a revocation in well-known words, whatever stands beside them."""
    words = foreign.stop_words(own)
    if words:
        return Decision("revoke", words, "plain stop word of another language")
    words = whole.meant(own)
    if words:
        return Decision("revoke", words, "a well-known wording")
    if choosing.of_the_option(own) == "revoke":
        return Decision("revoke", order.row_of(own).shown, _OPTION)
    return None


def _by_earlier_wish(own: str) -> Decision:
    """Ask about a wish that was not honoured, and whether the stop option may be used."""
    if choosing.of_the_option(own):
        return Decision("ask", order.row_of(own).shown, _OPTION)
    if choosing.of_an_earlier_wish(own):
        return Decision("ask", order.row_of(own).shown, "a complaint of an earlier wish")
    return NOTHING


def _by_all_of(own: str) -> Decision | None:
    """Decide by order and weight, of the whole text and of each of its sentences."""
    decision = _by_order_and_weight(own)
    alone = _by_sentence(own) if decision.heard != "revoke" else None
    if alone and (alone.heard == "revoke" or decision == NOTHING):
        return alone
    return decision if decision != NOTHING else None


def _by_sentence(own: str) -> Decision | None:
    """Hear each sentence of several alone, so that none hides among the others; not questions.

    One that names the texts, or is a keyword, revokes there too; what only may be meant asks. A
    long sentence without a full stop (dictated) is heard by its clauses, which only ask.
    """
    sentences = [found[0].strip() for found in _SENTENCE.finditer(own)]
    if len(sentences) > 1:
        plain = (sentence for sentence in sentences if not sentence.endswith("?"))
        among = list(filter(None, map(_alone, plain)))
        if among:
            best = min(among, key=lambda decision: decision.heard != "revoke")
            return _unless_shouted(best, own, sentences[-1])
    long = (sentence for sentence in sentences if len(sentence.split()) > _LONG_SENTENCE)
    clauses = (clause for sentence in long for clause in _CLAUSES.split(sentence))
    heard = next(filter(None, (_alone(clause, _EASE) for clause in clauses)), None)
    return Decision("ask", heard.words, heard.why) if heard else None


def _unless_shouted(decision: Decision, own: str, last: str) -> Decision:
    """Ask about a keyword that the rest of the text outweighs: "Stop! Don't close the gate".

    One that is the ``last`` sentence is no shout: it revokes.
    """
    if decision.why != _KEYWORD_AMONG_OTHERS or keywords.read(last).heard == "stop":
        return decision
    return replace(decision, heard="ask") if _weight_of(own) < _SHOUTED else decision


def _weight_of(own: str) -> float:
    row = order.row_of(own)
    return _weight(row, list(patterns.matches(row.letters)))


def _alone(sentence: str, ease: float = 0.0) -> Decision | None:
    """Return what one sentence among others is, if by itself it would be a revocation.

    ``ease`` is how much less than usual it may weigh.
    """
    keyword = keywords.read(sentence)
    if keyword.heard == "stop":
        return Decision("revoke", keyword.words, _KEYWORD_AMONG_OTHERS)
    decision = _by_order_and_weight(sentence, ease)
    if decision.heard != "revoke":
        return None
    found = patterns.matches(order.row_of(sentence).letters)
    sure = any(match.verdict == "revoke" for match in found)
    return decision if sure else Decision("ask", decision.words, decision.why)


def _by_sign(own: str) -> Decision:
    """Decide a text without a word by its first sign that says "stop" or "no"."""
    for sign, heard in _SIGNS.items():
        if sign in own:
            return Decision(heard, sign, "a sign")
    return NOTHING


def _by_order_and_weight(own: str, ease: float = 0.0) -> Decision:
    """Decide by the weight of all that is seen, held against the strongest pattern found."""
    row = order.row_of(own)
    found = sorted(patterns.matches(row.letters), key=lambda match: _STRENGTH.index(match.verdict))
    weight = _weight(row, found)
    revokes, asks = _LIMITS[_strongest(row, found)]
    names = {match.name for match in found}
    wrong = bool(names & _WRONG_PERSON)
    if wrong and names - _WRONG_PERSON == _NO_WISH:
        revokes += _PARKED
    stranger_speaks = not found and stranger.says_so(own)
    words, why = _reason(row, found)
    if weight > revokes - ease:
        return Decision("revoke", words, why)
    if stranger_speaks:
        return Decision("ask", "somebody else", "wrong person", wrong_person=True)
    if weight > asks:
        return Decision("ask", words, why, wrong_person=wrong)
    return NOTHING


def _strongest(row: order.Row, found: list[patterns.Match]) -> str:
    """Return the strongest verdict found, else whether more than one thing is said at all."""
    if found:
        return found[0].verdict
    return "" if _says_enough(row) else "little"


def _reason(row: order.Row, found: list[patterns.Match]) -> tuple[str, str]:
    """Return the words that decided, and the pattern's name where one was found."""
    if found:
        return row.said(found[0].start, found[0].end), found[0].name
    return weighing.telling(row), "weight of the words"


def _weight(row: order.Row, found: list[patterns.Match]) -> float:
    weight = weighing.weigh(row, found)
    return weight - _DENIED if patterns.denies(row.letters) else weight


def _says_enough(row: order.Row) -> bool:
    """Tell whether more is said than the name of one thing ("number", "messages")."""
    meant = row.letters.translate(_SAYS_NOTHING)
    return len(meant) > 1 or (bool(meant) and meant in _WISHES)
