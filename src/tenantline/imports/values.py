"""What a cell says: money, numbers, languages, yes and no. Pure.

Each function takes a cell that ``text`` has cleaned and that says something (``says_nothing``),
and returns its value or raises ``Unreadable`` with a reason for a person. None of them guesses.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from tenantline.imports.errors import Unreadable
from tenantline.kernel import phone
from tenantline.kernel.errors import BadInput
from tenantline.kernel.phone import Number

PhoneKind = Literal["mobile", "home"]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split("|"))


_NOTHING: Final = _words(
    "|-|--|---|.|n/a|na|none|null|nil|#n/a|unknown|no phone|no email|no e-mail|not given|"
    "not provided|ninguno|ninguna"
)
_TEXT_FORMULA: Final = re.compile(r'="((?:[^"]|"")*)"')
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2060\ufeff]")

_MARKED: Final = re.compile(r"\$|(?:usd|us)(?![a-z])", re.IGNORECASE)
_AMOUNT: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d{1,2}))?")
_CENTS: Final = re.compile(r"-?[0-9]{1,13}")
_MOST_CENTS: Final = 10**13

_KIND_WORDS: Final[dict[str, PhoneKind]] = {
    **dict.fromkeys(["c", "cell", "cellular", "cell phone", "m", "mob", "mobile"], "mobile"),
    **dict.fromkeys(["mobile phone", "cel", "celular", "móvil", "movil"], "mobile"),
    **dict.fromkeys(["h", "hm", "home", "landline", "land line", "land", "house"], "home"),
    **dict.fromkeys(["w", "wk", "work", "o", "office", "business", "day", "evening"], "home"),
    **dict.fromkeys(["casa", "fijo", "trabajo", "oficina", "fax", "main", "home phone"], "home"),
    **dict.fromkeys(["work phone", "office phone", "residence", "residential"], "home"),
}
_LABELLED: Final = re.compile(
    r"\(?\s*(?P<before>[^\W\d_][^\W\d_ ]*(?: [^\W\d_]+)?)\.?\s*\)?\s*[:\-.]?\s*"
    r"(?P<number>[+(]*\d.*)"
    r"|(?P<first>[+(]*\d.*?)\s*[-,:]?\s*\(?\s*(?P<after>[^\W\d_]+(?: [^\W\d_]+)?)\.?\s*\)?"
)
_SEVERAL: Final = re.compile(r"\d{3}\D{0,3}\d{4}\D*[,;/|&\n]|\d{3}\D{0,3}\d{4}\s+(?:or|and|o|y)\s")
_FLOAT: Final = re.compile(r"(\d{10,11})\.0+")
_PLAIN: Final = re.compile(r"(?:\+?1[ .-]?)?\(?([2-9]\d{2})\)?[ .-]?(\d{3})[ .-]?(\d{4})")

_BETWEEN_UNITS: Final = re.compile(r"[,;|&\n]")
_LANGUAGES: Final = {
    **dict.fromkeys(["en", "eng", "english", "ingles"], "en"),
    **dict.fromkeys(["es", "spa", "esp", "sp", "spanish", "espanol", "castellano"], "es"),
}
_YES: Final = frozenset(
    ["yes", "y", "true", "t", "1", "on", "x", "si", "s", "ok", "okay", "checked", "verdadero"]
)
_NO: Final = frozenset(["no", "n", "false", "f", "0", "off", "unchecked", "falso", "never"])
# Words that say of themselves whether a person may be texted, whatever the column asks.
_MAY: Final = _words(
    "allowed|opted in|opt in|optin|subscribed|may text|ok to text|permitido|sms allowed|"
    "texts allowed|consented"
)
_MAY_NOT: Final = _words(
    "not allowed|opted out|opt out|optout|unsubscribed|stop|do not text|dont text|no text|"
    "no texts|no sms|dnt|no acepta|baja"
)
# Words that answer the question "may we text?" only.
_GIVEN: Final = frozenset(["in", "accepted", "agreed", "permitted", "active", "enabled", "granted"])
_TAKEN: Final = _words("out|declined|denied|refused|disabled|inactive|revoked|withdrawn|blocked")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number of a cell: E.164 where it is a mobile candidate, else as it was written."""

    kind: PhoneKind
    number: Number | None
    written: str


def text(cell: str) -> str:
    """Return a cell as people mean it: no invisible characters, no spreadsheet's text marks.

    A formula stays the text that it is; only ``="0012"``, by which programs write a text that
    looks like a number, and the apostrophe before what looks like a formula are taken off.
    """
    if cell.isascii() and cell.isprintable():
        plain = cell.strip()
    else:
        plain = _CONTROL.sub("", cell).replace("\xa0", " ").replace("\u202f", " ").strip()
    if not plain.startswith(("=", "'")):
        return plain
    if wrapped := _TEXT_FORMULA.fullmatch(plain):
        return wrapped[1].replace('""', '"').strip()
    if plain[:1] == "'" and plain[1:2] in tuple("=+-@0123456789"):
        return plain[1:].strip()
    return plain


def says_nothing(cell: str) -> bool:
    """Tell whether a cleaned cell is empty or one of the usual words for it, such as ``N/A``."""
    return len(cell) < 14 and cell.lower() in _NOTHING


