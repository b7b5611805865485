"""Which column holds what. Pure: guessed from the names, shown, and overridable.

A name may be written in any case, with any punctuation, run together as programs write them
(``sMobile``, ``TenantID``, ``dPaidThru``), in English or Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from tenantline.imports.headers import Columns, Subject, found_by, rivals_in, words_of

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
    "street": "Street",
    "street_more": "Apartment, suite",
    "city": "City",
    "state": "State",
    "postal_code": "Postal code",
    "legal_email": "Legal notices by e-mail",
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
    "address": "street",
    "zip": "postal_code",
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
    (
        "legal_email",
        1,
        r"legal (?:notices? )?(?:by |via )?e ?mail(?: (?:ok|okay|allowed|permitted|agreed))?"
        r"|e ?mail(?:ed)? legal notices?(?: (?:ok|okay|allowed|permitted|agreed))?",
    ),
    ("street_more", 1, r"(?:street |home )?(?:address|addr)(?: line)? ?2|apartment|apt|suite"),
    (
        "street",
        1,
        r"(?:home |street |postal )?(?:address|addr)(?:(?: line)? ?1)?|street(?: ?(?:1|name))?"
        r"|calle|direccion",
    ),
    ("city", 1, r"city|town|ciudad"),
    ("state", 1, r"(?:home )?(?:state|province)(?: ?code)?"),
    ("postal_code", 1, r"zip|zip ?code|post(?:al)? ?code|codigo postal"),
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


def guessed(headers: Sequence[str]) -> Columns:
    """Guess which column holds which field; where several fit one, the surest and leftmost does."""
    chosen, found = found_by(guess, headers)
    rivals = rivals_in(found)
    _give_up_plain_phone(found, chosen, rivals)
    return Columns(FIELDS, tuple(headers), _consistent(chosen), rivals)


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


def _has_name(columns: Columns) -> bool:
    return any(name in columns.chosen for name in _NAMES)


TENANTS: Final = Subject(
    fields=FIELDS,
    other_names=_OTHER_NAMES,
    dates=("move_in", "move_out", "paid_through"),
    guessed=guessed,
    usable=_has_name,
    missing='No column of this file can be a tenant\'s name; name one with --map name="Column".',
)
"""Files of tenants."""
