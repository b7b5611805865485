"""Words and their classes: each word that matters stands for one letter, or a few.

``words.txt`` and ``phrases.txt`` hold them, a class at the head of each line. The letters, which
``patterns`` puts in order:

====  ==================================================  ====  ==================================
S     stop, quit, cease                                   s     stopped, ended
g     stopping, quitting                                  e     end (also a noun)
U     unsubscribe, opt out                                u     unsubscribed, opted out
C     cancel, disable, withdraw                           t     turn, switch, shut (off)
R     remove, take, delete, lose                          r     remove me (in one word)
f     off                                                 o     out
F     from, of                                            L     list, system, database
N     number, phone                                       T     text, message, SMS
K     contact, write to, bother                           V     send
G     get, receive                                        A     alert, reminder, notice, update
d     this, these, those                                  D     it, them, stuff
M     me, us                                              m     my, our
n     don't, not, never                                   0     no, none
j     can't, didn't, isn't                                W     want, wish, need, allow
X     anymore, again, further, more                       E     e-mail, mail, calls
O     what else one may want stopped or removed           c     can, could, would, should
h     how, what, when                                     i     if, maybe, might
Z     leave me alone, knock it off                        Y     go away, back off
B     spam, block, report                                 a     harassment
H     lawyer, sue, police                                 !     TCPA, FCC, do-not-call list
1     one more text                                       P     told, said, asked, replied
Q     wrong number, wrong person                          q     who is this
k     keep, continue, resume                              b     by mistake
y     only, except, instead                               z     at night, so often, until
J     consent, permission                                 I     interested
w     tired of, enough of                                 &     and, or
p     please, thanks, hello: left out                     -     articles and such: left out
3     unwanted, unwelcome                                 7     not ok, unacceptable
4     stopped by mistake                                  5     removed, deleted
2     doing anything else ("painting")                    @     I never agreed to
l     you keep, still getting                             r     remove me (in one word)
x     any other word                                      ,.    a pause, an end
====  ==================================================  ====  ==================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from tenantline.consent.wordings import slips
from tenantline.consent.wordings.plain import latin, unstretched
from tenantline.consent.wordings.slips import Slips

_LEFT_OUT: Final = frozenset("p-")
# Classes of which a word with a slip of the finger in it may have been meant to be one, if it is
# long enough not to be another word; and shorter words that may have been meant
_MEANT_CLASSES: Final = frozenset("SURT")
_MEANT_LENGTH: Final = 7
_MEANT: Final = (
    *("remove", "delete", "removed", "deleted", "unlist", "refrain", "msging", "texted"),
    *("stop", "quit", "text", "texts", "cease", "number", "numbers", "anymore", "permission"),
    *("consent", "optout", "unsub", "please", "thanks", "numero", "lista", "dejen", "parar"),
    *("contact", "contacting", "contacted", "message", "reminder", "reminders", "cancel"),
    *("notification", "notifications", "alerts", "subscription", "sending", "receive"),
    *("receiving", "disable", "deactivate", "bother", "bothering", "escriban", "escribir"),
    *("recibir", "cancelar", "suscripcion", "notificaciones", "mandar", "enviar"),
    *("envien", "manden", "borren", "harassing", "harassment"),
)
_RUN_TOGETHER: Final = 7  # letters from which a word may be several, written as one
_LONGEST_PART: Final = 14  # letters
_SAYS: Final = frozenset("SUCRTVn0Z")  # classes of which one is in whatever was run together
_WITH_DIGIT: Final = re.compile(r"stop\d")  # as in Stop2End
_GERUND: Final = re.compile(r"[a-z]{3,}in[g']?")
_STOP_SIGNS: Final = {"🛑": "S", "🚫": "0", "⛔": "0", "📵": "Z", "❌": "0", "📱": "T"}


@dataclass(frozen=True)
class Lexicon:
    """What the files say. ``phrases`` are by their first word, the longest first."""

    classes: dict[str, str]
    themselves: frozenset[str]
    phrases: dict[str, list[tuple[tuple[str, ...], str]]]
    known: frozenset[str]
    slips: Slips
    shorthand: dict[str, str]


@cache
def lexicon() -> Lexicon:
    """Read the files that belong to this package, once."""
    classes: dict[str, str] = {}
    themselves: set[str] = set()
    for line in _lines("words.txt"):
        letter, *words = line.split()
        if letter == "=":
            themselves.update(words)
        else:
            for word in words:
                classes.setdefault(word, letter)
    shorthand = _shorthand()
    phrases = _phrases(shorthand)
    known = frozenset(w for w in {*classes, *themselves} if len(w) > 1)
    slips_of = Slips(_meant(classes))
    return Lexicon(classes, frozenset(themselves), phrases, known, slips_of, shorthand)


def _meant(classes: dict[str, str]) -> set[str]:
    long = (w for w, c in classes.items() if c in _MEANT_CLASSES and len(w) >= _MEANT_LENGTH)
    return {*_MEANT, *long}


def class_of(word: str) -> str:
    """Return the class of one word in plain spelling, ``x`` where it says nothing here."""
    return "-" if word.isdecimal() else _class_of(word)


@lru_cache(maxsize=8192)
def _class_of(word: str) -> str:
    known = lexicon().classes
    for form in dict.fromkeys((word, latin(word), unstretched(latin(word)))):
        if form in known:
            return known[form]
        if form in _STOP_SIGNS:
            return _STOP_SIGNS[form]
    form = unstretched(latin(word))
    return _joined(form) or _slip(form) or ("2" if _GERUND.fullmatch(form) else "x")


def _joined(word: str) -> str:
    """Return the class of a word that digits are joined to (``stop2``, ``Stop2End``)."""
    known = lexicon().classes
    bare = word.strip("0123456789")
    if _WITH_DIGIT.match(word):
        return "S"
    return known[bare] if bare != word and known.get(bare) in {"S", "U", "C"} else ""


def _slip(word: str) -> str:
    """Return the class of the word that this one was meant to be, if a slip or two explain it."""
    book = lexicon()
    if len(word) < slips.SHORTEST or word in book.themselves:
        return ""
    return book.classes.get(book.slips.meant(word), "")


def parts(word: str) -> tuple[str, ...]:
    """Return the words that were written as one ("leavemealone"), or the word itself."""
    known = lexicon().known
    if len(word) < _RUN_TOGETHER or word in known or not word.isascii() or not word.isalpha():
        return (word,)
    return _parts(word)


@lru_cache(maxsize=4096)
def _parts(word: str) -> tuple[str, ...]:
    """Split a word into the fewest known ones, of which one at least says something here."""
    book = lexicon()
    best: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
    for end in range(2, len(word) + 1):
        for start in range(max(0, end - _LONGEST_PART), end - 1):
            before, piece = best[start], word[start:end]
            shortest = best[end]
            if before is None or piece not in book.known:
                continue
            if shortest is None or len(before) + 1 < len(shortest):
                best[end] = (*before, piece)
    found = best[-1] or (word,)
    says = any(book.classes.get(part, "x") in _SAYS for part in found)
    return found if says else (word,)


def plain_word(word: str) -> str:
    """Return the word that text-speak or a slip of the finger stands for, else the word itself."""
    book = lexicon()
    if word in book.shorthand:
        return book.shorthand[word]
    return (_meant_word(word) if word not in book.known else "") or word


@lru_cache(maxsize=8192)
def _meant_word(word: str) -> str:
    """Return the word that this unknown one was meant to be, if a slip or two explain it."""
    if len(word) < slips.SHORTEST:
        return ""
    return lexicon().slips.meant(word)


def left_out(letter: str) -> bool:
    """Tell whether words of this class are left out of the order of words."""
    return letter in _LEFT_OUT


def _phrases(shorthand: dict[str, str]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for line in _lines("phrases.txt"):
        letters, _, phrases = line.partition(": ")
        for phrase in phrases.split("|"):
            words = tuple(shorthand.get(word, word) for word in phrase.split())
            found.setdefault(words[0], []).append((words, letters))
    for alternatives in found.values():
        alternatives.sort(key=lambda item: -len(item[0]))
    return found


def _shorthand() -> dict[str, str]:
    rows = (line.partition(": ") for line in _lines("shorthand.txt"))
    return {written: word for word, _, forms in rows for written in forms.split()}


def _lines(name: str) -> list[str]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