@lru_cache(maxsize=4096)
def cents(cell: str) -> int:
    """Return an amount in cents: ``$1,234.50``, ``(12.00)``, ``-12``, ``12.00-``, ``12.00 CR``."""
    bare, minus = _unsigned(cell)
    if bare == "":
        if "$" in cell:  # accountants write a zero as "$ -"
            return 0
        raise Unreadable(f"{_shown(cell)} is not an amount of money.")
    found = _AMOUNT.fullmatch(bare)
    if found is None or minus is None or not (found[1] or found[2]):
        raise Unreadable(f"{_shown(cell)} is not an amount of US money.")
    total = int((found[1] or "0").replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0"))
    if total > _MOST_CENTS:
        raise Unreadable(f"{_shown(cell)} is more money than anybody owes.")
    return -total if minus else total


def whole_cents(cell: str) -> int:
    """Return an amount that is written in whole cents: ``12900``, ``-12900``."""
    if not _CENTS.fullmatch(cell):
        raise Unreadable(f"{_shown(cell)} is not a whole number of cents.")
    return int(cell)


def _unsigned(cell: str) -> tuple[str, bool | None]:
    """Return the digits of an amount and whether it is negative; None where it says so twice."""
    bare = cell.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    bare, marks = _MARKED.subn("", bare)
    bare = bare.strip()
    signs = 0
    if bare.startswith("(") and bare.endswith(")"):
        bare, signs = bare[1:-1].strip(), 1
    for mark in ("CR", "DR"):
        if bare.upper().endswith(mark):
            bare, signs = bare[:-2].strip(), signs + (mark == "CR")
    if bare.startswith("+"):
        bare = bare[1:].strip()
    elif bare.startswith("-"):
        bare, signs = bare[1:].strip(), signs + 1
    if bare.endswith("-") and bare != "-":
        bare, signs = bare[:-1].strip(), signs + 1
    return bare, None if signs > 1 or marks > 2 else signs == 1


def phone_number(cell: str, *, kind: PhoneKind = "mobile") -> Phone:
    """Return the number in a cell. A word beside it, such as ``(home)``, decides its kind.

    A home number is kept as it is written: it is never texted, so it may have an extension.
    """
    if kind == "mobile" and (plain := _PLAIN.fullmatch(cell)):
        # What nearly every cell looks like; phone.parse says the same, more slowly.
        return Phone("mobile", Number("+1" + "".join(plain.groups())), cell)
    bare, kind = (cell, kind) if kind == "home" else _labelled(cell)
    if kind == "home":
        return Phone("home", None, _home(bare))
    if _SEVERAL.search(bare):
        raise Unreadable(f"{_shown(cell)} is more than one phone number.")
    if whole := _FLOAT.fullmatch(bare):  # what a spreadsheet makes of ten digits
        bare = whole[1]
    try:
        return Phone("mobile", phone.parse(bare), bare)
    except BadInput as error:
        raise Unreadable(f"The mobile number {_shown(cell)}: {_small(error.sentence)}") from None


def _labelled(cell: str) -> tuple[str, PhoneKind]:
    found = _LABELLED.fullmatch(cell)
    if found is None:
        return cell, "mobile"
    label = (found["before"] or found["after"]).strip().lower()
    number = (found["number"] or found["first"]).strip()
    if label in _KIND_WORDS:
        return number, _KIND_WORDS[label]
    return cell, "mobile"


def _home(written: str) -> str:
    if sum(character.isdigit() for character in written) < 7:
        raise Unreadable(f"{_shown(written)} is not a phone number.")
    if len(written) > 40:
        raise Unreadable("The home phone is longer than 40 characters.")
    return written


def phone_kind(cell: str) -> PhoneKind:
    """Return what a "phone type" cell says of the number beside it; unknown words mean home."""
    return _KIND_WORDS.get(cell.lower(), "home")


@lru_cache(maxsize=256)
def language(cell: str) -> str:
    """Return ``en`` or ``es``."""
    word = re.split(r"[-_ ,(]", _plain(cell), maxsplit=1)[0]
    if word not in _LANGUAGES:
        raise Unreadable(f"The language {_shown(cell)} is neither English nor Spanish.")
    return _LANGUAGES[word]


@lru_cache(maxsize=256)
def yes_or_no(cell: str, *, question: Literal["may", "must not"] = "may") -> bool:
    """Return whether texts are allowed. ``must not``: the column asks whether they are refused."""
    words = re.sub(r"[^a-z0-9]+", " ", _plain(cell).replace("'", "")).strip()
    if words in _MAY | _MAY_NOT:
        return words in _MAY
    if question == "may" and words in _GIVEN | _TAKEN:
        return words in _GIVEN
    if words in _YES | _NO:
        return (words in _YES) == (question == "may")
    raise Unreadable(f"{_shown(cell)} is neither yes nor no.")


def plain_yes_or_no(cell: str) -> bool:
    """Return whether something other than texts is said to be so."""
    words = re.sub(r"[^a-z0-9]+", " ", _plain(cell).replace("'", "")).strip()
    if words in _YES | _NO:
        return words in _YES
    raise Unreadable(f"{_shown(cell)} is neither yes nor no.")


def postal_code(cell: str) -> str:
    """Return a postal code; a spreadsheet has taken the noughts from the front of ``04101``."""
    said = cell.strip()
    if re.fullmatch(r"\d{3,4}", said, re.ASCII):
        return said.zfill(5)
    if len(said) > 12:
        raise Unreadable(f"{_shown(cell)} is not a postal code.")
    return said


def unit_names(cell: str) -> list[str]:
    """Return the units that a cell names; commas, semicolons, bars and ``&`` stand between them."""
    if len(cell) <= 40 and cell.isalnum():
        return [cell]
    names = [" ".join(name.split()) for name in _BETWEEN_UNITS.split(cell)]
    found = list(dict.fromkeys(name for name in names if name and not says_nothing(name)))
    for name in found:
        if len(name) > 40:
            raise Unreadable("A unit's name is longer than 40 characters.")
    return found


def _plain(cell: str) -> str:
    parts = unicodedata.normalize("NFKD", cell.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)).strip()


def _shown(cell: str) -> str:
    line = " ".join(cell.split())
    return f"“{line if len(line) <= 40 else line[:39] + '…'}”"


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
