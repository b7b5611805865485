"""Some of a file's tenants held against the database: what each row would change. Reads only."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tenantline.facilities.models import Facility
from tenantline.imports.models import ToldNo
from tenantline.imports.rentals import compared
from tenantline.imports.rows import Accepted
from tenantline.imports.scan import Together
from tenantline.kernel.phone import Number
from tenantline.tenants import bulk
from tenantline.tenants.bulk import Known, NewRental
from tenantline.tenants.models import NumberPeriod, Rental, Tenant

Outcome = Literal["added", "updated", "unchanged", "joined", "skipped", "refused"]
_ADDRESS = ("street", "city", "state", "postal_code")
_OVERWRITTEN = ("name", "external_id", "email", "home_phone", *_ADDRESS, "language", "paid_through")
_SEVERAL = "Several tenants here could be meant; give the row the tenant's id."
_NO_NUMBER = "no mobile number, so there is no consent to take away"


@dataclass(slots=True)
class Step:
    """What one tenant of the file changes. ``known`` None: the tenant is new.

    ``balance_cents`` is another balance than the account's, ``number`` another mobile number,
    both to be recorded; ``endings`` are units that are moved out of and when, ``says_no``: an
    opt-out is to be recorded.
    """

    together: Together
    known: Known | None = None
    details: dict[str, Any] = field(default_factory=dict)
    balance_cents: int | None = None
    number: Number | None = None
    rentals: list[NewRental] = field(default_factory=list)
    endings: list[tuple[str, datetime]] = field(default_factory=list)
    says_no: bool = False
    refused: str = ""
    remarks: list[str] = field(default_factory=list)
    tenant_id: int | None = None

    @property
    def heavy(self) -> bool:
        """Tell whether it takes the long way through the consent ledger."""
        return self.known is not None and bool(self.number or self.endings)

    @property
    def outcome(self) -> Outcome:
        """Return what becomes of the tenant's first row."""
        if self.refused:
            return "refused"
        if self.known is None:
            return "added"
        changes = self.details or self.number or self.rentals or self.endings or self.says_no
        return "updated" if changes or self.balance_cents is not None else "unchanged"


@dataclass
class Planner:
    """Plans slice after slice. ``claimed`` maps tenants to the line that was taken for them.

    ``lock``: nobody else may change the tenants before the caller's transaction ends.
    """

    facility: Facility
    now: datetime
    lock: bool
    claimed: dict[int, int] = field(default_factory=dict)
    _without_id: bool = False
    _looked_at: int = 0

    def plan(self, slice_: Sequence[Together]) -> list[Step]:
        """Return what these tenants of the file change, in their order."""
        rows = [together.row for together in slice_]
        by_signs = self._may_know_without_id() or not all(row.external_id for row in rows)
        matches = _Matches(self.facility, rows, lock=self.lock, by_signs=by_signs)
        told: set[int] = set()
        if periods := matches.periods():
            told.update(ToldNo.objects.filter(period__in=periods).values_list("pk", flat=True))
        # What is taken by this plan is kept by ``claim`` alone: a plan may be thrown away.
        taken = ChainMap({}, self.claimed)
        return [self._step(together, matches, told, taken) for together in slice_]

    def claim(self, steps: Iterable[Step]) -> None:
        """Note who was taken for whom, after the steps were carried out."""
        for step in steps:
            if step.tenant_id is not None:
                self.claimed[step.tenant_id] = step.together.row.line

    def _may_know_without_id(self) -> bool:
        """Tell whether a tenant without an id stands here, who may be one of the file's.

        Looks at tenants that it has not seen before, so that all of them are looked at once.
        """
        if not self._without_id:
            newer = Tenant.objects.filter(pk__gt=self._looked_at)
            last = newer.order_by("-pk").values_list("pk", flat=True).first()
            own = newer.filter(facility=self.facility, external_id=None)
            self._without_id = last is not None and own.exists()
            self._looked_at = last or self._looked_at
        return self._without_id

    def _step(
        self,
        together: Together,
        matches: _Matches,
        told: set[int],
        taken: MutableMapping[int, int],
    ) -> Step:
        row = together.row
        step = Step(together, remarks=list(row.remarks))
        known, why, trouble = matches.of(row, taken)
        if trouble:
            step.refused = trouble
            return step
        step.known = known
        rented = compared(
            row.stays,
            known.rentals if known else (),
            zone=ZoneInfo(self.facility.timezone),
            now=self.now,
        )
        step.rentals, step.endings = rented.new, rented.endings
        step.remarks += [*([why] if why else []), *rented.remarks]
        if known is None:
            _fill_new(step, row)
        else:
            step.tenant_id = known.tenant.pk
            taken[known.tenant.pk] = row.line
            _fill_change(step, known, row, told)
        return step


def _fill_new(step: Step, row: Accepted) -> None:
    step.details = {"name": row.name, "external_id": row.external_id, "email": row.email}
    step.details |= {"home_phone": row.home_phone, "notes": row.notes}
    step.details |= {name: getattr(row, name) for name in _ADDRESS}
    if row.legal_email is not None:
        step.details["legal_email"] = row.legal_email
    if row.language:
        step.details["language"] = row.language
    if row.paid_through is not None:
        step.details["paid_through"] = row.paid_through
    step.balance_cents = row.balance_cents
    step.number = row.mobile
    step.says_no = row.sms is False and row.mobile is not None
    if row.sms is False and row.mobile is None:
        step.remarks.append(_NO_NUMBER)


