"""Lists in pages. A cursor says after which row to go on, so that new rows shift nothing."""

from __future__ import annotations

from typing import Final, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet

from tenantline.kernel.errors import BadInput

LONGEST: Final = 200
USUAL: Final = 50
_SALT: Final = "tenantline.api.cursor"
M = TypeVar("M", bound=Model)


def page(
    rows: QuerySet[M], *, of: str, cursor: str | None, limit: int
) -> tuple[list[M], str | None]:
    """Return a page of rows, newest (highest id) first, and the cursor of the next, if any.

    ``of`` names the list; a cursor of another list, or one that is not ours, is refused.

    Raises:
        BadInput: the cursor was not given out for this list.
    """
    if cursor is not None:
        rows = rows.filter(pk__lt=_read(cursor, of))
    found = list(rows.order_by("-pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], signing.dumps([of, found[limit - 1].pk], salt=_SALT)


def _read(cursor: str, of: str) -> int:
    try:
        named, last = signing.loads(cursor, salt=_SALT)
    except signing.BadSignature:
        named, last = "", 0
    if named != of:
        raise BadInput("The cursor is not one of this list; begin without one.", field="cursor")
    return int(last)
