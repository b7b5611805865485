"""Some rows of a file of entries held against the accounts: what each would add. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from tenantline.billing import rules
from tenantline.billing.models import Entry
from tenantline.facilities.models import Facility
from tenantline.imports.accounts.rows import Row, Told
from tenantline.imports.errors import Unreadable
from tenantline.imports.preparing import Line
from tenantline.imports.rows import Refused, Skipped
from tenantline.kernel.money import format_cents
from tenantline.tenants.models import Rental, Tenant


@dataclass(frozen=True, slots=True)
class Known:
    """An entry that is on record, or was planned before; ``pk`` 0: it is not stored yet."""

    pk: int
    tenant_id: int
    kind: str
    amount_cents: int
    effect_cents: int
    day: date
    memo: str
    reverses: str
    undone: bool


class Slice:
    """Some rows, planned in two steps: a reversal may undo what stands in the same slice.

    ``before`` are entries of earlier rows that are not on record (of a dry run); ``new`` are those
    that this slice adds, by identity.
    """

    def __init__(
        self, facility: Facility, rows: Sequence[Row], now: datetime, before: Mapping[str, Known]
    ) -> None:
        self.new: dict[str, Known] = {}
        self._rows = rows
        told = [row for row in rows if isinstance(row, Told)]
        ids = {row.identity for row in told} | {row.reverses for row in told if row.reverses}
        self._known = {name: before[name] for name in ids if name in before}
        self._known |= _on_record(facility, ids)
        new = [row for row in told if row.identity not in self._known]
        self._people = _People(facility, new, now)
        self._results: dict[int, Line] = {}

    def plain(self) -> list[dict[str, Any]]:
        """Return the charges, payments and credits to be added."""
        return self._planned(reversals=False)

    def stored(self, ids: Sequence[int]) -> None:
        """Note under which ids the entries of ``plain`` were stored, in their order."""
        for (name, known), pk in zip(list(self.new.items()), ids, strict=True):
            self.new[name] = self._known[name] = replace(known, pk=pk)

    def reversals(self) -> list[dict[str, Any]]:
        """Return the reversals to be added, after ``stored``."""
        return self._planned(reversals=True)

    def lines(self) -> list[Line]:
        """Return what became of every row, by line."""
        for row in self._rows:
            if isinstance(row, Skipped):
                self._results[row.line] = (row.line, "skipped", row.reason, None)
            elif isinstance(row, Refused):
                self._results[row.line] = (row.line, "refused", row.reason, None)
        return sorted(self._results.values())

    def _planned(self, *, reversals: bool) -> list[dict[str, Any]]:
        entries = []
        for row in self._rows:
            if not isinstance(row, Told) or (row.kind == "reversal") != reversals:
                continue
            try:
                entry = self._entry(row)
            except Unreadable as error:
                self._results[row.line] = (row.line, "refused", error.reason, None)
                continue
            if entry is not None:
                entries.append(entry)
        return entries

    def _entry(self, row: Told) -> dict[str, Any] | None:
        """Return the entry that a row adds, None where it is on record already."""
        known = self._known.get(row.identity)
        if known is not None:
            _demand_same(row, known)
            self._results[row.line] = (row.line, "unchanged", "", known.tenant_id)
            return None
        undone = self._undone(row) if row.kind == "reversal" else None
        tenant_id = self._people.whose(row)
        if undone is not None and undone.tenant_id != tenant_id:
            raise Unreadable(f"The entry {row.reverses[:40]} is on another tenant's account.")
        amount = undone.amount_cents if undone else row.amount_cents or 0
        effect = rules.effect(
            row.kind, amount, reversed_effect=undone.effect_cents if undone else 0
        )
        self.new[row.identity] = self._known[row.identity] = Known(
            0, tenant_id, row.kind, amount, effect, row.day, row.memo, row.reverses, undone=False
        )
        if undone is not None:
            self._known[row.reverses] = replace(undone, undone=True)
        self._results[row.line] = (row.line, "added", "", tenant_id)
        return {
            "tenant_id": tenant_id,
            "kind": row.kind,
            "amount_cents": amount,
            "effect_cents": effect,
            "date": row.day,
            "due_on": (row.due_on or row.day) if row.kind == "charge" else None,
            "memo": row.memo,
            "reverses_id": undone.pk if undone else None,
            "source": "import",
            "external_id": row.identity,
        }

    def _undone(self, row: Told) -> Known:
        found = self._known.get(row.reverses)
        if found is None:
            raise Unreadable(f"There is no entry {row.reverses[:40]} that could be reversed.")
        if found.kind == "reversal":
            raise Unreadable("A reversal is not reversed; record the entry anew.")
        if found.undone:
            raise Unreadable(f"The entry {row.reverses[:40]} has been reversed already.")
        if row.amount_cents not in (None, found.amount_cents):
            raise Unreadable(
                f"A reversal has the amount of what it reverses, "
                f"{format_cents(found.amount_cents)}."
            )
        return found


def _demand_same(row: Told, known: Known) -> None:
    """Refuse a row whose entry is on record with other content: entries never change."""
    same = (row.kind, row.day, row.memo, row.reverses)
    if same == (known.kind, known.day, known.memo, known.reverses) and row.amount_cents in (
        None,
        known.amount_cents,
    ):
        return
    raise Unreadable(
        f"The entry {row.identity[:40]} is on record with other content; entries are not changed "
        "but reversed."
    )


def _on_record(facility: Facility, ids: set[str]) -> dict[str, Known]:
    rows = Entry.objects.filter(facility=facility, external_id__in=ids)
    found = rows.select_related("reverses", "reversal")
    return {
        str(row.external_id): Known(
            row.pk,
            row.tenant_id,
            row.kind,
            row.amount_cents,
            row.effect_cents,
            row.date,
            row.memo,
            (row.reverses.external_id or "") if row.reverses else "",
            undone=getattr(row, "reversal", None) is not None,
        )
        for row in found
    }


class _People:
    """Whose account the rows of a slice speak of, found with a few statements for all of them."""

    def __init__(self, facility: Facility, rows: Sequence[Told], now: datetime) -> None:
        own = Tenant.objects.filter(facility=facility)
        ids = {row.tenant_id for row in rows if row.tenant_id}
        rest = [row for row in rows if not row.tenant_id]
        by_id = own.filter(external_id__in=ids).values_list("external_id", "pk", "name")
        self._by_id = {str(external): (pk, name) for external, pk, name in by_id}
        self._by_unit: dict[str, dict[int, str]] = {}
        rented = Rental.objects.filter(
            Q(ended_at=None) | Q(ended_at__gt=now),
            unit__facility=facility,
            unit__name__in={row.unit for row in rest if row.unit},
        )
        for unit, pk, name in rented.values_list("unit__name", "tenant_id", "tenant__name"):
            self._by_unit.setdefault(unit, {})[pk] = name
        self._by_name: dict[str, set[int]] = {}
        names = {row.name for row in rest if row.name and not row.unit}
        for name, pk in own.filter(name__in=names).values_list("name", "pk"):
            self._by_name.setdefault(name, set()).add(pk)

    def whose(self, row: Told) -> int:
        """Return the tenant's id, or raise ``Unreadable``."""
        if row.tenant_id:
            found = self._by_id.get(row.tenant_id)
            if found is None:
                raise Unreadable(f"There is no tenant with the id {row.tenant_id[:40]} here.")
            return found[0]
        if row.unit:
            return self._renter(row)
        people = self._by_name.get(row.name, set())
        if len(people) != 1:
            who = "several tenants" if people else "no tenant"
            raise Unreadable(f"There is {who} of the name {row.name[:60]}; give the tenant's id.")
        return next(iter(people))

    def _renter(self, row: Told) -> int:
        renters = self._by_unit.get(row.unit, {})
        fitting = [
            pk
            for pk, name in renters.items()
            if not row.name or name.casefold() == row.name.casefold()
        ]
        if len(fitting) != 1:
            whom = f" to {row.name[:60]}" if row.name else ""
            words = "rented by several tenants" if fitting else f"not rented{whom} now"
            raise Unreadable(f"Unit {row.unit[:40]} is {words}; give the tenant's id.")
        return fitting[0]
