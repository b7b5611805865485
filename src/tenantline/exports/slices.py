"""Long lists read in slices, each beginning where the one before ended.

No cursor stays open and no transaction lasts longer than a slice, so an export of everything holds
up nobody and needs no more memory than one slice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeVar

from django.db.models import Model, Q, QuerySet

if TYPE_CHECKING:
    from tenantline.conversations.models import Message

ROWS: Final = 500
M = TypeVar("M", bound=Model)


def by_id(rows: QuerySet[M]) -> Iterator[list[M]]:
    """Yield the rows in the order in which they were added."""
    rows = rows.order_by("pk")
    found = list(rows[:ROWS])
    while found:
        yield found
        last = found[-1].pk
        found = list(rows.filter(pk__gt=last)[:ROWS]) if len(found) == ROWS else []


def by_time(rows: QuerySet[Message]) -> Iterator[list[Message]]:
    """Yield texts from the oldest to the newest."""
    rows = rows.order_by("at", "pk")
    found = list(rows[:ROWS])
    while found:
        yield found
        last = found[-1]
        after = Q(at__gt=last.at) | Q(at=last.at, pk__gt=last.pk)
        # The first condition says nothing new, but is one that an index can begin with.
        rest = rows.filter(at__gte=last.at).filter(after)
        found = list(rest[:ROWS]) if len(found) == ROWS else []
