# ruff: noqa: RUF001 - the look-alikes are the point of the list below
"""R5: when two typed texts count as the same words. Pure; explained in docs/sending.md.

Two measures. *The same*: nothing but case, punctuation, blanks, digits, links, look-alike letters
and the tenant's own names, units and numbers differ. *Nearly the same*: texts of seven words and
more that share more than two thirds of them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

SHORTEST: Final = 7
"""Words of a text that can be nearly the same as another; shorter ones are the same or not."""

_FREE: Final = 5  # places of own names that may count as ordinary words, one by one
# An address, or a bare domain with a path or a usual ending: "due.Please" lacks only a blank.
_LINK: Final = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|co|us|info|biz|ly|app|link|site|shop|store)\b",
    re.IGNORECASE,
)
_RUN: Final = re.compile(r"[^\W\d_]+|\d+")  # of letters, or of digits
_TOKEN: Final = re.compile(r"[^\W_]+")
_SPELT_OUT: Final = re.compile(r"(?<!\w)(?:[^\W\d_][\W_]+){2,}[^\W\d_](?!\w)")  # s a l e, s.a.l.e
_INSIDE: Final = re.compile(r"(?<=[^\W\d_])\d+(?=[^\W\d_])")  # s4le
_UNSEEN: Final = frozenset({"Mn", "Me", "Cf"})  # marks upon letters, and what has no width
_OTHER_SCRIPTS: Final = {
    "аɑαᴀ": "a", "вβʙ": "b", "сϲᴄ": "c", "ԁᴅ": "d", "еεᴇ": "e", "ꜰ": "f", "ɡɢ": "g", "нһհʜ": "h",
    "іıιɪ": "i", "јᴊ": "j", "кκᴋ": "k", "ӏʟ": "l", "мᴍ": "m", "ոɴ": "n", "оοօᴏ": "o", "рρᴘ": "p",
    "ԛ": "q", "ʀ": "r", "ѕꜱ": "s", "тτᴛ": "t", "ᴜս": "u", "νᴠ": "v", "ԝᴡ": "w", "хχ": "x",
    "уʏ": "y", "ᴢ": "z",
}  # fmt: skip
_LOOKALIKES: Final = {ord(odd): plain for odds, plain in _OTHER_SCRIPTS.items() for odd in odds} | {
    start + place: chr(ord("a") + place) for start in (0x1F150, 0x1F170) for place in range(26)
}
# Letters that are taken for one another, and digits that stand for letters inside a word.
_ROUGHLY: Final = str.maketrans("il1034578", "llloeastb")
_GREETING: Final = (
    "hi hello hey howdy yo dear greetings good morning afternoon evening day there all folks "
    "everyone customer tenant valued friend sir madam mr mrs ms "
    "hola buenos buenas dias tardes noches estimado estimada senor senora sr sra"
)
_GREETINGS: Final = frozenset(_GREETING.translate(_ROUGHLY).split())


@dataclass(frozen=True, slots=True)
class Wording:
    """What is compared of a typed text.

    ``key`` is the wording without names, ``whole`` with them; ``keys`` are all under which it
    counts as the same, ``words`` what its nearness is measured by, empty for a short text.
    """

    key: str
    whole: str
    keys: frozenset[str]
    words: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Tell whether it is short and without names: then ``key`` alone finds it."""
        return not self.words and self.key == self.whole

    def stored(self) -> str:
        """Return the wording as one line, each key and word between blanks."""
        return f" {' '.join(sorted(self.keys))} | {' '.join(self.words)} "

    def marks(self) -> list[str]:
        """Return words of which the line of any wording that is alike holds at least one.

        Of a text that is nearly the same at most ``room`` words are missing; so one more of them
        cannot all be. The longest are the rarest.
        """
        count = room(len(self.words)) + 1 if self.words else 0
        return [*self.keys, *sorted(set(self.words), key=len, reverse=True)[:count]]


def of(body: str, *, names: Iterable[str]) -> Wording:
    """R5: return what is compared of a text to a tenant with these names, units and numbers.

    A name can be an ordinary word ("May", "Will", "Unit A"): what looks like one counts as a name
    and as a word, whichever makes the texts the same. A wording of which nothing is left is
    compared as typed.
    """
    pieces = _pieces(_LINK.sub(" ", _plain(body)), names)
    typed = _hash("as typed:" + body.strip())
    without = "".join(_letters(piece) for piece in pieces[::2])
    whole = _hash("".join(map(_letters, pieces)))
    if not without:
        return Wording(typed, whole, frozenset({typed}), ())
    keys = {typed, *(_hash(variant) for variant in _variants(pieces))}
    words = _words(" ".join(pieces[::2]))
    near = words if len(words) >= SHORTEST else ()
    return Wording(_hash(without), whole, frozenset(keys), near)


