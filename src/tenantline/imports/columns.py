"""Which column holds what. Pure: guessed from the names, shown, and overridable.

A name may be written in any case, with any punctuation, run together as programs write them
(``sMobile``, ``TenantID``, ``dPaidThru``), in English or Spanish.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from tenantline.imports.errors import Unusable
from tenantline.imports.values import text

FIELDS: Final[dict[str, str]] = {
    "external_id": "Tenant id",
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "unit": "Unit",
    "mobile": "Mobile number",
    "home_phone": "Home phone",
    "phone_type": "Kind of the mobile number",
    "email": "E-mail",
    "balance": "Balance",
    "move_in": "Move-in",
    "move_out": "Move-out",
    "paid_through": "Paid through",
    "language": "Language",
    "sms_allowed": "SMS allowed",
    "sms_refused": "SMS refused",
    "notes": "Notes",
    "facility": "Facility",
}
"""Every field that a column can be for, with its words; the order is that of the screens."""

_OTHER_NAMES: Final = {
    "id": "external_id",
    "tenant_id": "external_id",
    "units": "unit",
    "phone": "mobile",
    "mobile_number": "mobile",
    "home": "home_phone",
    "landline": "home_phone",
    "e_mail": "email",
    "sms": "sms_allowed",
    "sms_ok": "sms_allowed",
    "no_sms": "sms_refused",
    "do_not_text": "sms_refused",
    "paid_thru": "paid_through",
    "note": "notes",
}
_NAMES: Final = ("name", "first_name", "last_name", "company")

# Somebody else's name or number, or something about the site: never a tenant's own.
_NOT_THE_TENANT: Final = re.compile(
    r"\b(?:alt|alternate|alternative|emergency|spouse|secondary|second|other|fax|lien|employer|"
    r"military|reference|kin|guarantor|authorized|auth|contact 2|contact2|lienholder|vehicle|"
    r"gate|mailing|billing|shipping|conyuge|emergencia|alterno|manager|agent|co)\b"
)
_ABOUT_TEXTS: Final = r"(?:sms|text|texts|texting|txt|mensajes)"
# In this order the first pattern that fits decides; the number ranks rivals for one field.
_PATTERNS: Final[tuple[tuple[str, int, str], ...]] = (
    ("sms_refused", 1, rf"(?:do not|dont|no|never|block|stop) {_ABOUT_TEXTS}(?: messages?)?"),
    (
        "sms_refused",
        1,
        rf"{_ABOUT_TEXTS}.* (?:opt(?:ed)? ?out|optout|unsubscribed|blocked|refused)",
    ),
    ("sms_refused", 2, rf"(?:opt(?:ed)? ?out|optout|unsubscribed)(?: (?:of )?{_ABOUT_TEXTS}.*)?"),
    ("sms_refused", 2, r"(?:opt(?:ed)? ?out|optout)(?: (?:flag|status))?|no acepta sms"),
    (
        "sms_allowed",
        1,
        rf"{_ABOUT_TEXTS}(?: messag\w+| marketing)? (?:ok|okay|allowed|permitted|opt(?:ed)? ?in|"
        r"optin|consent|enabled|permission|status|allow|yes no|yn|y n|subscribed|preference|agreed)"
        r"(?: (?:status|flag|yes no))?",
    ),
    (
        "sms_allowed",
        1,
        rf"(?:ok|okay|okay to|ok to|allow|allows|allowed|may|can|accepts?|acepta|receives?|send|"
        rf"permission to|consent to|opt(?:ed)? ?in(?: to)?|enable) {_ABOUT_TEXTS}(?: messag\w+)?",
    ),
    ("sms_allowed", 2, r"(?:opt(?:ed)? ?in|optin)(?: (?:flag|status))?|sms|texting|text messages?"),
    ("phone_type", 1, r"(?:phone|telephone|number|primary phone|phone number) (?:type|kind)"),
    (
        "mobile",
        1,
        r"(?:primary )?(?:mobile|cell|cellular|cellphone|cel|celular|movil|handset)"
        r"(?: ?(?:phone|telephone|number|no|num|nbr|tel|1|primary|telefono))*"
        r"|(?:phone|telephone|tel|telefono) (?:number )?(?:mobile|cell|cellular|celular|movil)"
        r"|(?:sms|text|texting) (?:phone|number|phone number)|(?:numero|telefono) (?:de )?celular",
    ),
    (
        "home_phone",
        1,
        r"(?:home|landline|land line|house|residence|residential|casa|fijo|hm)"
        r"(?: ?(?:phone|telephone|number|no|num|nbr|tel|1|telefono))*"
        r"|(?:phone|telephone|tel|telefono) (?:number )?(?:home|landline|(?:de )?casa|fijo|h)",
    ),
    (
        "home_phone",
        3,
        r"(?:work|office|business|day|daytime|evening|trabajo|oficina|wk)"
        r"(?: ?(?:phone|telephone|number|no|num|nbr|tel|1))+"
        r"|(?:phone|telephone|tel|telefono) (?:number )?(?:work|office|business|w|trabajo|oficina)",
    ),
    (
        "mobile",
        5,
        r"(?:primary |main |contact |customer |best )*(?:phone|telephone|tel|telefono|ph|phone1)"
        r"(?: ?(?:number|no|num|nbr|1|primary|main))*",
    ),
    ("email", 1, r"(?:primary )?(?:e ?mail|correo(?: electronico)?)(?: ?(?:address|addr|1|id))*"),
    (
        "external_id",
        1,
        r"(?:external|ext|tenant|customer|cust|client|renter|account|acct|ledger|contact|lease|"
        r"cliente|inquilino) ?(?:id|number|no|num|nbr|code|key|guid|uuid)(?: ?(?:number|no))?",
    ),
    ("external_id", 2, r"(?:id|account|acct|uuid|guid|reference id|record id|customer ref)"),
    (
        "unit",
        1,
        r"(?:storage )?(?:unit|units|space|spaces|locker|unidad|bodega)"
        r"(?: ?(?:number|no|num|nbr|name|numbers|names|id|s))*|rented units?",
    ),
    (
        "balance",
        1,
        r"(?:account |total |current |outstanding |ledger |tenant |open )*(?:balance|bal|saldo)"
        r"(?: ?(?:due|owed|owing|amount|outstanding|total|usd))*"
        r"|(?:total |amount )+(?:due|owed|owing)|past due balance|charge balance|adeudo",
    ),
    (
        "move_in",
        1,
        r"(?:date )?mov(?:e|ed) ?in(?: ?(?:date|day|on))*|movein|(?:lease|rental|rent|contract) "
        r"(?:start|began|begin|starts|from)(?: date)?|start date|fecha (?:de )?(?:entrada|inicio)",
    ),
    (
        "move_out",
        1,
        r"(?:date )?mov(?:e|ed) ?out(?: ?(?:date|day|on))*|moveout|vacated?(?: ?(?:date|on))*|"
        r"(?:lease|rental|rent|contract) (?:end|ended|ends|until)(?: date)?|"
        r"fecha (?:de )?salida",
    ),
    (
        "paid_through",
        1,
        r"paid ?(?:thr(?:u|ough)|to|until|till)(?: date)?|pagado hasta|paid up to",
    ),
    (
        "language",
        1,
        r"(?:preferred |primary |spoken )*(?:language|lang|idioma)(?: ?(?:code|pref))*",
    ),
    ("notes", 1, r"notes?|comments?|remarks?|memo|notas?|comentarios?|internal notes?"),
    (
        "facility",
        1,
        r"(?:facility|site|store|property|location|branch|sucursal)(?: ?(?:code|name|id|no))*",
    ),
    ("first_name", 1, r"f ?name|first(?: ?names?)?|given ?names?|forename|nombres? de pila"),
    ("last_name", 1, r"l ?name|last(?: ?names?)?|surname|family ?names?|apellidos?"),
    ("company", 1, r"(?:company|business|organi[sz]ation|firm|empresa)(?: ?name)?"),
    (
        "name",
        1,
        r"(?:full |complete )?(?:tenants?|customers?|clients?|renters?|occupants?|residents?|"
        r"inquilinos?|clientes?|lessees?|contacts?)? ?(?:full )?(?:names?|nombre(?: completo)?)",
    ),
    ("name", 2, r"tenants?|customers?|clients?|renters?|occupants?|inquilinos?|clientes?|lessees?"),
    ("name", 2, r"(?:rented|leased|occupied) (?:by|to)"),
)
_COMPILED: Final = tuple((name, rank, re.compile(words)) for name, rank, words in _PATTERNS)
# Said of whom, not what: "Tenant E-mail", "Customer: Mobile", "Current Tenant First Name".
_WHOSE: Final = re.compile(
    r"^(?:(?:current|the|tenants?|customers?|clients?|renters?|cust|occupant|resident"
    r"|account holder|primary|inquilino|cliente|del|de|person|contact) )+"
)
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TYPE_PREFIX: Final = re.compile(r"^(?:s|d|dc|b|i|n|str|dt|txt|int) (?=[a-z])")


def words_of(header: str) -> str:
    """Return a header as plain words: ``sHomePhone#`` is ``home phone no``."""
    split = _CAMEL.sub(" ", text(header))
    plain = unicodedata.normalize("NFKD", split.replace("#", " no ").replace("'", "").lower())
    plain = "".join(part for part in plain if not unicodedata.combining(part))
    words = re.sub(r"[^a-z0-9]+", " ", plain).strip()
    return _TYPE_PREFIX.sub("", words)