def _fill_change(step: Step, known: Known, row: Accepted, told: set[int]) -> None:
    tenant = known.tenant
    said = {name: getattr(row, name) for name in _OVERWRITTEN}
    wanted = {name: value for name, value in said.items() if value}
    if row.legal_email is not None:
        wanted["legal_email"] = row.legal_email
    if row.notes and not tenant.notes:
        wanted["notes"] = row.notes
    step.details = {name: value for name, value in wanted.items() if getattr(tenant, name) != value}
    if row.balance_cents is not None and row.balance_cents != tenant.balance_cents:
        step.balance_cents = row.balance_cents
    if row.mobile and (known.period is None or known.period.number != row.mobile):
        step.number = row.mobile
    if row.sms is False:
        has_number = known.period is not None or step.number is not None
        already = known.period is not None and not step.number and known.period.pk in told
        step.says_no = has_number and not already
        if not has_number:
            step.remarks.append(_NO_NUMBER)


class _Matches:
    """Who on record the rows of a slice speak of, found with a few statements for all of them."""

    def __init__(
        self, facility: Facility, rows: Sequence[Accepted], *, lock: bool, by_signs: bool
    ) -> None:
        self._own = Tenant.objects.filter(facility=facility)
        ids = {row.external_id for row in rows if row.external_id}
        by_id = dict(self._own.filter(external_id__in=ids).values_list("external_id", "pk"))
        rest = [row for row in rows if row.external_id not in by_id]
        self._people = self._signs(facility, rest) if rest and by_signs else {}
        found = set(by_id.values()).union(*self._people.values())
        tenants = self._own.filter(pk__in=found).order_by("pk")
        self._known = bulk.known(tenants.select_for_update(no_key=True) if lock else tenants)
        for known in self._known.values():
            known.tenant.facility = facility
        self._by_id: dict[str, Known] = {
            str(external): self._known[pk] for external, pk in by_id.items()
        }

    def periods(self) -> list[int]:
        """Return the ids of the current number periods of everybody found."""
        return [known.period.pk for known in self._known.values() if known.period is not None]

    def of(self, row: Accepted, claimed: Mapping[int, int]) -> tuple[Known | None, str, str]:
        """Return the tenant on record, by what it was recognised, and why the row is refused."""
        if row.external_id in self._by_id:
            return self._by_id[row.external_id], "", ""
        for several, words in self._candidates(row):
            found = [self._known[pk] for pk in several if self._may_be(row, pk)]
            taken = [claimed[known.tenant.pk] for known in found if known.tenant.pk in claimed]
            if taken and not row.external_id:
                line = taken[0]
                return None, "", f"Line {line} was taken for the same tenant; give both their ids."
            found = [known for known in found if known.tenant.pk not in claimed]
            if len(found) > 1:
                return None, "", _SEVERAL
            if found:
                return found[0], f"recognised by {words}", ""
        return None, "", ""

    def _candidates(self, row: Accepted) -> Iterable[tuple[set[int], str]]:
        people = self._people
        if row.mobile:
            yield people.get((row.name, "mobile", row.mobile), set()), "name and mobile number"
        if row.email:
            yield people.get((row.name, "email", row.email), set()), "name and e-mail"
        units = [people.get((row.name, "unit", unit), set()) for unit in row.units]
        yield set().union(*units), "name and unit"
        if not (row.mobile or row.email or row.units or row.external_id):
            yield people.get((row.name, "name", ""), set()), "name alone"

    def _may_be(self, row: Accepted, pk: int) -> bool:
        # Another id is another person, whatever else is the same.
        return not (row.external_id and self._known[pk].tenant.external_id)

    def _signs(
        self, facility: Facility, rows: Sequence[Accepted]
    ) -> dict[tuple[str, str, str], set[int]]:
        names = {row.name for row in rows}
        people: dict[tuple[str, str, str], set[int]] = {}

        def note(kind: str, found: Iterable[tuple[int, str, str]]) -> None:
            for pk, name, value in found:
                people.setdefault((name, kind, value), set()).add(pk)

        numbers = {row.mobile for row in rows if row.mobile}
        held = NumberPeriod.objects.filter(
            number__in=numbers, ended_at=None, tenant__facility=facility, tenant__name__in=names
        )
        note("mobile", held.values_list("tenant_id", "tenant__name", "number"))
        mailed = self._own.filter(
            name__in=names, email__in={row.email for row in rows if row.email}
        )
        note("email", mailed.values_list("pk", "name", "email"))
        rented = Rental.objects.filter(
            unit__facility=facility,
            unit__name__in={unit for row in rows for unit in row.units},
            tenant__name__in=names,
        )
        note("unit", rented.values_list("tenant_id", "tenant__name", "unit__name"))
        bare = {row.name for row in rows if not (row.mobile or row.email or row.units)}
        if not bare:
            return people
        alone = self._own.filter(name__in=bare, email="", periods=None, rentals=None).order_by(
            "pk"
        )[:1000]
        note("name", ((pk, name, "") for pk, name in alone.values_list("pk", "name")))
        return people
