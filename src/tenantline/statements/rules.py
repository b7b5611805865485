"""Which way a statement goes, how long its link works, and who may open it (R13). Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from tenantline.tenants.delivery import Method, Refusal, Way, way

LINK_WORKS: Final = timedelta(days=60)  # until the statement after the next one has come
VISIT_LASTS: Final = timedelta(minutes=30)
MOST_WRONG: Final = 5
Dead = Literal["expired", "newer", "number_changed", "locked", "erased"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """All that decides by which method a statement goes to a tenant.

    ``chosen`` at issue, or None. ``by_sms`` is the tenant's switch *Statements by SMS*. ``no_sms``
    is why no text can carry it (no consent, no line …), None where one can; ``no_email`` the same
    of e-mail.
    """

    chosen: Method | None
    of_tenant: Method
    by_sms: bool
    no_sms: Refusal | None
    no_email: Refusal | None


_OFF: Final = Refusal("switched_off", "Statements by SMS is off for this tenant.")


def decide(case: Case) -> Way:
    """Return by which method a statement goes.

    The switch *Statements by SMS* puts the text in place of e-mail or print while consent for
    statements is active. The tenant's delivery method says nothing about texts here: it is for
    letters, and a statement by SMS is switched on expressly.
    """
    wanted = case.chosen or ("sms" if case.by_sms else case.of_tenant)
    return way(wanted, lambda method: _why_not(method, case))


def _why_not(method: Method, case: Case) -> Refusal | None:
    if method == "sms":
        return _OFF if not (case.by_sms or case.chosen == "sms") else case.no_sms
    return case.no_email


# --- what the page asks: surname and unit -----------------------------------------------------

_WORDS: Final = re.compile(r"[^\s]+")
_SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv", "md", "phd", "esq"})
_COMPANY: Final = frozenset({"llc", "inc", "corp", "ltd", "co", "lp", "llp", "company"})
# fmt: off
_PARTICLES: Final = frozenset({
    "de", "del", "la", "las", "los", "el", "y", "da", "das", "do", "dos",
    "van", "von", "der", "den", "di", "du", "le",
})
# fmt: on
_UNIT_WORD: Final = re.compile(r"^(?:unit|unidad|storage|space|no|num|numero)(?=\w)")


def may_open(*, name: str, units: Iterable[str], surname: str, unit: str) -> bool:
    """R13: tell whether both answers are right. All is compared, in constant time."""
    right_name = _among(_joined(surname), surnames(name))
    right_unit = _among(plain_unit(unit), {plain_unit(one) for one in units})
    return right_name & right_unit


def is_answered(*, surname: str, unit: str) -> bool:
    """Tell whether both questions were answered at all; a slip of the thumb is no wrong answer."""
    return bool(_plain(surname) and _plain(unit))


def can_be_asked(name: str, units: Iterable[str]) -> bool:
    """Tell whether there is a surname and a unit that somebody could answer with."""
    return bool(surnames(name)) and any(plain_unit(one) for one in units)


def surnames(name: str) -> frozenset[str]:
    """Return what counts as the surname of a name as it stands on file, in plain form.

    The words that end it ("Cruz", "la Cruz" and "de la Cruz" of "Ana de la Cruz"), the whole name,
    and of several surnames also the first ("García" of "Ana García López"). Of "Whitfield, Dana"
    what stands before the comma. Of a company also the words that begin it. Accents, case and
    punctuation do not matter; titles behind a name are left out.
    """
    before, comma, after = name.partition(",")
    words = _name_words(before)
    others = _name_words(after) if comma else []
    if not words:
        words, others = others, []
    company = bool(_COMPANY & set(_plain_words(name)))
    found = _runs_to_the_end(words)
    if others and not company:
        found |= {"".join([*others, *words]), "".join([*words, *others])}
    elif len(words) > 2:
        found.add(words[-2])
    if company or others:
        found |= {"".join(words[:count]) for count in range(1, len(words) + 1)}
    return frozenset(one for one in found if one and one not in _PARTICLES)


def _runs_to_the_end(words: Sequence[str]) -> set[str]:
    return {"".join(words[place:]) for place in range(len(words))}


def _name_words(text: str) -> list[str]:
    words = _plain_words(text)
    kept = [word for word in words if word not in _SUFFIXES | _COMPANY]
    return kept or words


def _plain_words(text: str) -> list[str]:
    return [plain for word in _WORDS.findall(text) if (plain := _plain(word))]


def _joined(text: str) -> str:
    return "".join(_name_words(text))


def plain_unit(unit: str) -> str:
    """Return a unit's name without what people leave out: ``Unit B-012`` and ``b 12`` are one."""
    plain = _UNIT_WORD.sub("", _plain(unit))
    return re.sub(r"(?<!\d)0+(?=\d)", "", plain)


def _plain(text: str) -> str:
    """Return letters and digits alone, without accents, in one case."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in apart if char.isalnum())


def _among(answer: str, right: Iterable[str]) -> bool:
    """Compare with every right answer, whether one was found or not: time says nothing."""
    given, found = _hashed(answer), False
    for one in sorted(right):
        found |= hmac.compare_digest(given, _hashed(one))
    return found and bool(answer)


def _hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
