"""Statements on paper: what waits for the printer, giving it to the printer, printing one again.

What a statement says is as it was issued; the address on its paper is that of the day it is
printed, since an envelope has to arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tenantline.audit import actions as audit
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import Scope
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import NotFound, Refused
from tenantline.statements.models import Delivery, Printing, Sheet, Statement
from tenantline.tenants import postal
from tenantline.tenants.postal import Recipient

_AT_ONCE: Final = 500  # rows in one statement
_TENANT: Final = "statement__tenant__"
_STATEMENT: Final = "delivery__statement__"


def waiting(
    *, facility: Facility, period: str = "", only: Collection[int] | None = None
) -> QuerySet[Delivery]:
    """Return how statements that wait to be printed at a facility are delivered, by name.

    Only what was sent last counts: neither corrected ones nor those that went another way since.
    ``period`` narrows them to a month, ``only`` to these statements.
    """
    rows = _unprinted().filter(statement__facility=facility)
    if period:
        rows = rows.filter(statement__period=period)
    if only is not None:
        rows = rows.filter(statement__in=only)
    rows = rows.select_related("statement__tenant")
    return rows.order_by(f"{_TENANT}name", "statement__tenant_id", "pk")


def count_waiting(*, scope: Scope) -> int:
    """Return how many statements in scope wait to be printed."""
    return scope.narrow(_unprinted(), "statement__facility_id").count()


def _unprinted() -> QuerySet[Delivery]:
    return _last_sent().filter(method="print", printed_at=None)


def _last_sent() -> QuerySet[Delivery]:
    """Return of each statement that was not corrected how it was sent last."""
    later = Delivery.objects.filter(statement=OuterRef("statement"), pk__gt=OuterRef("pk"))
    return Delivery.objects.filter(~Exists(later), ~Exists(_newer("statement__")))


def _newer(prefix: str) -> QuerySet[Statement]:
    """Return what corrects a row's statement, to which ``prefix`` leads."""
    return Statement.objects.filter(
        tenant=OuterRef(f"{prefix}tenant"),
        period=OuterRef(f"{prefix}period"),
        number__gt=OuterRef(f"{prefix}number"),
    )


def without_address(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Return those of these whose tenant has no whole postal address."""
    return rows.filter(postal.lacking(_TENANT))


def months_waiting(facility: Facility) -> list[tuple[str, int]]:
    """Return the months of which some wait to be printed, newest first, and how many."""
    rows = waiting(facility=facility).order_by("-statement__period")
    return list(rows.values_list("statement__period").annotate(n=Count("pk")))


def print_waiting(
    *, facility: Facility, rows: QuerySet[Delivery], unaddressed: bool, by: Actor, now: datetime
) -> Printing:
    """Give statements that wait to the printer, and mark them as printed.

    ``rows`` are some of ``waiting``. ``unaddressed``: those without a postal address too, which are
    handed over; otherwise they go on waiting.

    Raises:
        Refused: ``nothing_to_print``: somebody may have printed them meanwhile.
    """
    if not unaddressed:
        rows = rows.exclude(postal.lacking(_TENANT))
    with transaction.atomic():
        ids = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
        if not ids:
            raise Refused("nothing_to_print", "No statement waits to be printed here any more.")
        return _printed(facility, ids, by, now)


def print_again(*, statement: Statement, by: Actor, now: datetime) -> Printing:
    """Give one statement to the printer, for the first time or again; the paper says it is again.

    Raises:
        Refused: ``not_printed``: it went another way, or was corrected.
    """
    with transaction.atomic():
        rows = _last_sent().filter(statement=statement, method="print")
        ids = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
        if not ids:
            raise Refused("not_printed", "This statement is not printed.")
        return _printed(statement.facility, ids, by, now)


def _printed(facility: Facility, ids: Sequence[int], by: Actor, now: datetime) -> Printing:
    printing = Printing.objects.create(facility=facility, made_at=now, made_by=by.name)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        found = Delivery.objects.select_related("statement__tenant").in_bulk(some)
        Sheet.objects.bulk_create(
            Sheet(
                printing=printing,
                delivery=found[pk],
                place=place,
                recipient=asdict(Recipient.of(found[pk].statement.tenant)),
            )
            for place, pk in enumerate(some, start=start)
        )
        Delivery.objects.filter(pk__in=some, printed_at=None).update(printed_at=now)
    audit.record(
        act="statements.printed",
        by=by,
        now=now,
        facility_id=facility.pk,
        subject=f"printing:{printing.pk}",
        count=len(ids),
    )
    return printing


def printings(*, scope: Scope) -> QuerySet[Printing]:
    """Return what was given to the printer, newest first, with ``count``, how many statements."""
    rows = scope.narrow(Printing.objects.select_related("facility"))
    return rows.annotate(count=Count("sheets")).order_by("-pk")


def printing(*, scope: Scope, printing_id: int) -> Printing:
    """Return a printing in scope with its ``count``, or raise ``NotFound``."""
    found = printings(scope=scope).filter(pk=printing_id).first()
    if found is None:
        raise NotFound("There is no such printing.")
    return found


def sheets(printing: Printing) -> QuerySet[Sheet]:
    """Return the statements of a printing in its order, those corrected since too."""
    rows = Sheet.objects.filter(printing=printing)
    return rows.select_related("delivery__statement__tenant").order_by("place")


def standing(printing: Printing) -> QuerySet[Sheet]:
    """Return the statements of a printing that were not corrected since."""
    return sheets(printing).filter(~Exists(_newer(_STATEMENT)))


def corrected(some: Collection[Sheet]) -> set[int]:
    """Return the ids of those sheets whose statement was corrected since."""
    rows = Sheet.objects.filter(Exists(_newer(_STATEMENT)), pk__in=[row.pk for row in some])
    return set(rows.values_list("pk", flat=True))


def prints_of(statements: Collection[Statement]) -> dict[int, list[Printing]]:
    """Return when each of these statements was printed, oldest first."""
    rows = Sheet.objects.filter(delivery__statement__in=statements)
    found: dict[int, list[Printing]] = {}
    for row in rows.select_related("printing", "delivery").order_by("pk"):
        found.setdefault(row.delivery.statement_id, []).append(row.printing)
    return found


def printed_before(some: Collection[Sheet], printing: Printing) -> dict[int, datetime]:
    """Return when statements of a printing had been printed first, for those that had, by id."""
    ids = [row.delivery.statement_id for row in some]
    earlier = Q(delivery__statement__in=ids, printing__lt=printing.pk)
    rows = Sheet.objects.filter(earlier).order_by("-pk")
    return dict(rows.values_list("delivery__statement_id", "printing__made_at"))