def parsed(stored: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the keys and words of a line that ``Wording.stored`` has made."""
    keys, _, words = stored.partition("|")
    return frozenset(keys.split()), tuple(words.split())


def alike(one: Wording, other: str) -> bool:
    """R5: tell whether a text counts as the same words as one of which the line is stored."""
    keys, words = parsed(other)
    return bool(one.keys & keys) or _nearly(one.words, words)


def room(count: int) -> int:
    """Return how many of so many words may differ: one of seven, and one more of each three."""
    return max((count - 4) // 3, 0)


def _nearly(one: Sequence[str], other: Sequence[str]) -> bool:
    """Measure by the words alone: a sentence moved to another place makes no other text."""
    shorter, longer = sorted((len(one), len(other)))
    allowed = room(shorter)
    if shorter < SHORTEST or longer - shorter > allowed:
        return False
    shared = sum((Counter(one) & Counter(other)).values())
    return longer - shared <= allowed


def _plain(text: str) -> str:
    """Return a text without case, marks upon letters that do not compose, and look-alikes."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = (c for c in folded if unicodedata.category(c) not in _UNSEEN)
    return "".join(seen).translate(_LOOKALIKES)


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalpha())


def _hash(words: str) -> str:
    return hashlib.blake2b(words.encode(errors="replace"), digest_size=8).hexdigest()


def _pieces(text: str, names: Iterable[str]) -> list[str]:
    """Cut a text at the tenant's names: words, a name, words, a name, …, words."""
    spelt = [
        # A12 is also written A-12, A 12 and #A12.
        r"[\W_]*".join(_RUN.findall(name))
        for name in sorted(_name_parts(names), key=len, reverse=True)
    ]
    spelt = [one for one in spelt if one]
    if not spelt:
        return [text]
    own = re.compile(rf"(?<!\w)((?:{'|'.join(spelt)})(?:['’]s)?)(?!\w)")
    # Names are found with and without their accents; each letter stays in its place.
    places = [match.span() for match in own.finditer("".join(map(_bare, text)))]
    pieces, done = [], 0
    for start, end in places:
        pieces += [text[done:start], text[start:end]]
        done = end
    return [*pieces, text[done:]]


def _name_parts(names: Iterable[str]) -> set[str]:
    """Return whole names, and their words of two letters and more, without accents."""
    parts: set[str] = set()
    for name in names:
        whole = "".join(map(_bare, _plain(name))).strip()
        parts |= {whole, *(part for part in re.findall(r"\w+", whole) if len(part) > 1)}
    return parts


def _bare(letter: str) -> str:
    """Return a letter without its accent, one character for one."""
    if letter < "\x80":
        return letter
    apart = unicodedata.normalize("NFD", letter)
    return apart[0] if all(unicodedata.category(mark) == "Mn" for mark in apart[1:]) else letter


def _variants(pieces: Sequence[str]) -> set[str]:
    """Return the letters of a text with some, all and none of its own names left out."""
    letters = [_letters(piece) for piece in pieces]
    names = [place for place in range(1, len(letters), 2) if letters[place]]
    free = names[:_FREE]
    found = {"".join(letters)}
    for kept in product((True, False), repeat=len(free)):
        stays = {place for place, keep in zip(free, kept, strict=True) if keep}
        found.add("".join(part for n, part in enumerate(letters) if n % 2 == 0 or n in stays))
    return found


def _words(text: str) -> tuple[str, ...]:
    """Return a text's words as nearness compares them, without the greeting they begin with."""
    joined = _SPELT_OUT.sub(lambda match: _letters(match[0]), text)
    words = [_rough(token) for token in _TOKEN.findall(joined)]
    words = [word for word in words if word]
    start = next((n for n, word in enumerate(words) if word not in _GREETINGS), len(words))
    return tuple(words[start:])


def _rough(token: str) -> str:
    inside = _INSIDE.sub(lambda match: match[0].translate(_ROUGHLY), token)
    return "".join(_bare(c) for c in inside if c.isalpha()).translate(_ROUGHLY)
