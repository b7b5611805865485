"""Which column of a file of ledger entries holds what. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from tenantline.imports.headers import Columns, Subject, found_by, rivals_in, words_of

FIELDS: Final[dict[str, str]] = {
    "entry_id": "Entry id",
    "tenant_id": "Tenant id",
    "name": "Name",
    "unit": "Unit",
    "kind": "Kind",
    "amount": "Amount",
    "amount_cents": "Amount in cents",
    "charge": "Charge",
    "payment": "Payment",
    "credit": "Credit",
    "date": "Date",
    "due_date": "Due date",
    "memo": "Memo",
    "reverses": "Reverses",
    "facility": "Facility",
}
"""Every field that a column can be for, with its words."""

_OTHER_NAMES: Final = {
    "id": "entry_id",
    "external_id": "entry_id",
    "transaction_id": "entry_id",
    "tenant": "tenant_id",
    "customer_id": "tenant_id",
    "type": "kind",
    "due": "due_date",
    "due_on": "due_date",
    "description": "memo",
    "note": "memo",
    "notes": "memo",
    "units": "unit",
}
_ENTRY: Final = r"(?:entry|ledger entry|transaction|trans|tran|txn|item|line|posting)"
_PERSON: Final = r"(?:tenant|customer|cust|client|renter|account|acct|contact|inquilino|cliente)"
_ID: Final = r"(?:id|number|no|num|nbr|code|key|guid|uuid)"
# In this order the first pattern that fits decides; the number ranks rivals for one field.
_PATTERNS: Final[tuple[tuple[str, int, str], ...]] = (
    (
        "reverses",
        1,
        rf"(?:reverses|reversal of|reversed {_ENTRY}|reverses {_ENTRY}|voids|original)"
        rf"(?: {_ENTRY})?(?: ?{_ID})?",
    ),
    ("entry_id", 1, rf"(?:external )?(?:id|{_ENTRY} ?{_ID}|ledger ?{_ID}|external {_ID})"),
    (
        "entry_id",
        2,
        rf"(?:receipt|reference|ref|payment|invoice|trace) ?{_ID}|receipt|reference|ref",
    ),
    ("tenant_id", 1, rf"(?:external )?{_PERSON} ?(?:external )?{_ID}|{_PERSON} external {_ID}"),
    ("tenant_id", 2, r"account|acct"),
    (
        "unit",
        1,
        r"(?:storage )?(?:unit|space|locker|unidad|bodega)(?: ?(?:number|no|num|name|id))?",
    ),
    (
        "kind",
        1,
        rf"(?:{_ENTRY} )?(?:kind|type|category)|{_ENTRY} (?:kind|type|category)|"
        r"(?:charge|payment) (?:or|and) (?:payment|charge)|tipo",
    ),
    ("due_date", 1, r"(?:date )?due(?: ?(?:date|on|by))?|fecha de vencimiento|vence"),
    (
        "date",
        1,
        rf"(?:{_ENTRY} |ledger |posted |posting |effective |payment |charge )?(?:date|day)"
        r"(?: ?(?:posted|entered|paid))?|posted(?: on)?|fecha",
    ),
    (
        "amount",
        1,
        rf"(?:{_ENTRY} |total )?(?:amount|amt|monto|importe|value)(?: ?(?:usd|dollars|due))?",
    ),
    ("amount_cents", 1, r"(?:amount|amt) (?:in )?cents|cents"),
    ("charge", 1, r"(?:charges?|debits?|billed|cargos?)(?: ?(?:amount|amt|usd))?"),
    ("payment", 1, r"(?:payments?|paid|received|pagos?)(?: ?(?:amount|amt|usd))?|amount paid"),
    ("credit", 1, r"(?:credits?|discounts?|abonos?)(?: ?(?:amount|amt|usd))?"),
    (
        "memo",
        1,
        r"memo|description|desc|details?|notes?|comments?|particulars|concepto|descripcion",
    ),
    ("facility", 1, r"(?:facility|site|store|property|location)(?: ?(?:code|name|id|no))?"),
    ("name", 1, rf"(?:{_PERSON} )?(?:full )?(?:name|nombre)|tenant|customer|client|renter"),
)
_COMPILED: Final = tuple((name, rank, re.compile(words)) for name, rank, words in _PATTERNS)


@lru_cache(maxsize=512)
def guess(header: str) -> tuple[str, int] | None:
    """Return the field that a column's name suggests, with a rank (lower is surer)."""
    words = words_of(header)
    if len(words) > 60:
        return None
    for name, rank, pattern in _COMPILED:
        if pattern.fullmatch(words):
            return name, rank
    return None


def guessed(headers: Sequence[str]) -> Columns:
    """Guess which column holds which field; where several fit one, the surest and leftmost does."""
    chosen, found = found_by(guess, headers)
    if "tenant_id" not in chosen and "entry_id" in chosen:
        place = chosen["entry_id"]
        # Where nothing else says whose the entries are, this is the tenant's.
        if words_of(headers[place]) == "external id":
            chosen["tenant_id"] = chosen.pop("entry_id")
            found["entry_id"] = found["entry_id"][1:]
    return Columns(FIELDS, tuple(headers), chosen, rivals_in(found))


def _usable(columns: Columns) -> bool:
    """Tell whether a row says whose it is, when, what and how much."""
    chosen = columns.chosen.keys()
    whose = chosen & {"tenant_id", "unit", "name"}
    amount = bool(chosen & {"amount", "amount_cents"})
    how_much = ("kind" in chosen and amount) or bool(chosen & {"charge", "payment", "credit"})
    return bool(whose) and "date" in chosen and how_much


LEDGER: Final = Subject(
    fields=FIELDS,
    other_names=_OTHER_NAMES,
    dates=("date", "due_date"),
    guessed=guessed,
    usable=_usable,
    missing=(
        "A file of entries needs columns for the tenant (id, unit or name), the date, and either "
        'kind and amount or charge, payment and credit; name them with --map field="Column".'
    ),
)
"""Files of ledger entries."""
