"""Which sign a file writes payments and credits with, as the column as a whole shows. Pure.

Many programs write a payment below zero, others write so what undoes one. A file in which both
signs stand can mean the second, so the rarer of the two is not taken for a payment.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from tenantline.billing.rules import Kind
from tenantline.imports.accounts.rows import cells_of, kind_and_amount
from tenantline.imports.errors import Unreadable
from tenantline.imports.sheet import Sheet

_KINDS: Final[tuple[Kind, ...]] = ("payment", "credit")
_COLUMNS: Final = ("amount", "amount_cents", "payment", "credit")
_BELOW_ZERO: Final = re.compile("[-(\N{MINUS SIGN}\N{EN DASH}]|cr", re.IGNORECASE)


def mostly_below(sheet: Sheet) -> dict[Kind, bool]:
    """Return of each kind that has both signs whether most of its amounts are below zero."""
    if not _any_below(sheet):
        return {}
    counts: Counter[tuple[Kind, bool]] = Counter()
    for record in sheet.records():
        try:
            kind, cents = kind_and_amount(cells_of(record, sheet))
        except Unreadable:
            continue
        if cents is not None:
            counts[kind, cents < 0] += 1
    return {
        kind: counts[kind, True] > counts[kind, False]
        for kind in _KINDS
        if counts[kind, True] and counts[kind, False]
    }


def _any_below(sheet: Sheet) -> bool:
    """Tell whether any amount may be below zero; in most files none is."""
    chosen = sheet.columns.chosen
    places = [chosen[name] for name in _COLUMNS if name in chosen]
    return any(
        _BELOW_ZERO.search(record.cells[place])
        for record in sheet.records()
        for place in places
        if place < len(record.cells)
    )
