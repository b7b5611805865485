"""Giving papers to the printer, and printing one again.

What a paper says is as it was issued; the address on it is that of the day it is printed, since an
envelope has to arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from tenantline.audit import actions as audit
from tenantline.facilities.models import Facility
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import Refused
from tenantline.printing.models import Printing
from tenantline.printing.papers import Papers
from tenantline.tenants import postal
from tenantline.tenants.postal import Recipient

_AT_ONCE: Final = 500  # rows in one statement


def print_waiting(
    papers: Papers,
    *,
    facility: Facility,
    rows: QuerySet[Any],
    unaddressed: bool,
    by: Actor,
    now: datetime,
) -> Printing:
    """Give papers that wait to the printer, and mark them as printed.

    ``rows`` are some of ``queries.waiting``. ``unaddressed``: those without a postal address too,
    which are handed over; otherwise they go on waiting.

    Raises:
        Refused: ``nothing_to_print``: somebody may have printed them meanwhile.
    """
    if not unaddressed:
        rows = rows.exclude(postal.lacking(f"{papers.to_paper}tenant__"))
    with transaction.atomic():
        ids = _locked(rows)
        if not ids:
            sentence = f"No {papers.one} waits to be printed here any more."
            raise Refused("nothing_to_print", sentence)
        return _printed(papers, facility, ids, by, now)


def print_again(papers: Papers, *, paper: Any, by: Actor, now: datetime) -> Printing:
    """Give one paper to the printer, for the first time or again; then it says that it is again.

    Raises:
        Refused: ``not_printed``: it went another way, or is not to be sent any more.
    """
    rows = papers.rows().filter(**{f"{papers.to_paper}pk": paper.pk})
    with transaction.atomic():
        ids = _locked(rows)
        if not ids:
            raise Refused("not_printed", f"This {papers.one} is not printed.")
        return _printed(papers, paper.facility, ids, by, now)


def _locked(rows: QuerySet[Any]) -> list[int]:
    return list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def _printed(
    papers: Papers, facility: Facility, ids: Sequence[int], by: Actor, now: datetime
) -> Printing:
    printing = Printing.objects.create(
        kind=papers.kind, facility=facility, made_at=now, made_by=by.name
    )
    for start in range(0, len(ids), _AT_ONCE):
        _add(papers, printing, ids[start : start + _AT_ONCE], start)
    audit.record(
        act=f"{papers.kind}.printed",
        by=by,
        now=now,
        facility_id=facility.pk,
        subject=f"printing:{printing.pk}",
        count=len(ids),
    )
    return printing


def _add(papers: Papers, printing: Printing, ids: Sequence[int], start: int) -> None:
    """Add a sheet for each of these rows, from a place on, and mark them as printed."""
    found = papers.rows().in_bulk(ids)
    issued = [papers.waiting(found[pk]).paper for pk in ids]
    sheets = papers.sheets()
    sheets.bulk_create(
        sheets.model(
            printing=printing,
            paper=paper,
            place=place,
            recipient=asdict(Recipient.of(paper.tenant)),
        )
        for place, paper in enumerate(issued, start=start)
    )
    rows = papers.rows().filter(pk__in=ids, printed_at=None)
    rows.update(printed_at=printing.made_at)
