"""Which keyword a text is, if it is one: the carriers' words and the federal rule's per se words.

R2, R3. START must stand alone; a revocation may have courtesies around it. Free wording ("please
take me off your list") is judged by ``consent.revocation``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Heard = Literal["stop", "start", "help", "nothing"]

# Twilio's own list, 47 CFR 64.1200(a)(10)'s per se words, and their plain Spanish counterparts.
_STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"})
_STOP_SPANISH = frozenset({"parar", "pare", "alto", "detener", "cancelar"})
_STOP_PAIRS = frozenset(
    {("opt", "out"), ("stop", "all"), ("un", "subscribe"), ("opt", "me", "out")}
)
_START = frozenset({"start", "unstop"})
_HELP = frozenset({"help", "info", "ayuda"})
_COURTESIES = frozenset(
    {"please", "pls", "plz", "thanks", "thank", "you", "thx", "ty", "kindly", "now", "ok", "okay"}
    | {"hi", "hello", "hey", "sir", "madam", "maam", "por", "favor", "gracias", "hola", "y", "and"}
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was heard as, and the words that decided."""

    heard: Heard
    words: str = ""


def read(body: str, *, opt_out_type: str = "") -> Reading:
    """Return what keyword ``body`` is. ``opt_out_type`` is Twilio's own finding, if it sent one.

    Twilio's STOP is believed; its START is not, because an operator may have made YES one.
    """
    words = _words(body)
    essence = tuple(word for word in words if word not in _COURTESIES)
    if _is_stop(essence):
        return Reading("stop", " ".join(essence))
    if opt_out_type.upper() == "STOP":
        return Reading("stop", "the carrier's own finding")
    alone = _alone(body)
    if alone in _START:
        return Reading("start", alone)
    if alone in _HELP:
        return Reading("help", alone)
    return Reading("nothing")


def _is_stop(essence: tuple[str, ...]) -> bool:
    if not essence:
        return False
    if all(word in _STOP | _STOP_SPANISH for word in essence):
        return True  # also "STOP STOP STOP"
    return essence in _STOP_PAIRS


def _words(body: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKC", body).casefold().replace("'", "").replace("\u2019", "")
    # Invisible characters inside a word (zero-width blanks, soft hyphens) do not hide it.
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return tuple(_WORD.findall(seen))


def _alone(body: str) -> str:
    """Return the text without the punctuation, quotes and blanks around it, in lower case."""
    plain = unicodedata.normalize("NFKC", body)
    kept = [c for c in plain if not _is_trimming(c)]
    inner = plain.strip("".join({c for c in plain if _is_trimming(c)}))
    return inner.casefold() if len(inner) == len(kept) else ""


def _is_trimming(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "PZC" or category == "Sk"
