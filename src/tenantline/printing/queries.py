"""Reading what waits for the printer, and what was given to it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from tenantline.facilities.models import Facility
from tenantline.facilities.scope import Scope
from tenantline.kernel.errors import NotFound
from tenantline.printing.models import Printing
from tenantline.printing.papers import Papers
from tenantline.tenants import postal


def waiting(
    papers: Papers,
    *,
    facility: Facility,
    choice: str = "",
    only: Collection[int] | None = None,
) -> QuerySet[Any]:
    """Return the rows of papers that wait to be printed at a facility, by the tenants' names.

    ``choice`` narrows them as the kind does, ``only`` to these papers.

    Raises:
        BadInput: there can be no such choice.
    """
    to = papers.to_paper
    rows = _unprinted(papers).filter(**{f"{to}facility": facility})
    if choice:
        rows = papers.narrowed(rows, choice)
    if only is not None:
        rows = rows.filter(**{f"{to}pk__in": only})
    return rows.order_by(f"{to}tenant__name", f"{to}tenant_id", "pk")


def count_waiting(papers: Papers, *, scope: Scope) -> int:
    """Return how many papers in scope wait to be printed."""
    return scope.narrow(_unprinted(papers), f"{papers.to_paper}facility_id").count()


def _unprinted(papers: Papers) -> QuerySet[Any]:
    return papers.rows().filter(printed_at=None)


def without_address(papers: Papers, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of these rows whose tenant has no whole postal address."""
    return rows.filter(postal.lacking(f"{papers.to_paper}tenant__"))


def printings(papers: Papers, *, scope: Scope) -> QuerySet[Printing]:
    """Return what was given to the printer, newest first, with ``count``, how many papers."""
    rows = scope.narrow(Printing.objects.select_related("facility").filter(kind=papers.kind))
    return rows.annotate(count=Count(papers.kind)).order_by("-pk")


def printing(papers: Papers, *, scope: Scope, printing_id: int) -> Printing:
    """Return a printing in scope with its ``count``, or raise ``NotFound``."""
    found = printings(papers, scope=scope).filter(pk=printing_id).first()
    if found is None:
        raise NotFound("There is no such printing.")
    return found


def sheets(papers: Papers, printing: Printing) -> QuerySet[Any]:
    """Return the sheets of a printing in its order, those whose paper died since too."""
    rows = papers.sheets().select_related("printing__facility")
    return rows.filter(printing=printing).order_by("place")


def standing(papers: Papers, printing: Printing) -> QuerySet[Any]:
    """Return the sheets of a printing whose papers are still to be sent."""
    return sheets(papers, printing).exclude(papers.dead())


def dead(papers: Papers, some: Collection[Any]) -> set[int]:
    """Return the ids of those sheets whose paper is not to be sent any more."""
    rows = papers.sheets().filter(papers.dead(), pk__in=[row.pk for row in some])
    return set(rows.values_list("pk", flat=True))


def prints_of(papers: Papers, some: Collection[Any]) -> dict[int, list[Printing]]:
    """Return when each of these papers was printed, oldest first, by its id."""
    rows = papers.sheets().select_related(None).select_related("printing")
    found: dict[int, list[Printing]] = {}
    for row in rows.filter(paper__in=some).order_by("pk"):
        found.setdefault(row.paper_id, []).append(row.printing)
    return found


def printed_before(
    papers: Papers, some: Collection[Any], printing: Printing
) -> dict[int, datetime]:
    """Return when papers of these sheets had been printed first, for those that had, by paper."""
    ids = [row.paper_id for row in some]
    rows = papers.sheets().filter(paper__in=ids, printing__lt=printing.pk).order_by("-pk")
    return dict(rows.values_list("paper_id", "printing__made_at"))
