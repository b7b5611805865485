"""Letters on paper: what waits for the printer, giving it to the printer, printing one again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from tenantline.audit import actions as audit
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import Scope
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import NotFound, Refused
from tenantline.letters.models import Notice, Printing, Sheet
from tenantline.tenants import postal
from tenantline.tenants.postal import Recipient

_AT_ONCE: Final = 500  # rows in one statement


def waiting(
    *, facility: Facility, letter_id: int | None = None, only: Collection[int] | None = None
) -> QuerySet[Notice]:
    """Return letters that wait to be printed at a facility, by the tenants' names.

    ``letter_id`` narrows them to one letter, ``only`` to these notices.
    """
    rows = Notice.objects.select_related("letter", "tenant").filter(
        facility=facility, method="print", printed_at=None, withdrawn_at=None
    )
    if letter_id is not None:
        rows = rows.filter(letter=letter_id)
    if only is not None:
        rows = rows.filter(pk__in=only)
    return rows.order_by("tenant__name", "tenant_id", "pk")


def count_waiting(*, scope: Scope) -> int:
    """Return how many letters in scope wait to be printed."""
    rows = Notice.objects.filter(method="print", printed_at=None, withdrawn_at=None)
    return scope.narrow(rows).count()


def without_address(rows: QuerySet[Notice]) -> QuerySet[Notice]:
    """Return those of these letters whose tenant has no whole postal address."""
    return rows.filter(postal.lacking("tenant__"))


def letters_waiting(facility: Facility) -> list[tuple[int, str, int]]:
    """Return the letters of which some wait to be printed: id, name, how many."""
    rows = waiting(facility=facility).order_by("letter__name", "letter_id")
    return list(rows.values_list("letter_id", "letter__name").annotate(n=Count("pk")))


def print_waiting(
    *, facility: Facility, rows: QuerySet[Notice], unaddressed: bool, by: Actor, now: datetime
) -> Printing:
    """Give letters that wait to the printer, and mark them as printed.

    ``rows`` are some of ``waiting``. ``unaddressed``: those without a postal address too, which are
    handed over; otherwise they go on waiting.

    Raises:
        Refused: ``nothing_to_print``: somebody may have printed them meanwhile.
    """
    if not unaddressed:
        rows = rows.exclude(postal.lacking("tenant__"))
    with transaction.atomic():
        ids = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
        if not ids:
            raise Refused("nothing_to_print", "No letter waits to be printed here any more.")
        return _printed(facility, ids, by, now)


def print_again(*, notice: Notice, by: Actor, now: datetime) -> Printing:
    """Give one letter to the printer, for the first time or again; the paper says that it is again.

    Raises:
        Refused: ``not_printed``: it goes another way, or was taken back.
    """
    with transaction.atomic():
        rows = Notice.objects.select_for_update(of=("self",)).filter(pk=notice.pk)
        if not rows.filter(method="print", withdrawn_at=None).exists():
            raise Refused("not_printed", "This letter is not printed.")
        return _printed(notice.facility, [notice.pk], by, now)


def _printed(facility: Facility, ids: Sequence[int], by: Actor, now: datetime) -> Printing:
    printing = Printing.objects.create(facility=facility, made_at=now, made_by=by.name)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        found = Notice.objects.select_related("tenant").in_bulk(some)
        Sheet.objects.bulk_create(
            Sheet(
                printing=printing,
                notice=found[pk],
                place=place,
                recipient=asdict(Recipient.of(found[pk].tenant)),
            )
            for place, pk in enumerate(some, start=start)
        )
        Notice.objects.filter(pk__in=some, printed_at=None).update(printed_at=now)
    audit.record(
        act="letters.printed",
        by=by,
        now=now,
        facility_id=facility.pk,
        subject=f"printing:{printing.pk}",
        count=len(ids),
    )
    return printing


def printings(*, scope: Scope) -> QuerySet[Printing]:
    """Return what was given to the printer, newest first, with ``count``, the number of letters."""
    rows = scope.narrow(Printing.objects.select_related("facility"))
    return rows.annotate(count=Count("sheets")).order_by("-pk")


def printing(*, scope: Scope, printing_id: int) -> Printing:
    """Return a printing in scope with its ``count``, or raise ``NotFound``."""
    found = printings(scope=scope).filter(pk=printing_id).first()
    if found is None:
        raise NotFound("There is no such printing.")
    return found


def sheets(printing: Printing) -> QuerySet[Sheet]:
    """Return the letters of a printing in its order, those taken back since too."""
    rows = Sheet.objects.filter(printing=printing)
    return rows.select_related("notice__letter", "notice__tenant").order_by("place")


def standing(printing: Printing) -> QuerySet[Sheet]:
    """Return the letters of a printing that were not taken back since."""
    return sheets(printing).filter(notice__withdrawn_at=None)


def prints_of(notices: Collection[Notice]) -> dict[int, list[Printing]]:
    """Return when each of these letters was printed, oldest first."""
    rows = Sheet.objects.filter(notice__in=notices).select_related("printing")
    found: dict[int, list[Printing]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.notice_id, []).append(row.printing)
    return found


def printed_before(some: Collection[Sheet], printing: Printing) -> dict[int, datetime]:
    """Return when letters of a printing had been printed first, for those that had, by notice."""
    earlier = Q(notice__in=[row.notice_id for row in some], printing__lt=printing.pk)
    rows = (
        Sheet.objects.filter(earlier).order_by("-pk").values_list("notice_id", "printing__made_at")
    )
    return dict(rows)
