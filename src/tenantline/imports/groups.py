"""Rows that speak of one tenant become one. Pure.

An export has one row a tenant, or one a rented unit, and then a tenant with two units stands
twice. Rows belong together when they bear the same tenant id; without one, when name and mobile
number (else name and e-mail, else name and units) are the same. What they say is joined; where
they contradict each other the later row is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tenantline.imports.rows import Accepted

MOST_HOLDERS = 10
"""More tenants than this with one mobile number in a file: nobody's own, such as 555-555-5555."""
Key = tuple[str, ...]
_ONE_ONLY = {
    "name": "another name",
    "email": "another e-mail address",
    "mobile": "another mobile number",
    "home_phone": "another home phone",
    "language": "another language",
}


@dataclass
class Groups:
    """What a pass over all rows has found. Holds in full only rows that follow others.

    ``followers`` are the further rows of a tenant, by the line of the first one; ``refused`` the
    rows that contradict theirs; ``following`` the lines of both. ``holders`` counts the tenants of
    the file who have a mobile number. ``balance_per_unit``: a tenant with several units owes the
    sum of what the rows say.
    """

    holders: dict[str, int] = field(default_factory=dict)
    followers: dict[int, list[Accepted]] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    following: set[int] = field(default_factory=set)
    balance_per_unit: bool = False

    def whole(self, first: Accepted) -> Accepted:
        """Return all that the rows of a tenant say, given the first of them."""
        rows = [first, *self.followers.get(first.line, ())]
        return first if len(rows) == 1 else _joined(rows, per_unit=self.balance_per_unit)

    def too_common(self, row: Accepted) -> bool:
        """Tell whether so many tenants have this mobile number that it is nobody's own."""
        return row.mobile is not None and self.holders.get(row.mobile, 0) > MOST_HOLDERS


def key_of(row: Accepted) -> Key:
    """Return what makes rows one tenant's."""
    if row.external_id:
        return ("id", row.external_id)
    name = row.name.casefold()
    if row.mobile:
        return ("mobile", name, row.mobile)
    if row.email:
        return ("email", name, row.email.casefold())
    return ("unit", name, *sorted(row.units))


def grouped(repeated: Iterable[Accepted], holders: dict[str, int]) -> Groups:
    """Put together rows whose key stands in the file more than once, in the file's order."""
    groups = Groups(holders=holders)
    firsts: dict[Key, Accepted] = {}
    for row in repeated:
        first = firsts.setdefault(key_of(row), row)
        if first is row:
            continue
        together = [first, *groups.followers.get(first.line, ())]
        groups.following.add(row.line)
        if against := _contradiction(together, row):
            groups.refused[row.line] = against
            continue
        groups.followers.setdefault(first.line, []).append(row)
        if any(_owes_otherwise(other, row) for other in together):
            groups.balance_per_unit = True
    return groups


def _contradiction(together: list[Accepted], row: Accepted) -> str:
    for other in together:
        for name, words in _ONE_ONLY.items():
            said, before = getattr(row, name), getattr(other, name)
            if said and before and str(said).casefold() != str(before).casefold():
                return _against(other.line, words)
        if set(other.units) == set(row.units) and _owes_otherwise(other, row):
            return _against(other.line, "another balance for the same unit")
    return ""


def _against(line: int, words: str) -> str:
    return f"Line {line} gives the same tenant {words}; they cannot both be right."


def _owes_otherwise(one: Accepted, other: Accepted) -> bool:
    return one.balance_cents != other.balance_cents and None not in (
        one.balance_cents,
        other.balance_cents,
    )


def _balance(rows: list[Accepted], *, per_unit: bool) -> int | None:
    # By units, so that a row that stands twice is not owed twice.
    owed = {row.units: row.balance_cents for row in rows if row.balance_cents is not None}
    if not owed:
        return None
    return sum(owed.values()) if per_unit else next(iter(owed.values()))


def _joined(rows: list[Accepted], *, per_unit: bool) -> Accepted:
    first = rows[0]
    through = [row.paid_through for row in rows if row.paid_through]
    said = [row.sms for row in rows if row.sms is not None]
    legal = [row.legal_email for row in rows if row.legal_email is not None]
    home = next((row for row in rows if row.street), first)
    return replace(
        first,
        email=_any(row.email for row in rows),
        mobile=next((row.mobile for row in rows if row.mobile), None),
        home_phone=_any(row.home_phone for row in rows),
        street=home.street,
        city=home.city,
        state=home.state,
        postal_code=home.postal_code,
        legal_email=all(legal) if legal else None,
        language=_any(row.language for row in rows),
        balance_cents=_balance(rows, per_unit=per_unit),
        paid_through=min(through) if through else None,
        sms=all(said) if said else None,
        notes="\n".join(dict.fromkeys(row.notes for row in rows if row.notes))[:10_000],
        stays=tuple(dict.fromkeys(stay for row in rows for stay in row.stays)),
        remarks=tuple(dict.fromkeys(remark for row in rows for remark in row.remarks)),
    )


def _any(said: Iterable[str]) -> str:
    return next((value for value in said if value), "")