@lru_cache(maxsize=2048)
def guess(header: str) -> tuple[str, int] | None:
    """Return the field that a column's name suggests, with a rank (lower is surer)."""
    words = words_of(header)
    if not words or len(words) > 60 or _NOT_THE_TENANT.search(words):
        return None
    for candidate in dict.fromkeys([words, _WHOSE.sub("", words)]):
        for name, rank, pattern in _COMPILED:
            if pattern.fullmatch(candidate):
                return name, rank
    return None


@dataclass(frozen=True)
class Columns:
    """Which column holds which field. ``chosen`` maps a field to a column's place, from 0.

    ``rivals`` are further columns that would fit a field; ``unused`` are the rest.
    """

    headers: tuple[str, ...]
    chosen: Mapping[str, int]
    rivals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def unused(self) -> list[str]:
        """Return the names of the columns that are not read."""
        taken = set(self.chosen.values())
        return [name for place, name in enumerate(self.headers) if place not in taken and name]

    @property
    def has_name(self) -> bool:
        """Tell whether some column can hold a tenant's name."""
        return any(name in self.chosen for name in _NAMES)

    def shown(self) -> list[tuple[str, str, list[str]]]:
        """Return (field's words, column, rival columns) in the order of the screens."""
        return [
            (
                words,
                self.label(self.chosen[name]),
                [self.label(p) for p in self.rivals.get(name, ())],
            )
            for name, words in FIELDS.items()
            if name in self.chosen
        ]

    def label(self, place: int) -> str:
        """Return a column's name, or its number where it has none of its own."""
        name = self.headers[place].strip()
        if name and self.headers.count(self.headers[place]) == 1:
            return name[:60]
        return f"{name[:50]} (column {place + 1})".strip()

    def with_choices(self, choices: Mapping[str, int | None]) -> Columns:
        """Return these columns with some fields put elsewhere; None reads no column for a field."""
        chosen = dict(self.chosen)
        taken = {place for place in choices.values() if place is not None}
        chosen = {name: place for name, place in chosen.items() if place not in taken}
        for name, place in choices.items():
            chosen.pop(name, None)
            if place is not None:
                chosen[name] = place
        rivals = {name: also for name, also in self.rivals.items() if name not in choices}
        return Columns(self.headers, chosen, rivals)


