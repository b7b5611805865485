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
x     any other word                                      ,.    a pause, an end
====  ==================================================  ====  ==================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from tenantline.consent.wordings.plain import latin, unstretched

_LEFT_OUT: Final = frozenset("p-")
# What a word with a slip of the finger in it may have been meant to be
_MEANT: Final = (
    *("stop", "stopping", "quit", "text", "texts", "texting", "texted", "message", "messages"),
    *("messaging", "contact", "contacting", "contacted", "remove", "removed", "delete", "cancel"),
    *("unsubscribe", "unsubscribed", "number", "numbers", "sending", "receive", "receiving"),
    *("notification", "notifications", "alerts", "reminder", "reminders", "subscription", "optout"),
    *("bother", "bothering", "harassing", "harassment", "anymore", "permission", "consent"),
    *("disable", "deactivate", "discontinue", "mensaje", "mensajes", "manden", "mandar", "envien"),
    *("enviar", "escriban", "escribir", "quitenme", "borren", "borrar", "numero", "lista", "dejen"),
    *("recibir", "notificaciones", "suscripcion", "cancelar"),
)
_SHORTEST: Final = 4  # letters of a word whose slips of the finger are looked for
_LONGEST: Final = 18  # letters; no word here is longer, whatever slips into it
_LONG: Final = 8  # letters from which two slips are allowed
_FIRST_HALVES: Final = ("stop", "quit", "dont", "remove", "unsubscribe", "cancel", "delete", "no")
_BESIDE: Final = {  # keys beside each other on a phone
    key: row[max(0, i - 1) : i + 2].replace(key, "")
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for i, key in enumerate(row)
}
_WITH_DIGIT: Final = re.compile(r"stop\d")  # as in Stop2End
_GERUND: Final = re.compile(r"[a-z]{3,}in[g']?")
_STOP_SIGNS: Final = {"🛑": "S", "🚫": "0", "⛔": "0", "📵": "0"}


@dataclass(frozen=True)
class Lexicon:
    """What the two files say. ``phrases`` are by their first word, the longest first."""

    classes: dict[str, str]
    themselves: frozenset[str]
    phrases: dict[str, list[tuple[tuple[str, ...], str]]]
    slips: dict[str, list[str]]


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
    phrases = _phrases()
    return Lexicon(classes, frozenset(themselves), phrases, _slips(_MEANT))


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
    """Return the classes of two words written as one (``stoptexting``, ``stop2``)."""
    known = lexicon().classes
    bare = word.rstrip("0123456789")
    if _WITH_DIGIT.match(word):
        return "S"
    if bare != word and known.get(bare) in {"S", "U", "C"}:
        return known[bare]
    halves = {"stop"} if word and not word.replace("stop", "") else None
    if halves:
        return "S"
    for first in _FIRST_HALVES:
        rest = word[len(first) :]
        if word.startswith(first) and known.get(rest, "x") in "TKMDdVASNL" and rest in known:
            return known[first] + known[rest]
    return ""


def _slip(word: str) -> str:
    """Return the class of the word that this one was meant to be, if a slip or two explain it."""
    book = lexicon()
    if not _SHORTEST <= len(word) <= _LONGEST or word in book.themselves or not word.isascii():
        return ""
    allowed = 2 if len(word) >= _LONG else 1
    best: tuple[int, str] | None = None
    for key in _shortened(word, allowed):
        for target in book.slips.get(key, ()):
            if allowed == 2 and len(target) < _LONG - 1:
                continue
            if not _begins_alike(word, target):
                continue
            distance = _distance(word, target)
            if distance <= allowed and (best is None or distance < best[0]):
                best = distance, book.classes[target]
    return best[1] if best else ""


def _begins_alike(word: str, target: str) -> bool:
    """Tell whether two words begin alike: the same key, the one beside it, or swapped letters."""
    first, meant = word[0], target[0]
    return first == meant or first in _BESIDE.get(meant, "") or word[:2] == target[1::-1]


def _slips(targets: Iterable[str]) -> dict[str, list[str]]:
    """Index words by themselves with one or two letters left out."""
    index: dict[str, list[str]] = {}
    for target in targets:
        if len(target) >= _SHORTEST and target.isascii():
            for key in _shortened(target, 2 if len(target) >= _LONG - 1 else 1):
                index.setdefault(key, []).append(target)
    return index


def _shortened(word: str, times: int) -> set[str]:
    found = {word}
    for _ in range(times):
        found |= {w[:i] + w[i + 1 :] for w in found for i in range(len(w))}
    return found


def _distance(one: str, other: str) -> int:
    """Return how many letters are missing, added, wrong or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def left_out(letter: str) -> bool:
    """Tell whether words of this class are left out of the order of words."""
    return letter in _LEFT_OUT


def _phrases() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for line in _lines("phrases.txt"):
        letters, _, phrases = line.partition(": ")
        for phrase in phrases.split("|"):
            words = tuple(phrase.split())
            found.setdefault(words[0], []).append((words, letters))
    for alternatives in found.values():
        alternatives.sort(key=lambda item: -len(item[0]))
    return found


def _lines(name: str) -> list[str]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