def guessed(headers: Sequence[str]) -> Columns:
    """Guess which column holds which field; where several fit one, the surest and leftmost does."""
    found: dict[str, list[tuple[int, int]]] = {}
    for place, header in enumerate(headers):
        if (fits := guess(header)) is not None:
            found.setdefault(fits[0], []).append((fits[1], place))
    chosen: dict[str, int] = {}
    rivals: dict[str, tuple[int, ...]] = {}
    for name, places in found.items():
        places.sort()
        chosen[name] = places[0][1]
        if len(places) > 1:
            rivals[name] = tuple(place for _, place in places[1:])
    _give_up_plain_phone(found, chosen, rivals)
    return Columns(tuple(headers), _consistent(chosen), rivals)


def _give_up_plain_phone(
    found: Mapping[str, list[tuple[int, int]]],
    chosen: dict[str, int],
    rivals: dict[str, tuple[int, ...]],
) -> None:
    """Keep a plain "Phone" beside a "Cell" as the home phone: kept, and never texted."""
    if "home_phone" in chosen:
        return
    plain = [place for rank, place in found.get("mobile", []) if rank == 5]
    if plain and found["mobile"][0][0] < 5:
        chosen["home_phone"] = plain[0]
        rest = tuple(place for place in rivals["mobile"] if place != plain[0])
        rivals["mobile"] = rest
        if not rest:
            del rivals["mobile"]


def _consistent(chosen: dict[str, int]) -> dict[str, int]:
    # First and last name together say more than a column "Name", which may be anything's.
    if "first_name" in chosen and "last_name" in chosen:
        chosen.pop("name", None)
    return chosen


def read_map(given: Sequence[str]) -> dict[str, str]:
    """Read ``--map field="Column"``. An empty column means: read none for this field.

    Raises:
        Unusable: a word is not of that form, or names no field.
    """
    wanted: dict[str, str] = {}
    for word in given:
        name, equals, column = word.partition("=")
        key = re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")
        key = _OTHER_NAMES.get(key, key)
        if not equals or key not in FIELDS:
            known = ", ".join(FIELDS)
            raise Unusable(f"--map takes field=Column; {name[:30]} is none of {known}.")
        wanted[key] = column.strip()
    return wanted


def places(headers: Sequence[str], wanted: Mapping[str, str]) -> dict[str, int | None]:
    """Find the named columns (by name, or by number from 1) among the headers.

    Raises:
        Unusable: there is no such column, or there are several of that name.
    """
    found: dict[str, int | None] = {}
    for name, column in wanted.items():
        found[name] = _place(headers, column) if column else None
    return found


def _place(headers: Sequence[str], column: str) -> int:
    for alike in (str.strip, words_of):
        hits = [place for place, header in enumerate(headers) if alike(header) == alike(column)]
        if len(hits) > 1:
            raise Unusable(
                f"Several columns are called {column[:40]}; give the number of one, such as "
                f"{hits[0] + 1}."
            )
        if hits:
            return hits[0]
    if column.isascii() and column.isdigit() and 0 < int(column) <= len(headers):
        return int(column) - 1
    raise Unusable(f"The file has no column {column[:40]}.")
